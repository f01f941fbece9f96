/**
 * What responses held where claims were broken, one example for each claim.
 *
 * @module
 */

/** Broken claims of which an example is kept. */
const MAX_CLAIMS = 100;

/** The examples of one thread, by the claim's key; masked by whoever hands them in. */
export class FoundInstead {
  readonly #known = new Set<string>();
  #untold: Record<string, string> = {};

  /** Whether no example is wanted. */
  has(rule: string): boolean {
    return this.#known.has(rule) || this.#known.size >= MAX_CLAIMS;
  }

  note(rule: string, found: string): void {
    this.#known.add(rule);
    this.#untold[rule] = found;
  }

  /** Hands over what is new. */
  take(): Readonly<Record<string, string>> {
    const taken = this.#untold;
    this.#untold = {};
    return taken;
  }

  clear(): void {
    this.#known.clear();
    this.#untold = {};
  }
}
