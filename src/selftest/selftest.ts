/**
 * Runs this program, and others beside it, against targets of known behaviour, each run on a target of its own, and
 * compares what they say with what was.
 *
 * @module
 */
import { messageOf } from "../lib/errors.ts";
import type { Case, Check, CheckUnit } from "./cases.ts";
import { type Seen, startKnownTarget } from "./known_target.ts";
import { runTool, type ToolRun } from "./run_tool.ts";
import type { Reading, Tool } from "./tool.ts";

/** One number as one tool gave it. */
export interface Measured {
  readonly truth: number;
  readonly value: number;
  /** `value` less `truth`. */
  readonly error: number;
}

/** What another tool came to; absent numbers: it cannot do the job or does not tell. */
export interface PeerMeasured {
  readonly tool: string;
  readonly measured?: Measured;
  /** Why its run failed. */
  readonly failure?: string;
}

/** One number, compared. */
export interface CheckResult {
  readonly title: string;
  readonly name: string;
  readonly unit: CheckUnit;
  /** Absent: the run failed. */
  readonly measured?: Measured;
  readonly limit?: number;
  readonly passed: boolean;
  readonly failure?: string;
  readonly peers: readonly PeerMeasured[];
}

/** A whole selftest. */
export interface SelftestResult {
  readonly checks: readonly CheckResult[];
  /** What the program itself doubted about its runs. */
  readonly warnings: readonly { readonly title: string; readonly text: string }[];
  readonly passed: boolean;
}

/** What the selftest runs. */
export interface SelftestPlan extends ToolRun {
  readonly cases: readonly Case[];
  readonly own: Tool;
  readonly peers: readonly Tool[];
  /** Called before each run. */
  onRun?(title: string, tool: string): void;
}

/** Runs of one case that the program may ask for, since it was starved or saturated. */
const MAX_ATTEMPTS = 3;

/** One run: what the tool said, and what the target did. */
type Run = { readonly reading: Reading | undefined; readonly seen: Seen } | { readonly failure: string };

/** Runs everything, one run at a time. */
export async function runSelftest(plan: SelftestPlan): Promise<SelftestResult> {
  const checks: CheckResult[] = [];
  const warnings: SelftestResult["warnings"][number][] = [];
  for (const each of plan.cases) {
    const own = await runWithoutWarnings(each, plan);
    const peers: { readonly tool: string; readonly run: Run }[] = [];
    for (const tool of plan.peers) peers.push({ tool: tool.name, run: await runOn(each, tool, plan) });
    checks.push(...each.checks.map((check) => resultOf(each.title, check, { own, peers })));
    if ("reading" in own) {
      for (const text of own.reading?.warnings ?? []) warnings.push({ title: each.title, text });
    }
  }
  return { checks, warnings, passed: checks.every(({ passed }) => passed) };
}

/** Runs the program itself, and once more while it says that the machine kept it from measuring well. */
async function runWithoutWarnings(each: Case, plan: SelftestPlan): Promise<Run> {
  let run = await runOn(each, plan.own, plan);
  for (let attempt = 1; attempt < MAX_ATTEMPTS && hasWarnings(run); attempt++) {
    run = await runOn(each, plan.own, plan);
  }
  return run;
}

function hasWarnings(run: Run): boolean {
  return "reading" in run && (run.reading?.warnings ?? []).length > 0;
}

async function runOn({ title, target: spec, job }: Case, tool: Tool, plan: SelftestPlan): Promise<Run> {
  plan.onRun?.(title, tool.name);
  await using target = startKnownTarget(spec);
  try {
    const reading = await runTool(tool, { ...job, url: target.url }, plan);
    return { reading, seen: target.seen() };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

function resultOf(
  title: string,
  check: Check,
  { own, peers }: {
    readonly own: Run;
    readonly peers: readonly { readonly tool: string; readonly run: Run }[];
  },
): CheckResult {
  const measured = measuredOf(check, own);
  const limit = measured && check.limit(measured.truth);
  const passed = measured !== undefined && Math.abs(measured.error) <= limit!;
  const failure = "failure" in own ? own.failure : measured ? undefined : "not measured";
  return {
    title,
    name: check.name,
    unit: check.unit,
    passed,
    ...(measured && { measured, limit: limit! }),
    ...(failure !== undefined && { failure }),
    peers: peers.map(({ tool, run }) => {
      const theirs = measuredOf(check, run);
      return { tool, ...(theirs && { measured: theirs }), ...("failure" in run && { failure: run.failure }) };
    }),
  };
}

function measuredOf(check: Check, run: Run): Measured | undefined {
  if (!("reading" in run) || run.reading === undefined) return undefined;
  const truth = check.truth(run.seen);
  const value = check.read(run.reading);
  if (truth === undefined || value === undefined) return undefined;
  return { truth, value, error: value - truth };
}
