/**
 * The catalogue of what is counted. A counter or a distribution is declared here, once: recorder, snapshots, their
 * merging, what crosses a wire, saved runs, JSON, thresholds, comparisons, exports and reports follow from it. What is
 * left to do for a new one is to count it, in `recorder.ts`.
 *
 * @module
 */
import { EMPTY_HISTOGRAM, type HistogramData, mergeHistograms } from "./histogram.ts";
import { GROUP_NAMES, type GroupName, MEASURE_GROUPS } from "./measure_groups.ts";
import type { CounterSpec, DistributionSpec, ShownSpec, ShownTimesSpec } from "./declared/measure_specs.ts";

/** What is counted for every step. */
export const STEP_COUNTERS = {
  succeeded: {
    help: "Whole responses that pass every check, with a status below 400 or a checked one",
    unit: "1",
  },
  failed: {
    help: "Requests without a whole response, with an error status or with a failed check",
    unit: "1",
  },
  bodyBytes: { help: "Bytes of response bodies as they travelled, without chunk framing", unit: "B" },
  bytesReceived: {
    help:
      "Bytes read for the step's requests, heads and framing included; bodies alone with the fetch client",
    unit: "B",
  },
  bytesSent: { help: "Bytes written for them, counted the same way", unit: "B" },
  unfilled: {
    help: "Steps that could not be filled in: never sent, so errors without being requests",
    unit: "1",
    shown: { key: "template_errors", better: "lower", label: "Not Filled In", tone: "bad" },
  },
  exceptions: {
    help: "Iterations of a module that an exception ended: errors without being requests",
    unit: "1",
    shown: { key: "script_errors", better: "lower", label: "Script Errors", tone: "bad" },
  },
  lengthErrors: {
    help: "Responses whose length differs from what was declared; 0 unless verified",
    unit: "1",
    shown: { key: "content_length_errors", better: "lower", label: "Content-Len Errs", tone: "bad" },
  },
  unfinished: {
    help: "Requests cut off by the end of the run; neither successes nor failures",
    unit: "1",
    shown: { key: "unfinished_requests", better: "lower", label: "Unfinished", tone: "warning" },
  },
} as const satisfies Readonly<Record<string, CounterSpec>>;

/** What is counted for the run as a whole. */
export const RUN_COUNTERS = {
  users: {
    help: "Users (closed loop) or connections in use (open loop) at the end of the window",
    unit: "1",
    time: "last",
  },
  started: { help: "Requests started", unit: "1" },
  iterations: {
    help: "Passes through a flow that ended, failures included",
    unit: "1",
    shown: { key: "iterations", better: "higher" },
  },
  cutIterations: {
    help: "Passes through a flow that the end of the run cut off; not among those that ended",
    unit: "1",
    shown: { key: "cut_iterations", better: "lower" },
  },
  connects: {
    help: "Connections opened; those opened ahead of the load are included, unless there was a warm-up",
    unit: "1",
    shown: { key: "connections_opened", better: "lower" },
  },
  failedConnects: {
    help: "Attempts to open a connection that failed; requests that waited for the same attempt share it",
    unit: "1",
    shown: {
      key: "failed_connects",
      better: "lower",
      label: "Failed Connects",
      tone: "bad",
      isExported: true,
    },
  },
  fullHandshakes: { help: "TLS handshakes that began anew", unit: "1", isOptional: true },
  resumedHandshakes: {
    help:
      "TLS handshakes that resumed a session; absent, as are full ones, where the transport does not tell",
    unit: "1",
    isOptional: true,
  },
  reused: {
    help: "Requests on a connection that was already open; each of a chain of redirects counts",
    unit: "1",
    shown: { key: "connections_reused", better: "higher" },
  },
  reconnects: {
    help: "Connections that replaced one the server had closed",
    unit: "1",
    shown: { key: "reconnects", better: "lower", label: "Reconnects" },
  },
  traced: {
    help: "Requests sent with a sampled trace context; unfinished ones are included",
    unit: "1",
    shown: { key: "traced_requests", better: "higher", label: "Traced" },
  },
  redirects: { help: "Redirects followed; each was a request of its own to the server", unit: "1" },
  streamWaits: {
    help: "HTTP/2: requests that waited because the server allows no more streams on a connection",
    unit: "1",
  },
  streamLimit: {
    help: "How many streams it allows, the largest of several such limits; 0 when nothing waited",
    unit: "1",
    threads: "max",
    time: "max",
  },
  continueWaits: { help: "Requests whose body waited for Expect: 100-continue", unit: "1" },
  continueWaitMs: { help: "Total time that bodies waited", unit: "ms" },
  continueRefusals: {
    help: "Requests that were sent again without that question, since the server refused it",
    unit: "1",
  },
  delayed: { help: "Open loop: arrivals that started more than 1 ms late", unit: "1" },
  dropped: { help: "Open loop: arrivals that were due and never sent", unit: "1" },
  maxInFlight: {
    help: "Maximum requests in flight; with several threads, the sum of their maxima",
    unit: "1",
    time: "max",
  },
  lastHeardMs: {
    help: "When the other end was last heard, since the run's start; 0: never",
    unit: "ms",
    threads: "max",
    time: "max",
  },
  givenUpMs: {
    help: "When a request was last given up without a response, since the run's start; 0: none was",
    unit: "ms",
    threads: "max",
    time: "max",
  },
  scheduleWaits: { help: "Pauses that the schedule made (open loop: timer waits)", unit: "1" },
  warmupRequests: { help: "Requests sent during warm-up; not counted anywhere else", unit: "1" },
  unlogged: {
    help: "Requests missing from the log because there were too many",
    unit: "1",
  },
} as const satisfies Readonly<Record<string, CounterSpec>>;

/** What the thread of a share was busy with; tells a slow server from a client that could not keep up. */
export const THREAD_COUNTERS = {
  wallMs: { help: "Time covered", unit: "ms" },
  cpuMs: { help: "The thread's CPU time", unit: "ms", isOptional: true },
  runQueueWaitMs: {
    help: "Ready to run while no core was free for the thread",
    unit: "ms",
    isOptional: true,
  },
  throttledMs: {
    help: "Time in which a CPU quota stopped the thread's process, over all cores",
    unit: "ms",
    isOptional: true,
  },
  nativeSockets: {
    help: "1: the thread's connections are made with sockets of the C library's; 0: with the platform's",
    unit: "1",
    isOptional: true,
    time: "max",
  },
  openSsl: {
    help: "Number of the OpenSSL version that makes its TLS; 0: the platform does; absent: it makes none",
    unit: "1",
    isOptional: true,
    time: "max",
  },
} as const satisfies Readonly<Record<string, CounterSpec>>;

/** Times that are kept for every step. */
export const STEP_DISTRIBUTIONS = {
  latency: {
    help:
      "Successful requests: from the start (open loop: from the moment due) to the last byte of the response",
  },
  unanswered: {
    help: "Requests without a whole response: how long each was waited for. The true time is at least that",
  },
  failedLatency: { help: "Whole responses that count as failures: error statuses and failed checks" },
  openWaits: {
    help:
      "Of the unfinished ones, those that nothing came in for at the end: from the actual sending until then",
    isOptional: true,
  },
  serviceLatency: { help: "Open loop: successful requests timed from the actual sending", isOptional: true },
  serviceUnanswered: {
    help: "Open loop: requests without a whole response, timed from there",
    isOptional: true,
  },
  dropped: {
    help: "Open loop: arrivals that never started, and how long each had waited when it was dropped",
    isOptional: true,
  },
} as const satisfies Readonly<Record<string, DistributionSpec>>;

/** Times that are kept for the run as a whole. */
export const RUN_DISTRIBUTIONS = {
  startDelay: { help: "Open loop: from due to sent; else without values" },
  scheduleLag: {
    help: "Open loop: from due to noticed, the generator's own part of the start delay; else without values",
  },
} as const satisfies Readonly<Record<string, DistributionSpec>>;

/**
 * Named stretches of time, longer than a request: what each kind is. One that the end of the run cuts off is not counted.
 */
export const SPAN_KINDS = {
  iteration: {
    help:
      "A pass through a flow, from its start (open loop: from when it was due) to the end of its last step",
  },
  group: { help: "The steps of a group together, from the first one's start to the last one's end" },
} as const;

/** What is counted for every stretch. */
export const SPAN_COUNTERS = {
  succeeded: { help: "Those in which every step succeeded", unit: "1" },
  failed: { help: "Those in which a step failed, or could not be filled in", unit: "1" },
} as const satisfies Readonly<Record<string, CounterSpec>>;

/** Times that are kept for every stretch. */
export const SPAN_DISTRIBUTIONS = {
  latency: { help: "Those that succeeded" },
  failedLatency: { help: "Those that failed although every request got a whole response" },
  unanswered: {
    help: "Those with a request without a whole response: how long they took. The true time is at least that",
  },
} as const satisfies Readonly<Record<string, DistributionSpec>>;

/** Names in a part of the catalogue: those that are always there, or those that may be absent. */
export type NamesIn<Specs, MayBeAbsent> = {
  [K in keyof Specs]: Specs[K] extends { readonly isOptional: true } ? MayBeAbsent extends true ? K : never
    : MayBeAbsent extends true ? never
    : K;
}[keyof Specs];

/** Values by the names of a part of the catalogue; those that may be absent are. */
export type ValuesIn<Specs, T> =
  & Readonly<Record<NamesIn<Specs, false>, T>>
  & { readonly [K in NamesIn<Specs, true>]?: T };

/** A step's counters by name. */
export type StepCounts = ValuesIn<typeof STEP_COUNTERS, number>;
/** The run's counters by name. */
export type RunCounts = ValuesIn<typeof RUN_COUNTERS, number>;
/** A thread's counters by name. */
export type ThreadCounts = ValuesIn<typeof THREAD_COUNTERS, number>;
/** A step's distributions by name, in µs. */
export type StepTimes = ValuesIn<typeof STEP_DISTRIBUTIONS, HistogramData>;
/** The run's distributions by name, in µs. */
export type RunTimes = ValuesIn<typeof RUN_DISTRIBUTIONS, HistogramData>;

/** What the stretches of a kind are called by. */
export type SpanKind = keyof typeof SPAN_KINDS;
/** A stretch's counters by name. */
export type SpanCounts = ValuesIn<typeof SPAN_COUNTERS, number>;
/** A stretch's distributions by name, in µs. */
export type SpanTimes = ValuesIn<typeof SPAN_DISTRIBUTIONS, HistogramData>;

/** All counters of steps and runs. */
export type AllCounters = typeof STEP_COUNTERS & typeof RUN_COUNTERS;
type GroupCounters = (typeof MEASURE_GROUPS)[GroupName]["counters"];
/** The name by which users know a counter, if they do. */
export type ShownKeyOf<Spec> = Spec extends { readonly shown: { readonly key: infer Key extends string } }
  ? Key
  : never;

/** Names by which users know counters. */
export type CounterKey = { [K in keyof AllCounters]: ShownKeyOf<AllCounters[K]> }[keyof AllCounters];

/** Names of those that only some steps have. */
export type GroupCounterKey = ShownKeyOf<GroupCounters[keyof GroupCounters]>;

/** A counter that users meet. */
export interface ShownCounter extends ShownSpec {
  readonly key: CounterKey | GroupCounterKey;
  /** Where it is in a snapshot. */
  readonly name: keyof StepCounts | keyof RunCounts | keyof GroupCounters;
  readonly scope: "step" | "run" | GroupName;
  readonly unit: CounterSpec["unit"];
  readonly help: string;
}

/** The counters that users meet, in the catalogue's order. */
export const SHOWN_COUNTERS: readonly ShownCounter[] = [
  ...shownOf("step", STEP_COUNTERS),
  ...shownOf("run", RUN_COUNTERS),
  ...GROUP_NAMES.flatMap((name) => shownOf(name, MEASURE_GROUPS[name].counters)),
];

/** The ones that every run has. */
export const PLAIN_COUNTERS: readonly (ShownCounter & { readonly key: CounterKey })[] = SHOWN_COUNTERS
  .filter(({ scope }) => scope === "step" || scope === "run") as never;

/** A distribution that users meet. */
export interface ShownTimes extends ShownTimesSpec {
  /** Where it is in a step's statistics. */
  readonly group: GroupName;
  readonly name: string;
  readonly help: string;
}

/** The distributions of groups that users meet, in the catalogue's order. */
export const SHOWN_TIMES: readonly ShownTimes[] = GROUP_NAMES.flatMap((group) => {
  const specs: readonly [string, DistributionSpec][] = Object.entries(MEASURE_GROUPS[group].distributions);
  return specs.flatMap(([name, { shown, help }]) =>
    shown === undefined ? [] : [{ ...shown, group, name, help }]
  );
});

function shownOf(
  scope: ShownCounter["scope"],
  specs: Readonly<Record<string, CounterSpec>>,
): readonly ShownCounter[] {
  return Object.entries(specs).flatMap(([name, { shown, unit, help }]) =>
    shown === undefined ? [] : [{ ...shown, name, scope, unit, help } as ShownCounter]
  );
}

/** The values at the beginning: 0, and distributions without values; none for what is optional. */
export function emptyCounts<Name extends string>(
  specs: Readonly<Record<Name, CounterSpec>>,
): Record<Name, number> {
  return initial(specs, 0);
}

/** The same for distributions. */
export function emptyTimes<Name extends string>(
  specs: Readonly<Record<Name, DistributionSpec>>,
): Record<Name, HistogramData> {
  return initial(specs, EMPTY_HISTOGRAM);
}

function initial<Name extends string, T>(
  specs: Readonly<Record<Name, { readonly isOptional?: true }>>,
  value: T,
): Record<Name, T> {
  const names = (Object.keys(specs) as Name[]).filter((name) => !specs[name].isOptional);
  return Object.fromEntries(names.map((name) => [name, value])) as Record<Name, T>;
}

/** The counters alone, of something that has more. */
export function countsIn<Counts extends object>(
  specs: Readonly<Record<string, CounterSpec>>,
  whole: Counts,
): Counts {
  return addCounts(specs, [whole, {} as Counts], "time");
}

/** What joins two values of a name. */
type Join<T> = (name: string, a: T, b: T) => T;

/** Two sets of counters as one: of two `threads`, or over `time`, the later one second. */
export function addCounts<Counts extends object>(
  specs: Readonly<Record<string, CounterSpec>>,
  [a, b]: readonly [Counts, Counts],
  over: "threads" | "time",
): Counts {
  return joined(specs, [a, b], (name, x: number, y: number) => {
    const how = specs[name]![over];
    return how === "max" ? Math.max(x, y) : how === "last" ? y : x + y;
  });
}

/** Two sets of distributions as one. */
export function addTimes<Times extends object>(
  specs: Readonly<Record<string, DistributionSpec>>,
  pair: readonly [Times, Times],
): Times {
  return joined(specs, pair, (_, x: HistogramData, y: HistogramData) => mergeHistograms(x, y));
}

function joined<Part extends object, T>(
  specs: Readonly<Record<string, unknown>>,
  [a, b]: readonly [Part, Part],
  join: Join<T>,
): Part {
  const [first, second] = [a, b] as readonly Readonly<Record<string, T | undefined>>[] as [
    Readonly<Record<string, T | undefined>>,
    Readonly<Record<string, T | undefined>>,
  ];
  const sum: Record<string, T> = {};
  for (const name of Object.keys(specs)) {
    const [x, y] = [first[name], second[name]];
    const value = x === undefined ? y : y === undefined ? x : join(name, x, y);
    if (value !== undefined) sum[name] = value;
  }
  return sum as Part;
}
