/**
 * Finds code that keeps more memory with every iteration. What a collector has not taken yet comes and goes; so the least of
 * each quarter of the run is looked at.
 *
 * @module
 */
import { formatBytes } from "../../lib/number_format.ts";
import type { CodeWork } from "./code_work.ts";

/** The topic of what is told about it. */
const LEAK_TOPIC = "leak";

/** Seconds at the beginning that are left out: what is loaded and compiled then stays. */
const SETTLING = 2;
/** Fewer seconds say nothing. */
const MIN_SAMPLES = 8;
/** Less growth than this, in bytes and as a share of the beginning, is no matter. */
const MIN_GROWTH_BYTES = 20_000_000;
const MIN_GROWTH_SHARE = 0.3;

/** The heap at one time. */
export interface HeapSample {
  readonly bytes: number;
  /** Iterations until then. */
  readonly iterations: number;
}

/** How much of each iteration was kept, in bytes; `undefined` when memory does not grow steadily. */
export function leakPerIteration(samples: readonly HeapSample[]): number | undefined {
  const settled = samples.slice(SETTLING);
  if (settled.length < MIN_SAMPLES) return undefined;
  const quarters = [0, 1, 2, 3].map((k) => {
    const part = settled.slice(Math.floor(k * settled.length / 4), Math.floor((k + 1) * settled.length / 4));
    return part.reduce((least, sample) => sample.bytes < least.bytes ? sample : least);
  });
  const [first, , , last] = quarters as [HeapSample, HeapSample, HeapSample, HeapSample];
  const isSteady = quarters.every((quarter, k) => k === 0 || quarter.bytes > quarters[k - 1]!.bytes);
  const growth = last.bytes - first.bytes;
  const iterations = last.iterations - first.iterations;
  return isSteady && growth > MIN_GROWTH_BYTES && growth > first.bytes * MIN_GROWTH_SHARE && iterations > 0
    ? growth / iterations
    : undefined;
}

/** Makes what looks at the thread's memory once a second. */
export function watchHeap({ recorder, module }: Pick<CodeWork, "recorder" | "module">): () => void {
  const samples: HeapSample[] = [];
  let iterations = 0;
  let isTold = false;
  return () => {
    iterations += recorder.counts.iterations;
    if (isTold) return;
    samples.push({ bytes: Deno.memoryUsage().heapUsed, iterations });
    const bytes = leakPerIteration(samples);
    if (bytes === undefined) return;
    isTold = true;
    recorder.noteDetail(
      LEAK_TOPIC,
      `${module.name} keeps about ${
        formatBytes(bytes)
      } more of memory with every iteration, and a thread has grown to ${
        formatBytes(samples.at(-1)!.bytes)
      }: a list or map outside the function that only grows?`,
      true,
    );
  };
}
