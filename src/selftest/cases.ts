/**
 * What the selftest measures: targets whose behaviour is known, the load on them, and what a true reading is. Where a
 * truth comes from the target's own count or clock, it is that of the same run.
 *
 * The stall is the case of coordinated omission (Gil Tene, "How NOT to Measure Latency"): of arrivals at an even rate
 * over a time T in which the target stands still for S, the share S/T waits, evenly spread from S to 0. So the share
 * with a wait of more than w is (1 − w/S)·S/T, and percentile p is w = S·(1 − (1 − p/100)·T/S).
 *
 * @module
 */
import type { Seen, TargetSpec } from "./known_target.ts";
import type { Job, Reading } from "./tool.ts";

/** What a number counts. */
export type CheckUnit = "ms" | "1/s" | "1";

/** One number to compare. */
export interface Check {
  readonly name: string;
  readonly unit: CheckUnit;
  /** The right value, for this run. */
  truth(seen: Seen): number | undefined;
  /** What the tool says; `undefined`: it does not tell. */
  read(reading: Reading): number | undefined;
  /** The largest error allowed, in the unit. */
  limit(truth: number): number;
}

/** One target, the load on it, and what must come out. */
export interface Case {
  readonly title: string;
  readonly target: TargetSpec;
  readonly job: Omit<Job, "url" | "outputPath">;
  readonly checks: readonly Check[];
}

const DELAY_MS = 20;
const RATE = 200;
const MESSAGE_RATE = 500;
const SILENCE_MS = 500;
const TOKENS = 15;
const FIRST_TOKEN_MS = 200;
const CAPACITY = { slots: 4, serviceMs: 20 };
const CAPACITY_USERS = 20;
/** Within a second of the run: what is left out ends with the second that the end of the warm-up is in. */
const COLD_MS = 4500;

/** All cases, in full length or shortened; within one process, plain runs alone. */
export function selftestCases(
  isQuick: boolean,
  { hasPrograms = true }: { readonly hasPrograms?: boolean } = {},
): readonly Case[] {
  const job = { connections: 10, threads: 1, seconds: isQuick ? 2 : 5 };
  const stall = isQuick ? { seconds: 3, stallMs: 500 } : { seconds: 10, stallMs: 1000 };
  const count = isQuick ? 2000 : 20_000;
  const capacity = 1000 * CAPACITY.slots / CAPACITY.serviceMs;
  return [
    {
      title: `Constant delay of ${DELAY_MS} ms`,
      target: { kind: "route", path: `/delay/${DELAY_MS}` },
      job,
      checks: [
        percentile(50, { truth: (seen) => seen.servedMs(50), limit: () => 1 }),
        percentile(95, { truth: (seen) => seen.servedMs(95), limit: () => 3 }),
        requestCount("requests in the time"),
      ],
    },
    {
      title: `Exactly ${count} requests`,
      target: { kind: "route", path: "/bytes/100" },
      job: { connections: 20, threads: 1, requests: count },
      checks: [requestCount("requests")],
    },
    {
      title: `${RATE} requests/s over 50 connections while the target stalls for ${stall.stallMs} ms`,
      target: { kind: "route", path: `/stall/${stall.seconds * 1000}/${stall.stallMs}` },
      job: { ...job, connections: 50, seconds: stall.seconds, rate: RATE },
      checks: [
        {
          name: "requests due",
          unit: "1",
          truth: () => RATE * stall.seconds,
          read: ended,
          limit: () => 0,
        },
        ...[95, 99].map((p) =>
          percentile(p, { truth: () => stalledPercentile(p, stall), limit: (truth) => truth * 0.05 })
        ),
      ],
    },
    {
      title: "Every 50th request gets no response, timeout 1 s",
      target: { kind: "route", path: "/hang/50" },
      job: { ...job, requests: 500, seconds: 3, timeoutSec: 1 },
      checks: [errorCount("requests without a response", (seen) => Math.floor(seen.requests / 50))],
    },
    {
      title: "Every 10th response cut off",
      target: { kind: "cut", every: 10 },
      job: { ...job, requests: 500, seconds: 2 },
      checks: [errorCount("responses cut off", (seen) => seen.cut)],
    },
    {
      title: `WebSocket messages sent back after ${DELAY_MS} ms`,
      target: { kind: "route", path: `/ws/delay/${DELAY_MS}` },
      job: { ...job, message: "hello" },
      checks: [
        percentile(50, { truth: (seen) => seen.heldMs(50), limit: () => 2 }),
      ],
    },
    {
      title: `${MESSAGE_RATE} WebSocket messages/s while the target stalls for ${stall.stallMs} ms`,
      target: { kind: "route", path: `/ws/stall/${stall.seconds * 1000}/${stall.stallMs}` },
      job: { ...job, seconds: stall.seconds, rate: MESSAGE_RATE, message: "hello" },
      checks: [
        {
          name: "messages due",
          unit: "1",
          truth: () => MESSAGE_RATE * stall.seconds,
          read: ended,
          limit: () => 0,
        },
        ...[95, 99].map((p) =>
          percentile(p, { truth: () => stalledPercentile(p, stall), limit: (truth) => truth * 0.05 })
        ),
      ],
    },
    {
      title: "Every 100th WebSocket message gets no reply, timeout 1 s",
      target: { kind: "route", path: "/ws/withhold/100" },
      job: { ...job, requests: 1000, message: "hello", timeoutSec: 1 },
      checks: [errorCount("messages without a reply", () => 10)],
    },
    {
      title: `Server-sent events every ${DELAY_MS} ms, with one silence of ${SILENCE_MS} ms`,
      target: { kind: "route", path: `/sse/50/${DELAY_MS}/${SILENCE_MS}` },
      job: { ...job, requests: isQuick ? 10 : 30, stream: "events" },
      checks: [
        gap("gap p50", 50, () => 2),
        gap("longest gap", 100, (truth) => Math.max(2, truth * 0.03)),
      ],
    },
    {
      title: `HTTP/2: ${TOKENS} tokens, one every ${DELAY_MS} ms, the first after ${FIRST_TOKEN_MS} ms`,
      target: { kind: "route", path: `/tokens/${TOKENS}/${DELAY_MS}/${FIRST_TOKEN_MS}` },
      job: { ...job, connections: 2, streams: 2, requests: isQuick ? 20 : 50, stream: "tokens" },
      checks: [
        {
          name: "output tokens",
          unit: "1",
          truth: ({ requests }) => requests * TOKENS,
          read: ({ tokens }) => tokens?.count,
          limit: () => 0,
        },
        {
          name: "TTFT p50",
          unit: "ms",
          truth: (seen) => seen.firstTokenMs(50),
          read: ({ tokens }) => tokens?.ttftMs,
          limit: (truth) => Math.max(2, truth * 0.03),
        },
        {
          name: "ITL p50",
          unit: "ms",
          truth: (seen) => seen.heldMs(50),
          read: ({ tokens }) => tokens?.itlMs,
          limit: () => 2,
        },
        {
          name: "TPOT p50",
          unit: "ms",
          truth: (seen) => seen.heldMs(50),
          read: ({ tokens }) => tokens?.tpotMs,
          limit: () => 2,
        },
      ],
    },
    {
      title: `Capacity of ${capacity} requests/s, ${CAPACITY_USERS} connections`,
      target: { kind: "route", path: `/capacity/${CAPACITY.slots}/${CAPACITY.serviceMs}` },
      job: { ...job, connections: CAPACITY_USERS, seconds: isQuick ? 3 : 5 },
      checks: [
        {
          name: "requests/s",
          unit: "1/s",
          truth: () => capacity,
          read: ({ perSecond }) => perSecond,
          limit: (truth) => truth * 0.03,
        },
        // Little's law: users in the system are throughput times latency.
        percentile(50, { truth: () => CAPACITY_USERS / capacity * 1000, limit: (truth) => truth * 0.05 }),
      ],
    },
    ...(isQuick || !hasPrograms ? [] : CERTAINTY),
  ];
}

/**
 * Whether the program knows what it does not know: differences, precision, warm-up. They take longer, and no other tool
 * tells them.
 */
const CERTAINTY: readonly Case[] = [
  {
    title: "Duel of a target with itself",
    target: { kind: "route", path: "/random/20/4" },
    job: { connections: 10, threads: 1, seconds: 20, against: "/random/20/4" },
    checks: [{ ...differences("differences found"), truth: () => 0 }],
  },
  {
    title: "Duel with a path that takes half as long again",
    target: { kind: "route", path: "/delay/20" },
    job: { connections: 10, threads: 1, seconds: 20, against: "/delay/30" },
    checks: [{ ...differences("differences found, of rate and p50"), truth: () => 2 }],
  },
  {
    title: "Random delays, until p50 is known to ± 20%, for 50 s at most",
    target: { kind: "route", path: "/random/20/4" },
    job: { connections: 10, threads: 1, seconds: 50, until: "p50 ± 20%" },
    checks: [{
      name: "reached",
      unit: "1",
      truth: () => 1,
      read: ({ reached }) => reached,
      limit: () => 0,
    }],
  },
  {
    title: `Delay of 10 ms, in the first ${COLD_MS / 1000} s of 40 ms`,
    target: { kind: "route", path: `/warming/${COLD_MS}/10` },
    job: { connections: 10, threads: 1, seconds: 20, findsWarmup: true },
    checks: [{
      name: "warm-up found",
      unit: "ms",
      truth: () => COLD_MS,
      read: ({ warmupMs }) => warmupMs,
      limit: () => 1000,
    }],
  },
];

/** The latency at a percentile, in ms, of even arrivals over `seconds` with one stall of `stallMs`; see above. */
export function stalledPercentile(
  p: number,
  { seconds, stallMs }: { readonly seconds: number; readonly stallMs: number },
): number {
  return stallMs * Math.max(0, 1 - (1 - p / 100) * seconds * 1000 / stallMs);
}

function percentile(p: number, { truth, limit }: Pick<Check, "truth" | "limit">): Check {
  return { name: `p${p}`, unit: "ms", truth, limit, read: ({ latencyMs }) => latencyMs?.[p] };
}

function gap(name: string, p: number, limit: Check["limit"]): Check {
  return { name, unit: "ms", truth: (seen) => seen.heldMs(p), read: ({ gapMs }) => gapMs?.[p], limit };
}

function differences(name: string): Omit<Check, "truth"> {
  return { name, unit: "1", read: ({ differences }) => differences, limit: () => 0 };
}

function requestCount(name: string): Check {
  return { name, unit: "1", truth: ({ requests }) => requests, read: ended, limit: () => 0 };
}

function errorCount(name: string, truth: (seen: Seen) => number): Check {
  return { name, unit: "1", truth, read: ({ errors }) => errors, limit: () => 0 };
}

/** Everything the tool knows to have sent. */
function ended({ requests, unfinished = 0 }: Reading): number {
  return requests + unfinished;
}
