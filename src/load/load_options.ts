/**
 * Options of every load: how many, how long, how reproducible. Options of one load model live beside that model.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { count, duration } from "../options/option_types.ts";
import { defineOptions, type OptionType } from "../options/option.ts";

/** How long a run takes when nothing else ends it, in ms. */
export const DEFAULT_DURATION_MS = 10_000;

/** How long a run takes at the most that goes on until something is known, in ms. */
export const UNTIL_DURATION_MS = 300_000;

/** Most connections of an open loop when `-c` does not say: arrivals beyond wait, and the wait counts as latency. */
export const OPEN_LOOP_CONNECTIONS = 1000;

const time = duration({ min: 0 });

/** A time, or `auto`: until throughput and latency have come to rest. */
const warmup: OptionType<number | "auto"> = {
  label: "DURATION|auto",
  parse: (text) => text.trim() === "auto" ? "auto" : time.parse(text),
  format: (value) => value === "auto" ? value : time.format!(value),
  toJson: (value) => value === "auto" ? value : time.toJson!(value),
};

const anyDuration = duration();

/** How long the test takes: in curl, ghz and grpcurl, `-d` is what is sent. */
const testDuration: OptionType<number> = {
  ...anyDuration,
  parse: (text) => {
    if (/^\s*[{[@]/.test(text)) {
      throw new UsageError("expected a duration such as 10s; what is sent is given with -b, or -p FILE");
    }
    return anyDuration.parse(text);
  },
};

/** The table. */
export const loadOptions = defineOptions({
  connections: {
    short: "-c",
    long: "--connections",
    type: count({ min: 1, max: 1_000_000 }),
    group: "Load",
    default: 10,
    defaultLabel: `10, with --rate ${OPEN_LOOP_CONNECTIONS}`,
    help: "Connections kept busy; with --rate, the maximum that may be opened",
  },
  duration: {
    short: "-d",
    long: "--duration",
    type: testDuration,
    group: "Load",
    defaultLabel: "10s, with --until 5m",
    help: "Duration of the test: 10s, 1m30s, 500ms; a bare number means seconds",
  },
  numRequests: {
    short: "-n",
    long: "--num-requests",
    type: count({ min: 1 }),
    group: "Load",
    help: "Stop after exactly this many requests; with -d, after that time if that comes first",
  },
  threads: {
    short: "-t",
    long: "--threads",
    type: count({ min: 1, max: 1024 }),
    group: "Load",
    defaultLabel: "min(4, cores, connections); 1 for --rate up to 500",
    help: "Load threads; connections are spread over them",
  },
  warmup: {
    long: "--warmup",
    type: warmup,
    group: "Load",
    default: 0,
    defaultLabel: "none",
    help:
      "Load applied first and not measured; auto: the start, until throughput and latency have come to rest",
  },
  grace: {
    long: "--grace",
    type: duration({ min: 0 }),
    group: "Load",
    default: 1000,
    help: "Graceful stop: how long requests in flight at the end may still take",
  },
  seed: {
    long: "--seed",
    type: count({ min: 0, max: 4_294_967_295 }),
    group: "Load",
    defaultLabel: "random",
    help: "Seed of all random choices; an earlier run's JSON names its seed",
  },
});

/**
 * How many load threads to start: as asked, or a few, and never more than there are users to spread.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(threadCount(undefined, { cores: 8, users: 10 }), 4);
 * assertEquals(threadCount(16, { cores: 8, users: 10 }), 10);
 * ```
 */
export function threadCount(
  asked: number | undefined,
  { cores, users }: { readonly cores: number; readonly users: number },
): number {
  return Math.max(1, Math.min(asked ?? Math.min(4, cores), users));
}
