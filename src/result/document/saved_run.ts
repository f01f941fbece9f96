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
  EMPTY_SNAPSHOT,
  EMPTY_STEP_STATS,
  type Snapshot,
  type StepStats,
  sumOfSteps,
} from "../../metrics/snapshot.ts";
import { isHistogram, packHistogram } from "../../metrics/packed_histogram.ts";
import { maskUrl, maskUrlsIn } from "../../lib/mask_url.ts";
import { type ClientSpec, type ShownSetting, shownSettings } from "../../plan/client_spec.ts";
import type { LoadSpec, RunPlan } from "../../plan/run_plan.ts";
import { type Flow, methodOf, type Scenario, shownUrlOf, type Step } from "../../plan/scenario.ts";
import type { SocketLoad, WebSocketStep } from "../../plan/websocket_step.ts";
import type { RunResult } from "../run_result.ts";
import type { TimelinePoint } from "../series/timeline_point.ts";
import { present } from "../../lib/json/present.ts";
import { type RunSeriesJson, runSeriesJson } from "./run_series_json.ts";
import { type TimelineJson, timelineJson } from "./timeline_json.ts";

/** What reports show of a plan; of proxies, the credentials are masked. */
export interface SavedPlan extends Pick<ClientSpec, ShownSetting> {
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
      /** What reports show of a load of connections; absent: it is none. */
      readonly socket?: SavedSocketLoad;
    }[];
  }[];
  /** Which client sent the requests. */
  readonly client: "raw" | "fetch";
  /** HTTP/2 was asked for; absent: it was not. */
  readonly http2?: boolean;
  /** As in the plan. */
  readonly gracefulStopMs: number;
  /** As in the plan. */
  readonly warmupMs: number;
  /** As in the plan. */
  readonly seed: number;
}

/** Of a load of WebSocket connections. */
export interface SavedSocketLoad extends Pick<SocketLoad, "intervalMs" | "expectsReply" | "inFlight"> {
  /** Different messages that were sent in turn. */
  readonly messages: number;
  /** Of its step. */
  readonly replyTimeoutMs: number;
  /** Replies were found by what they share with their messages. */
  readonly isCorrelated: boolean;
}

/** A run as JSON. Field names are those inside the program; histograms are texts with their buckets and exact sums. */
export interface SavedRun {
  /** What was run. */
  readonly plan: SavedPlan;
  /** All steps together and each one. */
  readonly total: Readonly<Record<string, unknown>>;
  /** The rest of the result but for timeline and series, which the document has. */
  readonly run: Readonly<Record<string, unknown>>;
  /** What the document's timeline rounds, `FROM:TO:MEAN` a window in ms; no mean where nothing succeeded. */
  readonly windows: string;
}

/** A run as JSON. */
export function saveRun({ plan, total, timeline, series: _series, ...run }: RunResult): SavedRun {
  // Details are as servers sent them, and a total that began nowhere has no JSON number for it.
  const { details: _details, requests: _requests, fromMs, ...counts } = total;
  return {
    plan: savePlan(plan),
    total: toJson({ ...counts, fromMs: Number.isFinite(fromMs) ? fromMs : 0 }) as SavedRun["total"],
    run: toJson(run) as SavedRun["run"],
    windows: timeline.map(({ fromMs, toMs, meanMs }) => `${fromMs}:${toMs}:${meanMs ?? ""}`).join(" "),
  };
}

/** Of a baseline, what charts show beside a run. */
export interface SavedBaseline {
  /** As in a document of its own. */
  readonly timeline: readonly TimelineJson[];
  /** As in a document of its own. */
  readonly series?: RunSeriesJson;
  /** As in a document of its own, without what no chart shows. */
  readonly saved: SavedRun;
}

/** A baseline as JSON. */
export function saveBaseline(result: RunResult): SavedBaseline {
  return present<SavedBaseline>({
    timeline: result.timeline.map(timelineJson),
    series: runSeriesJson(result),
    saved: saveRun(chartedRun(result)),
  });
}

/** A run without what no chart shows: of its steps only the sum is drawn as a whole, and their names. */
function chartedRun(result: RunResult): RunResult {
  const { fromMs, toMs, steps, scenarios, found } = result.total;
  const { run: _run, slowest: _slowest, phases: _phases, ...sum } = sumOfSteps(result.total);
  const named = (stats: StepStats, i: number): StepStats => ({
    ...(i === 0 ? sum : EMPTY_STEP_STATS),
    step: stats.step,
  });
  const total: Snapshot = {
    ...EMPTY_SNAPSHOT,
    fromMs,
    toMs,
    steps: steps.map(named),
    ...(scenarios && { scenarios: scenarios.map(({ step }) => ({ ...EMPTY_STEP_STATS, step })) }),
    ...(found && { found }),
  };
  return { ...result, total };
}

/** A saved run, read: what `saved_schema.ts` makes of its JSON. */
export interface ReadRun {
  readonly plan: SavedPlan;
  readonly total: Omit<Snapshot, "details" | "requests">;
  readonly run: Omit<RunResult, "plan" | "total" | "timeline" | "series">;
  readonly windows: string;
}

/** A saved baseline, read. */
export type ReadBaseline = Omit<SavedBaseline, "saved"> & { readonly saved: ReadRun };

/** The run that was saved. `timeline` is the document's; its rounded values are put right. */
export function restoreRun(
  { plan, total, run, windows }: ReadRun,
  timeline: readonly TimelinePoint[],
): RunResult {
  const exact = windows.split(" ");
  return {
    ...run,
    plan: restorePlan(plan),
    timeline: timeline.map((point, i) => ({ ...point, ...exactWindow(exact[i]) })),
    total: { ...total, details: [], requests: [] },
  };
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
        method: methodOf(step),
        url: maskUrl(shownUrlOf(step)),
        ...(step.thinkMs !== undefined && { thinkMs: step.thinkMs }),
        ...(step.kind === "websocket" && step.load && { socket: saveSocketLoad(step.load, step) }),
      })),
    })),
    client: client.kind,
    ...shownOf(client),
    gracefulStopMs,
    warmupMs,
    seed,
  };
}

function saveSocketLoad(
  { messages, intervalMs, expectsReply, inFlight, correlation }: SocketLoad,
  { replyTimeoutMs = 0 }: WebSocketStep,
): SavedSocketLoad {
  const isCorrelated = correlation !== undefined;
  return { messages: messages.length, intervalMs, expectsReply, inFlight, replyTimeoutMs, isCorrelated };
}

function restoreSocketLoad(
  { messages, isCorrelated, replyTimeoutMs: _, ...load }: SavedSocketLoad,
): SocketLoad {
  return {
    ...load,
    messages: new Array(messages).fill({ kind: "text", text: "" }),
    ...(isCorrelated && { correlation: { kind: "json", path: "$" } }),
  };
}

/** Settings of clients that no report shows, as a plan that was saved has them; the others may be absent. */
const UNSHOWN = {
  timeoutMs: 0,
  maxHeaderBytes: 0,
  tls: { verify: true, caCerts: [] },
  phases: false,
  verifyLength: false,
  resolve: [],
  perAddress: false,
} as const satisfies Partial<ClientSpec>;

function shownOf(client: ClientSpec): Pick<SavedPlan, ShownSetting | "http2"> {
  const names = Object.keys(shownSettings) as readonly ShownSetting[];
  const shown = Object.fromEntries(names.map((name) => [name, client[name]])) as Pick<
    ClientSpec,
    ShownSetting
  >;
  return present<Pick<SavedPlan, ShownSetting | "http2">>({
    ...shown,
    proxy: client.proxy && maskedProxy(client.proxy),
    http2: client.http2 || undefined,
  });
}

function restorePlan(
  {
    load,
    name,
    cookies,
    flows,
    client,
    gracefulStopMs,
    warmupMs,
    seed,
    ...shown
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
        steps: steps.map(restoreStep),
      })),
      data: [],
      cookies,
      onExtractFailure: "abort_iteration",
      onTemplateError: "abort_iteration",
      cacheBust: false,
    },
    client: {
      ...UNSHOWN,
      kind: client,
      ...shown,
      http2: shown.http2 ?? false,
    },
    gracefulStopMs,
    warmupMs,
    seed,
    verbosity: 0,
  };
}

/** What a replay was made with; no report shows it. */
const UNSAVED_REPLAY = {
  kind: "replay",
  headers: [],
  path: "",
  format: { kind: "pattern", pattern: "" },
  isWhole: false,
  beginsMs: 0,
  speed: 1,
  loops: false,
  keepsHosts: false,
} as const satisfies Partial<Step>;

function restoreStep({ kind, socket, method, ...step }: SavedPlan["flows"][number]["steps"][number]): Step {
  const parts = { ...step, headers: [], isTemplate: false };
  if (kind === "code") return { ...step, kind, headers: [] };
  if (kind === "replay") return { ...UNSAVED_REPLAY, ...step };
  if (kind !== "websocket") return { ...parts, kind: "http", method, extract: [], checks: [] };
  return {
    ...parts,
    kind,
    method: "GET",
    subprotocols: [],
    compressed: false,
    replyTimeoutMs: socket?.replyTimeoutMs ?? 0,
    maxMessageBytes: 0,
    closeTimeoutMs: 0,
    ...(socket === undefined ? { actions: [] } : { load: restoreSocketLoad(socket) }),
  };
}

/** Plain data with its histograms as JSON; other fields as they are. */
function toJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (isHistogram(value)) return packHistogram(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}
