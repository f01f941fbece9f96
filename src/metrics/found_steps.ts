/**
 * Steps that come to be known while a load runs: requests of a module, by the names that it gives them. Every thread
 * numbers them in the order in which it meets them, behind the steps of the plan; what is merged has one order.
 *
 * @module
 */

/** Names of found steps. */
export interface FoundSteps {
  /** The number of the first one: how many steps the plan has. */
  readonly from: number;
  /** In the order in which they were found. */
  readonly names: readonly string[];
}

/** Different names that are kept apart. */
export const MAX_FOUND_STEPS = 500;

/** What all requests with further names are counted as. */
export const OTHER_REQUESTS = "other requests";

/** Both lists as one, in the order of the first, and the numbers in it of what the second one numbered; `null`: the same. */
export function joinFound(
  a: FoundSteps | undefined,
  b: FoundSteps | undefined,
): { readonly found?: FoundSteps; readonly renumber: ((step: number) => number) | null } {
  if (b === undefined || a === undefined) {
    const found = a ?? b;
    return { ...(found && { found }), renumber: null };
  }
  if (b.names.length <= a.names.length && b.names.every((name, i) => name === a.names[i])) {
    return { found: a, renumber: null };
  }
  const names = [...a.names];
  const positions = new Map(names.map((name, i) => [name, i]));
  const numbers = b.names.map((name) => {
    const kept = positions.has(name) || names.length < MAX_FOUND_STEPS ? name : OTHER_REQUESTS;
    const known = positions.get(kept);
    if (known !== undefined) return a.from + known;
    positions.set(kept, names.length);
    return a.from + names.push(kept) - 1;
  });
  return {
    found: { from: a.from, names },
    renumber: (step) => step < b.from ? step : numbers[step - b.from] ?? step,
  };
}

/** Finds the steps of one thread. */
export class StepFinder {
  readonly #from: number;
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #onOverflow: () => void;

  /** `from`: how many steps the plan has. `onOverflow` is told of names that are not kept apart any more. */
  constructor(from: number, onOverflow: () => void) {
    this.#from = from;
    this.#onOverflow = onOverflow;
  }

  /** The number of a name. */
  find(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#names.length >= MAX_FOUND_STEPS && name !== OTHER_REQUESTS) {
      this.#onOverflow();
      return this.find(OTHER_REQUESTS);
    }
    const number = this.#from + this.#names.push(name) - 1;
    this.#numbers.set(name, number);
    return number;
  }

  /** All that were found so far; `undefined` when there is none. */
  get found(): FoundSteps | undefined {
    return this.#names.length === 0 ? undefined : { from: this.#from, names: [...this.#names] };
  }
}
