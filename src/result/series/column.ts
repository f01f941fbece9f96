/**
 * Numbers by window, 8 bytes each.
 *
 * @module
 */

/** A growing row of numbers; what was not set is the value for nothing. */
export class Column {
  readonly #nothing: number;
  #values: Float64Array;

  constructor(nothing: number) {
    this.#nothing = nothing;
    this.#values = new Float64Array(64).fill(nothing);
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) {
      const grown = new Float64Array(Math.max(index + 1, 2 * this.#values.length)).fill(this.#nothing);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[index] = value;
  }

  /** Forgets what stands at an index and after it. */
  forgetFrom(length: number): void {
    this.#values.fill(this.#nothing, length);
  }

  /** The first ones. */
  take(length: number): readonly number[] {
    return Array.from({ length }, (_, i) => this.#values[i] ?? this.#nothing);
  }

  /** The same with `null` for nothing. */
  takeKnown(length: number): readonly (number | null)[] {
    return this.take(length).map((value) => Number.isNaN(value) ? null : value);
  }
}
