/**
 * Scenarios made ready to run in one thread: every step by its kind, and which flow is whose turn.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { flowTurn } from "../plan/flow_turn.ts";
import type { SpanKind } from "../metrics/measures.ts";
import type { DataValue, Flow, Scenario, Step } from "../plan/scenario.ts";
import type { Share } from "../plan/share.ts";
import { STEP_KINDS, stepKind } from "../steps/registry.ts";
import type { RowNumbers, StepThread } from "../steps/step_kind.ts";
import { Counters } from "../template/counters.ts";
import { drawsRandomly } from "../template/functions.ts";
import { type Placeholder, referencesOf } from "../template/template.ts";
import { blockPlaceholders } from "./block_placeholders.ts";
import { RowCursor } from "./data_set.ts";
import type { CompiledStep, SpanTally } from "./compiled_step.ts";
import { compileBlocks, type FlowProgram } from "./flow_program.ts";

/** A flow that is ready to run. */
export interface CompiledFlow {
  /** Where its passes are counted; `null`: nowhere. */
  readonly span: SpanTally | null;
  readonly steps: readonly CompiledStep[];
  /** What is done with the steps; `null`: they run one after another. */
  readonly program: FlowProgram | null;
  /** Positions of the data sets that its steps use. */
  readonly sets: readonly number[];
}

/** What the users of one thread run. It holds the thread's place in data sets and counters. */
export interface Program {
  /** The flow of an iteration, by its number in the whole plan. */
  flowOf(iteration: number): CompiledFlow;
  /** The kinds that its steps are of. */
  readonly kinds: readonly StepThread[];
  /** What iterations send depends on chance: each draws from a stream of its own, whoever runs it. */
  readonly isRandom: boolean;
  readonly cursors: readonly RowCursor[];
  readonly counters: Counters;
}

/** What a scenario is compiled for. */
export interface CompileOptions {
  readonly share: Share;
  /** Iterations of the whole plan; absent: not known. */
  readonly iterations?: number;
  readonly seed: number;
  /** Where the passes through a flow, and groups, are counted; absent: nowhere. */
  readonly spanOf?: (kind: SpanKind, name: string) => SpanTally;
  /** The thread's counters of `counter()`, and of the rows that are each given once; absent: new ones. */
  readonly counters?: Counters;
  readonly rows?: RowNumbers;
  /** Variables that are the same through all of the run; absent: none. */
  readonly constants?: ReadonlyMap<string, DataValue>;
  /** Gets the thread ready for a kind of step. */
  open(kind: Step["kind"]): Promise<StepThread>;
}

/**
 * Compiles a scenario for one thread.
 *
 * @throws {UsageError} when a step in it is unusable; scenario files are checked before.
 */
export async function compileScenario(scenario: Scenario, options: CompileOptions): Promise<Program> {
  const names = [...new Set(scenario.flows.flatMap(({ steps }) => steps.map(({ kind }) => kind)))];
  const kinds = await Promise.all(names.map((name) => options.open(name)));
  let index = 0;
  const { spanOf, constants } = options;
  const bindings = {
    data: scenario.data,
    ...(scenario.env && { env: scenario.env }),
    ...(constants && { constants }),
  };
  const groupOf = spanOf && ((name: string) => spanOf("group", name));
  const flows = scenario.flows.map((flow): CompiledFlow => {
    const steps = flow.steps.map((step): CompiledStep => {
      const kind = names.indexOf(step.kind);
      kinds[kind]!.add(step, index);
      return { index: index++, thinkMs: step.thinkMs, pause: step.pause, kind };
    });
    return {
      sets: usedSets(flow, scenario),
      span: scenario.name === undefined ? null : spanOf?.("iteration", flow.name) ?? null,
      steps,
      program: flow.blocks === undefined
        ? null
        : compileBlocks(steps, flow.blocks, { bindings, ...(groupOf && { groupOf }) }),
    };
  });
  const { counters = new Counters(options.share), rows = new Counters(options.share) } = options;
  return {
    flowOf: picker(scenario, flows, options),
    kinds,
    isRandom: isRandom(scenario),
    cursors: scenario.data.map((set) => new RowCursor(set, options.share, rows)),
    counters,
  };
}

function picker(
  scenario: Scenario,
  flows: readonly CompiledFlow[],
  options: Pick<CompileOptions, "seed" | "share" | "iterations">,
): Program["flowOf"] {
  const [only] = flows;
  if (only === undefined) throw new UsageError("Cannot run a scenario without flows");
  const turnOf = flowTurn(scenario, options);
  return (iteration) => flows[turnOf(iteration)] ?? only;
}

function isRandom({ flows, data, cacheBust }: Scenario): boolean {
  return cacheBust || data.some(({ strategy }) => strategy === "random") ||
    flows.some(({ steps, blocks = [] }) =>
      blocks.some((block) => block.kind === "choose" || blockPlaceholders(block).some(isDrawn)) ||
      steps.some((step) =>
        step.kind === "http" && step.extract.some(({ pick }) => pick === "random") ||
        placeholdersOf(step).some(isDrawn)
      )
    );
}

/** Plans of other makers may have kinds of their own. */
function placeholdersOf(step: Step): readonly Placeholder[] {
  return STEP_KINDS.find(({ kind }) => kind === step.kind)?.placeholders(step) ?? [];
}

function isDrawn(placeholder: Placeholder): boolean {
  return referencesOf(placeholder).some((reference) =>
    reference.kind === "call" && drawsRandomly(reference.name)
  );
}

/** Positions of the data sets that a flow's texts name. */
export function usedSets(flow: Flow, scenario: Scenario): readonly number[] {
  if (scenario.data.length === 0) return [];
  const used = new Set(
    [
      ...flow.steps.flatMap((step) => stepKind(step.kind).placeholders(step)),
      ...(flow.blocks ?? []).flatMap(blockPlaceholders),
    ].flatMap(ownersIn),
  );
  return scenario.data.flatMap(({ name }, i) => used.has(name) ? [i] : []);
}

function ownersIn(placeholder: Placeholder): readonly string[] {
  return referencesOf(placeholder).flatMap((reference) =>
    reference.kind === "member" ? [reference.name] : []
  );
}
