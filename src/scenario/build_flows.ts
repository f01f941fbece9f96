/**
 * All flows of a scenario file: those of the load, setup and teardown.
 *
 * @module
 */
import type { HeaderLine } from "../plan/http_step.ts";
import type { Flow } from "../plan/scenario.ts";
import type { Findings } from "../steps/file/findings.ts";
import { pauseIn } from "../steps/file/file_time.ts";
import type { FilePath } from "../steps/file/scenario_text.ts";
import type { StepFileContext } from "../steps/file/step_file.ts";
import { isStepFile, loadStepBuilder, type StepFile } from "../steps/step_files.ts";
import { buildFlow, type BuiltFlow, checkCookie, checkHeaders, withHeaders } from "./build_flow.ts";
import type { ChoiceFile, ItemFile } from "./item_schema.ts";
import type { ScenarioFile, SideBySideFile } from "./scenario_schema.ts";

/** All flows of a file, with where their parts stand in it. Names are not unique yet. */
export async function buildAll(
  file: ScenarioFile,
  context: StepFileContext,
  givenThinkMs: number | undefined,
): Promise<{
  readonly flows: readonly BuiltFlow[];
  readonly setup: BuiltFlow | undefined;
  readonly teardown: BuiltFlow | undefined;
}> {
  const { findings } = context;
  const owners = ownersIn(file, findings);
  const headers = Object.entries(file.headers ?? {}).map((
    [name, value],
  ): HeaderLine => [name, String(value)]);
  checkHeaders(headers, ["headers"], findings);
  const cookies = new Map(Object.entries(file.cookies ?? {}).map(([name, value]) => [name, String(value)]));
  for (const cookie of cookies) checkCookie(cookie, ["cookies"], findings);
  const { setup = [], teardown = [] } = file;
  const base = {
    ...context,
    commonHeaders: withHeaders(context.commonHeaders, headers),
    cookies,
    buildStep: await loadStepBuilder(
      stepsIn([...owners.flatMap(givenFlows).flatMap(({ steps }) => steps), ...setup, ...teardown]),
    ),
  };
  const ofAll = pauseIn(file.think_time, ["think_time"], findings);
  const flows: BuiltFlow[] = [];
  for (const owner of owners) {
    const ofOwner = pauseIn(owner.think_time, [...owner.at, "think_time"], findings) ?? ofAll;
    for (const [i, flow] of givenFlows(owner).entries()) {
      const at: FilePath = owner.flows ? [...owner.at, "flows", i] : owner.at;
      const own = pauseIn(flow.think_time, [...at, "think_time"], findings);
      const pause = givenThinkMs === undefined ? own ?? ofOwner : { thinkMs: givenThinkMs };
      const { weight = 1, steps: items } = flow;
      const name = flowName(flow.name, owner, i, flows);
      flows.push(await buildFlow({ name, weight, items }, [...at, "steps"], { ...base, pause }));
    }
  }
  const buildOnce = async (name: string, items: readonly ItemFile[]) =>
    items.length === 0
      ? undefined
      : await buildFlow({ name, weight: 1, items }, [name], { ...base, pause: undefined });
  return {
    flows,
    setup: await buildOnce("setup", setup),
    teardown: await buildOnce("teardown", teardown),
  };
}

/** What has steps or flows: the file, or each of its scenarios. */
interface FlowOwner extends Pick<SideBySideFile, "steps" | "flows" | "think_time"> {
  readonly at: FilePath;
  readonly name: string;
  /** One of several scenarios. */
  readonly isPart: boolean;
}

function ownersIn(file: ScenarioFile, findings: Findings): readonly FlowOwner[] {
  const { steps, flows, scenarios } = file;
  const names = (["steps", "flows", "scenarios"] as const).filter((key) => file[key] !== undefined);
  if (names.length > 1) {
    const [first, second] = names;
    findings.addProblem([second!], `Cannot use both "${first}" and "${second}": expected one of them`);
  }
  const { name = "" } = file;
  const owners: readonly FlowOwner[] = scenarios === undefined
    ? [{ ...(steps && { steps }), ...(flows && { flows }), at: [], name, isPart: false }]
    : Object.entries(scenarios).map(([name, one]) => ({
      ...one,
      at: ["scenarios", name],
      name,
      isPart: true,
    }));
  if (owners.length === 0) findings.addProblem(["scenarios"], "Expected at least one scenario");
  for (const { at, steps, flows, isPart } of owners) {
    if (steps === undefined && flows === undefined) findings.addProblem(at, `Key "steps" is missing`);
    if (isPart && steps !== undefined && flows !== undefined) {
      findings.addProblem([...at, "flows"], `Cannot use both "steps" and "flows": expected one of them`);
    }
  }
  return owners;
}

function givenFlows({ steps, flows }: FlowOwner): NonNullable<FlowOwner["flows"]> {
  return flows ?? [{ steps: steps ?? [] }];
}

/** Flows of several scenarios are told apart by their names, too. */
function flowName(
  given: string | undefined,
  owner: FlowOwner,
  place: number,
  before: readonly BuiltFlow[],
): string {
  if (!owner.flows) return owner.name;
  if (!given) return owner.isPart ? `${owner.name} ${place + 1}` : `Flow ${place + 1}`;
  const isTaken = owner.isPart && before.some(({ flow }) => flow.name === given);
  return isTaken ? `${owner.name}: ${given}` : given;
}

/** The steps in a list, at any depth. */
function stepsIn(items: readonly (ItemFile | ChoiceFile)[]): readonly StepFile[] {
  return items.flatMap((item): readonly StepFile[] => {
    if (isStepFile(item)) return [item];
    if ("parallel" in item) return item.parallel;
    if ("choose" in item) return stepsIn(item.choose);
    if ("if" in item) return stepsIn([...item.steps, ...item.else ?? []]);
    return "steps" in item ? stepsIn(item.steps) : [];
  });
}

/** Names are keys of statistics: later steps of the same name get a number. */
export function withUniqueNames(flows: readonly Flow[]): readonly Flow[] {
  const given = new Set(flows.flatMap(({ steps }) => steps.map(({ name }) => name)));
  const taken = new Set<string>();
  const unique = (name: string) => {
    let candidate = name;
    for (let number = 2; taken.has(candidate); number++) {
      const numbered = `${name} (${number})`;
      if (!given.has(numbered)) candidate = numbered;
    }
    taken.add(candidate);
    return candidate;
  };
  return flows.map((flow) => ({
    ...flow,
    steps: flow.steps.map((step) => ({ ...step, name: unique(step.name) })),
  }));
}
