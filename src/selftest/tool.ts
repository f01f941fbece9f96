/**
 * What a load generator is to a comparison: words to start it with, and how its output is read.
 *
 * @module
 */

/** One measurement to take. */
export interface Job {
  readonly url: string;
  readonly connections: number;
  readonly threads: number;
  /** How long; with `requests`, only for tools that cannot count them. */
  readonly seconds?: number;
  /** Speak HTTP/2, with so many requests in flight on each connection; absent: HTTP/1.1. */
  readonly streams?: number;
  /** Exactly so many requests, by tools that can count. One of both is given. */
  readonly requests?: number;
  /** Requests per second to keep to; absent: as many as possible. */
  readonly rate?: number;
  /** Give a request up after this. */
  readonly timeoutSec?: number;
  /** Send this on WebSockets again and again, and wait for each reply; absent: requests of HTTP are sent. */
  readonly message?: string;
  /** Responses are streams, of events or of a model's tokens, whose gaps are measured. */
  readonly stream?: "events" | "tokens";
  /** Fight a duel against this path of the same server. */
  readonly against?: string;
  /** End as soon as this is known so precisely, such as `p50 ± 20%`. */
  readonly until?: string;
  /** Find the warm-up in the run and leave it out. */
  readonly findsWarmup?: true;
  /** PEM of the root that the server's certificate is checked against, by tools that check. */
  readonly certificatePath?: string;
  /** Where tools that write a file write it. */
  readonly outputPath: string;
}

/** What a tool says of its run; absent: it does not tell. */
export interface Reading {
  readonly requests: number;
  readonly perSecond: number;
  /** Requests without a good response. */
  readonly errors: number;
  /** Requests that were started and not ended; in no other number. */
  readonly unfinished?: number;
  /** Latencies by percentile, such as `{ 50: 20.1, 99: 31 }`, in ms. */
  readonly latencyMs?: Readonly<Record<number, number>>;
  /** Times from one event of a stream to the next by percentile, 100 for the longest, in ms. */
  readonly gapMs?: Readonly<Record<number, number>>;
  /** Output tokens and, in ms, the medians of their times. */
  readonly tokens?: {
    readonly count: number;
    readonly ttftMs: number;
    readonly itlMs: number;
    readonly tpotMs: number;
  };
  /** Of a duel: metrics that were found to differ. */
  readonly differences?: number;
  /** Whether what the run went on for is known, 1 or 0. */
  readonly reached?: number;
  /** How long the warm-up was that was found, ms. */
  readonly warmupMs?: number;
  /** Median delay between due and sent, ms. */
  readonly startDelayMs?: number;
  /** Its 99th percentile, ms. */
  readonly startDelay99Ms?: number;
  /** The tool's own doubts about its numbers. */
  readonly warnings?: readonly string[];
}

/** One load generator. */
export interface Tool {
  readonly name: string;
  /** Program and arguments; `undefined`: it cannot do this. */
  words(job: Job): readonly string[] | undefined;
  /** Measures within this process instead of starting a program. */
  measure?(job: Omit<Job, "outputPath">): Promise<Reading>;
  /** What must be in a file before it starts, such as a script; the file is at the job's `outputPath` with this ending. */
  input?(job: Job): { readonly ending: string; readonly text: string };
  /**
   * Reads its output: the file at `outputPath` where the tool writes one, else standard output.
   * @throws {Error} when the output has not the expected form.
   */
  parse(output: string): Reading;
  /** Exit codes of a run that counts; absent: 0. */
  readonly endsWith?: readonly number[];
}
