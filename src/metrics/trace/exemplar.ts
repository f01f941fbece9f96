/**
 * Examples of what a latency histogram counts: traced requests, some of each order of magnitude.
 *
 * @module
 */

/** One traced request that succeeded. */
export interface Exemplar {
  /** When it ended, in ms since the run's start. */
  readonly atMs: number;
  /** Its latency. */
  readonly latencyMs: number;
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

/** Kept of those whose latencies lie between two powers of two. */
const MAX_EACH = 2;

/** The newest of both in each order of magnitude, by latency. It makes no difference who is added to whom, and when. */
export function addExemplars(a: readonly Exemplar[], b: readonly Exemplar[]): readonly Exemplar[] {
  const seen = new Map<number, number>();
  return [...a, ...b].sort(newestFirst).filter(({ latencyMs }) => {
    const magnitude = magnitudeOf(latencyMs);
    const place = seen.get(magnitude) ?? 0;
    seen.set(magnitude, place + 1);
    return place < MAX_EACH;
  }).sort((x, y) => x.latencyMs - y.latencyMs || newestFirst(x, y));
}

function newestFirst(x: Exemplar, y: Exemplar): number {
  return y.atMs - x.atMs || (x.traceId < y.traceId ? -1 : x.traceId > y.traceId ? 1 : 0);
}

/** Of whole µs. */
function magnitudeOf(latencyMs: number): number {
  return 32 - Math.clz32(Math.min(latencyMs * 1000, 2 ** 32 - 1));
}

/** The exemplars of one thread. */
export class ExemplarRecorder {
  /** The newest two of each order of magnitude, in turn. */
  readonly #kept: (Exemplar | undefined)[] = [];
  readonly #turns = new Uint8Array(33);
  #isEmpty = true;

  /** A traced request has succeeded; times on the clock of the exchanges. */
  note({ dueMs, endMs, traceParent }: {
    readonly dueMs: number;
    readonly endMs: number;
    readonly traceParent: string;
  }): void {
    const [, traceId = "", spanId = ""] = traceParent.split("-");
    const magnitude = magnitudeOf(endMs - dueMs);
    const turn = this.#turns[magnitude] = (this.#turns[magnitude]! + 1) % MAX_EACH;
    this.#kept[magnitude * MAX_EACH + turn] = { atMs: endMs, latencyMs: endMs - dueMs, traceId, spanId };
    this.#isEmpty = false;
  }

  /** Hands over what has come since the last time; `undefined`: nothing. */
  take(zeroMs: number): readonly Exemplar[] | undefined {
    if (this.#isEmpty) return undefined;
    const taken = this.#kept.flatMap((one) => one === undefined ? [] : [{ ...one, atMs: one.atMs - zeroMs }]);
    this.#kept.length = 0;
    this.#isEmpty = true;
    return taken;
  }
}
