/**
 * Exports of an invocation: watched during its runs, finished after the last, told about in notes.
 *
 * @module
 */
import { describeTally, isIncomplete } from "../../export/export_report.ts";
import { openExports } from "../../export/open_exports.ts";
import { OTEL_VARIABLES } from "../../export/otlp_environment.ts";
import type { ExportedPart, PartsOf } from "../../export/part_rows.ts";
import { namesIn } from "../../lib/net/server_timing.ts";
import { OTHER_TIMINGS } from "../../metrics/server_timings.ts";
import { EMPTY_STEP_STATS, type Snapshot, sumOfSteps } from "../../metrics/snapshot.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import { loadFacts } from "../../plan/load_kinds.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { type NamedStep, namedSteps, shownSpans } from "../../result/describe_run.ts";
import type { Note } from "../../result/outcome.ts";
import type { RunResult } from "../../result/run_result.ts";
import { namedScenarios } from "../../result/scenario_parts.ts";
import { shownStatuses } from "../../metrics/shown_statuses.ts";
import { OTHERS } from "../../result/server_timing.ts";
import type { MainValues } from "../settings/settings.ts";
import type { Printer } from "../printer.ts";

/** What runs and reports need of the exports. */
export interface Exporting {
  /** Observers for one run of a plan. */
  observe(plan: RunPlan): readonly RunObserver[];
  /** Sends the closing state; says what was sent and lost. */
  finish(result: RunResult): Promise<{ readonly notes: readonly Note[]; readonly isComplete: boolean }>;
}

/** What tells the run of a plan from others of this invocation. */
function labelsOf({ load, scenario }: RunPlan, values: MainValues): Readonly<Record<string, string>> {
  const { openLoop, simulation } = loadFacts(load);
  if (values.autofind && simulation) return { step_users: String(simulation.users) };
  if (values.autofind && openLoop) return { step_rate: String(openLoop.targetRate) };
  return values.urlMode === "sequential" ? { endpoint: scenario.flows[0]?.name ?? "" } : {};
}

/** The steps of a run with several. */
function stepsBeside(seen: Parameters<typeof namedSteps>[0]): readonly NamedStep[] {
  const steps = namedSteps(seen);
  return steps.length < 2 ? [] : steps;
}

/** The parts of a plan's run that have metrics of their own; `taken`: labels that already mean something else. */
function partsOf(plan: RunPlan, taken: ReadonlySet<string>): PartsOf {
  const labelFor = (name: string) => taken.has(name) ? `${name}_name` : name;
  return (total, durationMs) => {
    const seen = { plan, total, durationMs };
    return [
      ...namedScenarios(seen).map(({ name, stats }) => ({
        kind: "scenario",
        label: labelFor("scenario"),
        name,
        // A window is no longer than itself.
        stats: total.fromMs > 0 ? { ...stats, durationMs } : stats,
      })),
      ...stepsBeside(seen).map(({ name, stats }) => ({ kind: "step", label: labelFor("step"), name, stats })),
      ...shownSpans(seen).map(({ kind, name, stats }) => ({
        kind,
        label: labelFor(kind === "iteration" ? "flow" : kind),
        name,
        stats,
        form: "span" as const,
      })),
      ...timingParts(total, { durationMs, labelFor }),
      ...shownStatuses(sumOfSteps(total)).map(({ name, count }) => ({
        kind: "responses",
        label: labelFor("status"),
        name,
        stats: { counts: { ...EMPTY_STEP_STATS, succeeded: count }, durationMs },
        form: "response" as const,
      })),
    ];
  };
}

/** What responses say in `Server-Timing`, by name and description. */
function timingParts(
  total: Snapshot,
  { durationMs, labelFor }: {
    readonly durationMs: number;
    readonly labelFor: (name: string) => string;
  },
): readonly ExportedPart[] {
  if (total.steps.every(({ serverTimings }) => serverTimings === undefined)) return [];
  return Object.entries(sumOfSteps(total).serverTimings ?? {}).map(([key, { count, times }]) => {
    const { name, description } = key === OTHER_TIMINGS ? { name: OTHERS } : namesIn(key);
    return {
      kind: "server_timing",
      label: labelFor("metric"),
      name,
      stats: { counts: { ...EMPTY_STEP_STATS, succeeded: count, latency: times }, durationMs },
      form: "timing" as const,
      ...(description !== undefined && { more: { [labelFor("description")]: description } }),
    };
  });
}

/**
 * Opens what the options ask for.
 * @throws {UsageError} when they make no sense together.
 * @throws {RunError} when the metrics page cannot be served.
 */
export async function startExporting(values: MainValues, { error }: Printer): Promise<Exporting> {
  const environment = Object.fromEntries(
    OTEL_VARIABLES.flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const exports = await openExports(values, { tags: Object.fromEntries(values.tag), environment });
  if (!exports) return { observe: () => [], finish: () => Promise.resolve({ notes: [], isComplete: true }) };
  if (exports.pageUrl !== undefined) error.print(`Metrics at ${exports.pageUrl}\n`);
  return {
    observe: (plan) => {
      const labels = labelsOf(plan, values);
      const taken = new Set([...values.tag.map(([name]) => name), ...Object.keys(labels)]);
      return [exports.observe(labels, partsOf(plan, taken))];
    },
    finish: async ({ total, durationMs }) => {
      const tallies = await exports.finish({ total, durationMs });
      const isComplete = !tallies.some(isIncomplete);
      return {
        isComplete,
        notes: tallies.map((tally) => ({
          level: isIncomplete(tally) ? "warning" : "info",
          text: describeTally(tally),
        })),
      };
    },
  };
}
