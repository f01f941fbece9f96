/**
 * A run inside its JSON result, exact enough to render every report from it again. Nothing secret is in it: of the plan
 * only what reports show is kept, credentials in URLs masked. The public keys of the document are for other programs;
 * this part belongs to the program that wrote it. What later releases add to it must be optional, so that baselines of
 * earlier ones can still be read.
 *
 * @module
 */
import { maskedProxy } from "../../plan/masked_proxy.ts";
import {
  type CounterSpec,
  type DistributionSpec,
  RUN_COUNTERS,
  RUN_DISTRIBUTIONS,
  STEP_COUNTERS,
  STEP_DISTRIBUTIONS,
  THREAD_COUNTERS,
} from "../../metrics/measures.ts";
import {
  EMPTY_SNAPSHOT,
  EMPTY_STEP_STATS,
  PHASES,
  type Snapshot,
  type StepStats,
} from "../../metrics/snapshot.ts";
import { maskUrl, maskUrlsIn } from "../../lib/mask_url.ts";
import type { LoadSpec, ProxySpec, RunPlan } from "../../plan/run_plan.ts";
import type { Flow, Scenario, Step } from "../../plan/scenario.ts";
import {
  type Check,
  fields,
  isAmount,
  isCount,
  isFlag,
  isObject,
  isText,
  isTime,
  listOf,
  mapOf,
} from "./document_checks.ts";
import type { RunResult, TimelinePoint } from "../run_result.ts";
import {
  isHistogram,
  isSavedHistogram,
  restoreHistogram,
  type SavedHistogram,
  saveHistogram,
} from "./saved_histogram.ts";

/** What reports show of a plan. */
export interface SavedPlan {
  /** As it was asked for; nothing in it is secret. */
  readonly load: LoadSpec;
  /** The scenario's name; absent: no scenario. */
  readonly name?: string;
  /** What users do with cookies. */
  readonly cookies: Scenario["cookies"];
  /** In the plan's order; credentials in names and URLs masked. */
  readonly flows: readonly {
    /** As in the plan. */
    readonly name: string;
    /** In the flow's order. */
    readonly steps: readonly {
      /** Absent: `http`, the only kind there was. */
      readonly kind?: Step["kind"];
      readonly name: string;
      readonly method: string;
      readonly url: string;
      readonly thinkMs?: number;
    }[];
  }[];
  /** Which client sent the requests. */
  readonly client: "raw" | "fetch";
  /** A connection was used for many requests. */
  readonly keepAlive: boolean;
  /** HTTP/2 was asked for; absent: it was not. */
  readonly http2?: boolean;
  /** Users that shared a connection; absent: one. */
  readonly streams?: number;
  /** The proxies, credentials masked; absent: none. */
  readonly proxy?: ProxySpec;
  /** Addresses that connections left from; absent: the system chose. */
  readonly localAddresses?: readonly string[];
  /** Exchanges ended with the response's head. */
  readonly leavesBody?: true;
  /** Redirects that could be followed a request. */
  readonly maxRedirects: number;
  /** As in the plan. */
  readonly gracefulStopMs: number;
  /** As in the plan. */
  readonly warmupMs: number;
  /** As in the plan. */
  readonly seed: number;
}

/** A run as JSON. Field names are those inside the program; histograms are texts with their buckets and exact sums. */
export interface SavedRun {
  /** What was run. */
  readonly plan: SavedPlan;
  /** All steps together and each one. */
  readonly total: Readonly<Record<string, unknown>>;
  /** The rest of the result but for the timeline, which the document has. */
  readonly run: Readonly<Record<string, unknown>>;
  /** What the document's timeline rounds, `FROM:TO:MEAN` a window in ms; no mean where nothing succeeded. */
  readonly windows: string;
}

/** A run as JSON. */
export function saveRun({ plan, total, timeline, ...run }: RunResult): SavedRun {
  // Details are as servers sent them, and a total that began nowhere has no JSON number for it.
  const { details: _details, requests: _requests, fromMs, ...counts } = total;
  return {
    plan: savePlan(plan),
    total: toJson({ ...counts, fromMs: Number.isFinite(fromMs) ? fromMs : 0 }) as SavedRun["total"],
    run: toJson(run) as SavedRun["run"],
    windows: timeline.map(({ fromMs, toMs, meanMs }) => `${fromMs}:${toMs}:${meanMs ?? ""}`).join(" "),
  };
}

/**
 * The run that was saved; the JSON must have passed {@linkcode isSavedRun}. `timeline` is the document's; its rounded
 * values are put right.
 */
export function restoreRun(
  { plan, total, run, windows }: SavedRun,
  timeline: readonly TimelinePoint[],
): RunResult {
  const counts = fromJson(total) as Partial<Snapshot>;
  const exact = windows.split(" ");
  return {
    ...fromJson(run) as Omit<RunResult, "plan" | "total" | "timeline">,
    plan: restorePlan(plan),
    timeline: timeline.map((point, i) => ({ ...point, ...exactWindow(exact[i]) })),
    total: {
      ...EMPTY_SNAPSHOT,
      ...counts,
      steps: (counts.steps ?? []).map((step) => ({ ...step, ...absentIn(step) })),
    },
  };
}

/** What an older file lacks of a step's statistics; behind the rest, so that the order stays. */
function absentIn(step: StepStats): Partial<StepStats> {
  return Object.fromEntries(Object.entries(EMPTY_STEP_STATS).filter(([key]) => !Object.hasOwn(step, key)));
}

function exactWindow(text = ""): Partial<TimelinePoint> {
  const [from, to, mean] = text.split(":");
  if (!from || !to) return {};
  return { fromMs: Number(from), toMs: Number(to), ...(mean && { meanMs: Number(mean) }) };
}

function savePlan({ load, scenario, client, gracefulStopMs, warmupMs, seed }: RunPlan): SavedPlan {
  return {
    load,
    ...(scenario.name !== undefined && { name: scenario.name }),
    cookies: scenario.cookies,
    flows: scenario.flows.map(({ name, steps }) => ({
      name: maskUrlsIn(name),
      steps: steps.map((step) => ({
        kind: step.kind,
        name: maskUrlsIn(step.name),
        method: step.method,
        url: maskUrl(step.url),
        ...(step.thinkMs !== undefined && { thinkMs: step.thinkMs }),
      })),
    })),
    client: client.kind,
    keepAlive: client.keepAlive,
    ...(client.http2 && { http2: true }),
    ...(client.streams !== undefined && { streams: client.streams }),
    ...(client.proxy && { proxy: maskedProxy(client.proxy) }),
    ...(client.localAddresses && { localAddresses: client.localAddresses }),
    ...(client.leavesBody && { leavesBody: true }),
    maxRedirects: client.maxRedirects,
    gracefulStopMs,
    warmupMs,
    seed,
  };
}

function restorePlan(
  {
    load,
    name,
    cookies,
    flows,
    client,
    keepAlive,
    http2,
    streams,
    proxy,
    localAddresses,
    leavesBody,
    maxRedirects,
    ...times
  }: SavedPlan,
): RunPlan {
  return {
    version: 1,
    load,
    scenario: {
      ...(name !== undefined && { name }),
      pick: "rotate",
      flows: flows.map(({ name, steps }): Flow => ({
        name,
        weight: 1,
        steps: steps.map((step): Step => ({
          kind: "http",
          ...step,
          headers: [],
          isTemplate: false,
          extract: [],
          checks: [],
        })),
      })),
      data: [],
      cookies,
      onExtractFailure: "abort_iteration",
      onTemplateError: "abort_iteration",
      cacheBust: false,
    },
    client: {
      kind: client,
      keepAlive,
      timeoutMs: 0,
      maxHeaderBytes: 0,
      tls: { verify: true, caCerts: [] },
      phases: false,
      verifyLength: false,
      maxRedirects,
      http2: http2 ?? false,
      ...(streams !== undefined && { streams }),
      ...(proxy && { proxy }),
      ...(localAddresses && { localAddresses }),
      ...(leavesBody && { leavesBody }),
      resolve: [],
      perAddress: false,
    },
    ...times,
    verbosity: 0,
  };
}

/** Plain data with its histograms as JSON; other fields as they are. */
function toJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (isHistogram(value)) return saveHistogram(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}

function fromJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(fromJson);
  if ("buckets" in value && typeof value.buckets === "string") {
    return restoreHistogram(value as unknown as SavedHistogram);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromJson(item)]));
}

const LOADS: Readonly<Record<string, Check>> = {
  duration: fields({ connections: isCount, durationMs: isAmount }),
  requests: fields({
    connections: isCount,
    amount: isCount,
    unit: (unit) => unit === "requests" || unit === "iterations",
  }),
  users: fields({
    users: isCount,
    durationMs: isAmount,
    rampUpMs: isAmount,
    thinkMs: isAmount,
    thinkJitter: isAmount,
  }),
  rate: fields({
    pacer: isObject,
    maxConnections: isCount,
    targetRate: isAmount,
    "durationMs?": isAmount,
    "amount?": isCount,
    "description?": isText,
    "rampTargetRate?": isAmount,
  }),
};

const isLoad: Check = (load) =>
  isObject(load) && typeof load.kind === "string" && Object.hasOwn(LOADS, load.kind) &&
  LOADS[load.kind]!(load);

const isPlan = fields({
  load: isLoad,
  "name?": isText,
  cookies: (cookies) => ["ignore", "persistent", "fresh_per_iteration"].includes(String(cookies)),
  flows: listOf(
    fields({
      name: isText,
      steps: listOf(fields({
        "kind?": (kind) => kind === "http",
        name: isText,
        method: isText,
        url: isText,
        "thinkMs?": isAmount,
      })),
    }),
  ),
  client: (kind) => kind === "raw" || kind === "fetch",
  keepAlive: isFlag,
  "http2?": isFlag,
  "streams?": (streams) => isCount(streams) && Number(streams) > 0,
  "proxy?": fields({ "http?": isText, "https?": isText, bypass: listOf(isText) }),
  "localAddresses?": listOf(isText),
  "leavesBody?": (leaves) => leaves === true,
  maxRedirects: isCount,
  gracefulStopMs: isAmount,
  warmupMs: isAmount,
  seed: isCount,
});

/** Checks for a part of the catalogue. What an older file lacks is 0 or absent. */
function checksFor(
  specs: Readonly<Record<string, CounterSpec | DistributionSpec>>,
  checkOf: (spec: CounterSpec | DistributionSpec) => Check,
): Readonly<Record<string, Check>> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [`${name}?`, checkOf(spec)]));
}

const counter = (spec: CounterSpec | DistributionSpec) =>
  "unit" in spec && spec.unit === "1" ? isCount : isAmount;
const times = () => isSavedHistogram;

const isStep = fields({
  step: isCount,
  ...checksFor(STEP_COUNTERS, counter),
  ...checksFor(STEP_DISTRIBUTIONS, times),
  "phases?": fields(Object.fromEntries(PHASES.map((phase) => [phase, isSavedHistogram]))),
  statuses: mapOf(isCount),
  failures: mapOf(isCount),
});

const isTotal = fields({
  fromMs: isAmount,
  toMs: isAmount,
  ...checksFor(RUN_COUNTERS, counter),
  ...checksFor(RUN_DISTRIBUTIONS, times),
  threads: listOf(
    fields({ thread: isCount, loopLag: isSavedHistogram, ...checksFor(THREAD_COUNTERS, counter) }),
  ),
  protocols: mapOf(isCount),
  "limits?": mapOf(isCount),
  addresses: mapOf(isCount),
  steps: listOf(isStep),
});

const isRun = fields({
  startedAtMs: isTime,
  durationMs: isTime,
  interrupted: isFlag,
  threads: isCount,
  health: fields({
    cpuUserSec: isAmount,
    cpuSystemSec: isAmount,
    "wallSec?": isAmount,
    "clockResolutionMs?": isAmount,
    peakMemoryBytes: isAmount,
    cores: isCount,
    "descriptors?": isCount,
    "localPorts?": isCount,
  }),
  lost: listOf(fields({ thread: isText, atMs: isAmount, reason: isText })),
  "certificate?": fields({
    isTrusted: isFlag,
    "reason?": isText,
    "subject?": isText,
    "issuer?": isText,
    "validTo?": isText,
    "protocol?": isText,
    "cipher?": isText,
  }),
  "warmupRequests?": isCount,
  "fleet?": fields({ nodes: isCount, reported: isCount, toleratedLosses: isCount }),
  "aborted?": fields({ expression: isText, atMs: isAmount, reason: isText }),
});

const WINDOWS = /^(?:[\d.e-]+:[\d.e-]+:[\d.e-]*(?: [\d.e-]+:[\d.e-]+:[\d.e-]*)*)?$/;

/** Whether JSON is a saved run, as far as reports rely on it. */
export const isSavedRun: Check = fields({
  plan: isPlan,
  total: isTotal,
  run: isRun,
  windows: (text) => typeof text === "string" && WINDOWS.test(text),
});
