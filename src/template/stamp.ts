/**
 * Stamps in messages: who sent one, and when, so that whoever gets it knows how long it was on its way. Threads of one
 * machine have one clock; other machines have others, and a stamp says which it is of.
 *
 * @module
 */

const MARK = "bench-stamp.";
const FORM = /bench-stamp\.([a-z0-9]+)\.([a-z0-9-]+)\.([a-z0-9]+)\./;
/** Longer than any stamp. */
const MAX_CHARACTERS = 80;

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");
const MARK_BYTES = encoder.encode(MARK);

/** A stamp that was found. */
export interface Stamp {
  /** The clock that it was made by. */
  readonly clock: string;
  readonly sender: string;
  /** On that clock, in µs. */
  readonly atUs: number;
}

/** What all threads of this process, and no other, call their clock. */
export const OWN_CLOCK: string = clockName();

function clockName(): string {
  // Processes have their numbers anew on each machine, and in each container.
  let seed = `${Deno.pid}`;
  try {
    seed += Deno.hostname();
  } catch {
    // Not to be known: the number must do.
  }
  let hash = 0xcbf29ce484222325n;
  for (const byte of encoder.encode(seed)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(36);
}

/** A time of `performance.now()` on the clock that threads share, in µs. */
export function sharedUs(nowMs: number): number {
  return Math.round((performance.timeOrigin + nowMs) * 1000);
}

/**
 * A stamp of now.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = `{"id":1,"at":"${makeStamp("u7")}"}`;
 * assertEquals(findStamp(new TextEncoder().encode(text))?.sender, "u7");
 * ```
 */
export function makeStamp(sender: string): string {
  return `${MARK}${OWN_CLOCK}.${sender}.${sharedUs(performance.now()).toString(36)}.`;
}

/** The first stamp in a message; `undefined`: it has none. */
export function findStamp(bytes: Uint8Array): Stamp | undefined {
  const at = indexOfMark(bytes);
  if (at < 0) return undefined;
  const [, clock, sender, time] = FORM.exec(decoder.decode(bytes.subarray(at, at + MAX_CHARACTERS))) ?? [];
  if (clock === undefined || sender === undefined || time === undefined) return undefined;
  return { clock, sender, atUs: parseInt(time, 36) };
}

function indexOfMark(bytes: Uint8Array): number {
  const last = bytes.length - MARK_BYTES.length;
  for (
    let at = bytes.indexOf(MARK_BYTES[0]!);
    at >= 0 && at <= last;
    at = bytes.indexOf(MARK_BYTES[0]!, at + 1)
  ) {
    let same = 1;
    while (same < MARK_BYTES.length && bytes[at + same] === MARK_BYTES[same]) same++;
    if (same === MARK_BYTES.length) return at;
  }
  return -1;
}
