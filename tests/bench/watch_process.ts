/**
 * Memory and open files of another process, read from /proc several times a second. Linux only.
 *
 * @module
 */
import { pause } from "../_support/wait.ts";

/** One look at a process. */
export interface ProcessSample {
  /** Seconds since watching began. */
  readonly at: number;
  /** Resident memory. */
  readonly bytes: number;
  /** Open descriptors. */
  readonly descriptors: number;
}

/** Looks at a child five times a second until it ends or `seconds` are over. */
export async function watchProcess(
  child: Deno.ChildProcess,
  seconds: number,
): Promise<readonly ProcessSample[]> {
  const samples: ProcessSample[] = [];
  const startMs = performance.now();
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  for (let at = 0; at < seconds && !hasEnded; at = (performance.now() - startMs) / 1000) {
    const sample = look(child.pid);
    if (sample) samples.push({ at, ...sample });
    await pause(200);
  }
  return samples;
}

/** The largest value in some samples. */
export function peakOf(samples: readonly ProcessSample[], key: "bytes" | "descriptors"): number {
  return Math.max(...samples.map((sample) => sample[key]));
}

/** What was seen in the first fifth of the samples, and in the last. */
export function firstAndLast(
  samples: readonly ProcessSample[],
): readonly [first: readonly ProcessSample[], last: readonly ProcessSample[]] {
  const fifth = Math.ceil(samples.length / 5);
  return [samples.slice(0, fifth), samples.slice(-fifth)];
}

function look(pid: number): Omit<ProcessSample, "at"> | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
    const descriptors = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
    return kilobytes === undefined ? undefined : { bytes: Number(kilobytes) * 1024, descriptors };
  } catch {
    return undefined; // The process has ended in the meantime.
  }
}
