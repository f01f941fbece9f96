/**
 * What the target's routes remember between requests.
 *
 * @module
 */

/** Numbers given out and requests counted, by name. */
export class Counters {
  readonly #numbers = new Map<string, number>();
  readonly #requests = new Map<string, number>();

  /** The next number of a name, from 1. */
  next(name: string): number {
    const number = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, number);
    return number;
  }

  /** Paths counted apart are bounded: the rest share one name. */
  countRequest(path: string): void {
    const key = this.#requests.has(path) || this.#requests.size < 1000 ? path : "[other paths]";
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
  }

  /** Requests so far by path. */
  requests(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#requests);
  }
}

/** Lets a fixed number of tasks run at a time; the others wait in line. */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Runs a task when its turn has come. */
  async hold(task: () => Promise<void>): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}

/** One pause in an otherwise quick server. */
export class Stall {
  readonly #fromMs: number;
  readonly #toMs: number;

  /** Begins `afterMs` from now and lasts `ms`. */
  constructor(afterMs: number, ms: number) {
    this.#fromMs = performance.now() + afterMs;
    this.#toMs = this.#fromMs + ms;
  }

  /** Resolves at once, or, during the pause, at its end. */
  async pass(): Promise<void> {
    const now = performance.now();
    if (now < this.#fromMs || now >= this.#toMs) return;
    await new Promise((resolve) => setTimeout(resolve, this.#toMs - now));
  }
}
