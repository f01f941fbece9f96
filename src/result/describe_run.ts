/**
 * A run in words: what it was aimed at, how it was loaded, which steps it had and what each of its numbers means. Read
 * by every report, so that they all say the same. Holds no numbers and no layout.
 *
 * @module
 */
import { formatDuration } from "../lib/duration.ts";
import { maskUrl, maskUrlsIn } from "../lib/mask_url.ts";
import { formatCount, formatCounted, formatShare, formatTime } from "../lib/number_format.ts";
import type { SpanKind } from "../metrics/measures.ts";
import { EMPTY_STEP_STATS, type SpanStats, type StepStats } from "../metrics/snapshot.ts";
import { type Stats, waitedInVain } from "../metrics/stats.ts";
import { connectionsOf, isOpenLoop, loadFacts } from "../plan/load_kinds.ts";
import type { RunPlan, UsersLoad } from "../plan/run_plan.ts";
import {
  isCode,
  isReplay,
  methodOf,
  type Scenario,
  shownUrlOf,
  socketLoadOf,
  type Step,
  stepsOf,
  withFoundSteps,
} from "../plan/scenario.ts";
import { type Definition, furtherTerms, withSocketTerms } from "./further_terms.ts";
import { loopsOf } from "./scenario_parts.ts";
import { overallStats, type RunResult } from "./run_result.ts";

/** One step with what was measured of it. */
export interface NamedStep {
  /** Credentials masked; two steps that look alike then are numbered. */
  readonly name: string;
  readonly method: string;
  /** Credentials masked. */
  readonly url: string;
  /** Zero counts when the step never ran. */
  readonly stats: Stats;
}

/** All steps in the plan's order, those behind them that were found; a module's function only if something is counted for it. */
export function namedSteps(
  result: Pick<RunResult, "plan" | "total" | "durationMs">,
): readonly NamedStep[] {
  const seen = new Map(result.total.steps.map((counts) => [counts.step, counts]));
  const taken = new Map<string, number>();
  return knownSteps(result).flatMap((step, index) => {
    if ((step.kind === "code" || step.kind === "replay") && !seen.has(index)) return [];
    return [{
      name: numbered(maskUrlsIn(step.name), taken),
      method: methodOf(step),
      url: maskUrl(shownUrlOf(step)),
      stats: {
        counts: seen.get(index) ?? { ...EMPTY_STEP_STATS, step: index },
        durationMs: result.durationMs,
      },
    }];
  });
}

/** The steps of the plan and those that were found so far, by their numbers. */
function knownSteps({ plan, total }: Pick<RunResult, "plan"> & {
  readonly total: Pick<RunResult["total"], "found">;
}): readonly Step[] {
  const steps = stepsOf(plan.scenario);
  const { found } = total;
  // A finished run has them in its plan.
  if (found === undefined || steps.length > found.from) return steps;
  return stepsOf(withFoundSteps(plan.scenario, found.names));
}

/** A named stretch of time with what was measured of it. */
export interface NamedSpan {
  readonly kind: SpanKind;
  /** Credentials masked. */
  readonly name: string;
  readonly stats: Stats;
}

/** Passes through flows, in the plan's order, then groups, as their statistics: what was never seen is left out. */
export function namedSpans(result: Pick<RunResult, "plan" | "total" | "durationMs">): readonly NamedSpan[] {
  const { plan, total, durationMs } = result;
  const order = new Map(plan.scenario.flows.map(({ name }, i) => [maskUrlsIn(name), i]));
  const place = ({ kind, name }: SpanStats) =>
    kind === "iteration" ? order.get(maskUrlsIn(name)) ?? 0 : Infinity;
  return total.spans.toSorted((a, b) => place(a) - place(b) || 0).map((span) => ({
    kind: span.kind,
    name: maskUrlsIn(span.name),
    stats: { counts: statsOfSpan(span), durationMs },
  }));
}

/** The same, where they say more than the steps do: iterations of one request are that request. */
export function shownSpans(result: Pick<RunResult, "plan" | "total" | "durationMs">): readonly NamedSpan[] {
  const spans = namedSpans(result);
  const says = result.plan.scenario.flows.some(({ steps }) => steps.length > 1) ||
    spans.some(({ kind }) => kind === "group");
  return says ? spans : [];
}

/** What a list of them is called. */
export function spansTitle(spans: readonly Pick<NamedSpan, "kind">[]): string {
  return spans.some(({ kind }) => kind === "group") ? "Iterations and groups" : "Iterations";
}

/** A stretch's statistics in the form of a step's, so that all that reads those reads these. */
function statsOfSpan({ kind: _kind, name: _name, ...measured }: SpanStats): StepStats {
  return { ...EMPTY_STEP_STATS, ...measured };
}

/** Whether the steps are the lines of a URL list rather than of a scenario. */
export function isUrlList(plan: RunPlan): boolean {
  return plan.scenario.name === undefined && plan.scenario.flows.length > 1;
}

/** The URL of the first step, credentials masked. */
export function firstUrl(plan: RunPlan): string {
  const [first] = stepsOf(plan.scenario);
  return first === undefined ? "" : maskUrl(shownUrlOf(first));
}

/** What the load was aimed at, on one line: method, first URL and how many more there are. */
export function targetText(plan: RunPlan): string {
  const steps = stepsOf(plan.scenario);
  if (isReplay(plan.scenario)) return firstUrl(plan);
  if (steps.length > 0 && isCode(plan.scenario)) return firstUrl(plan) || (plan.scenario.name ?? "");
  const others = new Set(steps.map((step) => step.url)).size - 1;
  const more = others > 0 ? ` and ${formatCounted(others, "more URL")}` : "";
  return `${methodOf(steps[0])} ${firstUrl(plan)}${more}`.trim();
}

/** The load model on one line: `300 virtual users, 120.0s`. */
export function modeText(plan: RunPlan): string {
  const { load, scenario } = plan;
  const kind = isReplay(scenario) ? "replay of" : "scenario";
  const name = scenario.name === undefined ? "" : `${kind} '${scenario.name}', `;
  return `${name}${loadFacts(load).text}`;
}

/** What is to be said first about a run that dropped arrivals; `undefined` when all that were due started. */
export function droppedText({ total }: Pick<RunResult, "total">): string | undefined {
  const { dropped: dropped, startDelay } = total;
  if (dropped === 0) return undefined;
  const due = startDelay.count + dropped;
  return `${formatCount(dropped)} of ${formatCount(due)} arrivals (${
    formatShare(dropped, due)
  }) were dropped: ` +
    "they were due and never sent. Percentiles rank them behind every response";
}

/** The pauses of a load's users: one for all requests, or from the shortest to the longest of a scenario's steps. */
export function pauseText({ thinkMs, thinkJitter }: UsersLoad, scenario: Scenario): string {
  const pauses = stepsOf(scenario).map((step) => step.thinkMs ?? thinkMs);
  const [least, most] = [Math.min(...pauses), Math.max(...pauses)];
  if (most === 0) return "none";
  const range = least === most ? formatTime(most) : `${formatTime(least)} to ${formatTime(most)} by step`;
  return thinkJitter === 0 ? range : `${range} (+/-${Math.round(thinkJitter * 100)}%)`;
}

/** The proxies that a run goes through, credentials masked; `undefined` without any. */
export function proxyText({ client: { proxy } }: RunPlan): string | undefined {
  if (proxy === undefined) return undefined;
  const { http, https, bypass } = proxy;
  const texts = http === https
    ? [http]
    : [http && `${maskUrl(http)} for http`, https && `${maskUrl(https)} for https`];
  const through = texts.filter((text) => text !== undefined).map(maskUrl).join(", ");
  return bypass.length === 0 ? through : `${through}, not for ${bypass.join(", ")}`;
}

/**
 * The connections of a plan in words: `50`, `up to 1,000`, `10 × 50 streams`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { RunPlan } from "../plan/run_plan.ts";
 * const plan = {
 *   scenario: { flows: [] },
 *   load: { kind: "duration", connections: 500, durationMs: 1 },
 *   client: { streams: 50 },
 * } as unknown as RunPlan;
 * assertEquals(connectionsText(plan), "10 × 50 streams");
 * ```
 */
export function connectionsText(plan: RunPlan): string {
  const { streams = 1 } = plan.client;
  // Those of a WebSocket load are all opened.
  if (socketLoadOf(plan.scenario) !== undefined) return formatCount(connectionsOf(plan));
  const upTo = isOpenLoop(plan) ? "up to " : "";
  const each = streams > 1 ? ` × ${formatCount(streams)} streams` : "";
  return `${upTo}${formatCount(connectionsOf(plan))}${each}`;
}

/** The same with the noun: `1 connection`, `10 connections × 50 streams`. */
export function connectionsInWords(plan: RunPlan): string {
  const noun = connectionsOf(plan) === 1 ? "connection" : "connections";
  return connectionsText(plan).replace(/^(.*?)( ×|$)/, `$1 ${noun}$2`);
}

/**
 * How long connections are kept: `yes`, `no`, or for how long.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const client = { keepAlive: true, maxRequestsPerConnection: 100 };
 * assertEquals(keepAliveText(client), "yes, for up to 100 requests");
 * ```
 */
export function keepAliveText(
  client: Pick<RunPlan["client"], "keepAlive" | "maxRequestsPerConnection" | "connectionLifetimeMs">,
): string {
  if (!client.keepAlive) return "no";
  const { maxRequestsPerConnection: requests, connectionLifetimeMs: ageMs } = client;
  const limits = [
    requests === undefined ? undefined : formatCounted(requests, "request"),
    ageMs === undefined ? undefined : formatDuration(ageMs),
  ].filter((limit) => limit !== undefined);
  return limits.length === 0 ? "yes" : `yes, for up to ${limits.join(" or ")}`;
}

/** Each number of a result defined once; only the terms that the run has. */
export function definitionsOf(result: RunResult): readonly Definition[] {
  const { plan } = result;
  const { counts } = overallStats(result);
  const { hasOpen: isOpen, hasClosed } = loopsOf(plan);
  const end = plan.client.leavesBody ? "the end of its response's head" : "the last byte of its response";
  const definitions: (Definition | false)[] = [
    {
      key: "latency",
      term: "Latency",
      text: isOpen
        ? `from the moment a request was due to ${end}, waiting for a free connection included` +
          (hasClosed ? "; of a scenario without a rate from the start of the request" : "")
        : `from the start of a request to ${end}`,
    },
    isOpen && {
      key: "service_latency",
      term: "Service",
      text: `from the actual sending to ${end}`,
    },
    {
      key: "summary",
      term: "Min, mean, stdev",
      text: "over successful requests, exact",
    },
    {
      key: "percentiles",
      term: "Percentiles, max",
      text: "over successful requests, and behind them requests without a complete response" +
        (isOpen ? " or never started" : "") +
        "; nearest rank, at most 0.1% too high; shown only where the sample is large enough",
    },
    waitedInVain(counts).count > 0 && {
      key: "at_least",
      term: "≥",
      text: "a lower bound: the percentile falls among requests without a response, and the value is " +
        "at least that of the slowest response",
    },
    isOpen && {
      key: "dropped",
      term: "Dropped, delayed",
      text: "arrivals never sent before the run and its graceful stop ended, and arrivals sent " +
        "more than 1ms late",
    },
    {
      key: "errors",
      term: "Errors",
      text: "error statuses, failed checks and extractions, and requests without a complete response; " +
        "responses that count as errors have a latency of their own and are in no percentile above",
    },
    counts.unfilled > 0 && {
      key: "not_filled_in",
      term: "Not filled in",
      text: "steps with a placeholder that had no value: never sent, so errors but not requests",
    },
    counts.unfinished > 0 && {
      key: "unfinished",
      term: "Unfinished",
      text: `still open ${formatDuration(plan.gracefulStopMs)} after the end; neither requests nor errors`,
    },
    {
      key: "connections",
      term: "Connections",
      text:
        "those opened before the start are not counted; opening one later counts for the request that needed it",
    },
    (plan.client.streams ?? 1) > 1 && {
      key: "streams",
      term: "Streams",
      text:
        "a request waits while its connection has as many streams as the server allows, and that time counts",
    },
    {
      key: "rates",
      term: "Rates",
      text: `over ${formatTime(result.durationMs)}, from the start to the end of the last request; ` +
        "bytes are response bodies as transferred",
    },
    plan.client.proxy !== undefined && {
      key: "proxy",
      term: "Proxy",
      text: "connecting includes the proxy and, for tunnels, the way through it to the server",
    },
    plan.client.maxRedirects > 0 && {
      key: "redirects",
      term: "Redirects",
      text: "a request and its redirects count as one: latency, bytes and phases cover " +
        "the whole chain, and the status is the last one",
    },
    plan.warmupMs > 0 && {
      key: "warmup",
      term: "Warm-up",
      text: `the first ${formatDuration(plan.warmupMs)}` +
        (result.warmupRequests === undefined ? "" : ` (${formatCounted(result.warmupRequests, "request")})`) +
        " are not counted",
    },
  ];
  const known = definitions.filter((definition) => definition !== false);
  return [...withSocketTerms(known, plan), ...furtherTerms(counts)];
}

function numbered(name: string, taken: Map<string, number>): string {
  const times = (taken.get(name) ?? 0) + 1;
  taken.set(name, times);
  return times === 1 ? name : `${name} (${times})`;
}
