/**
 * Reproducible random numbers: the same seed and stream give the same sequence wherever it is drawn. The generator is
 * sfc32 (Chris Doty-Humphrey, PractRand: 128 bits of state, period at least 2^32); its state comes from the seed through
 * the finaliser of MurmurHash3. Not for secrets.
 *
 * @module
 */

/** One stream of random numbers. Streams of one seed are independent of each other. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Both numbers are integers up to 2^53; `stream` is, say, a user's number. */
  constructor(seed: number, stream = 0) {
    this.#a = this.#b = this.#c = 0;
    this.restart(seed, stream);
  }

  /** Begins another stream, or the same one again. */
  restart(seed: number, stream: number): void {
    this.#counter = 1;
    this.#a = hash(seed, stream, 1);
    this.#b = hash(seed, stream, 2);
    this.#c = hash(seed, stream, 3);
    // The first outputs still show the state's origin.
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** A whole number from 0 to 2^32 − 1. */
  uint32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** A number from 0 (included) to 1 (excluded), with 53 random bits. */
  fraction(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** A whole number from `min` to `max`, both included and both safe integers. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }
}

/**
 * One random number from 0 (included) to 1 (excluded) that belongs to `number`: what any thread draws for it, without
 * having drawn the others.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(fractionFor(7, 1000), fractionFor(7, 1000));
 * ```
 */
export function fractionFor(seed: number, number: number): number {
  return hash(seed, number, 4) / 2 ** 32;
}

/** 32 well-mixed bits of two numbers and a salt. */
function hash(seed: number, stream: number, salt: number): number {
  let state = mix(salt);
  for (const word of [seed, seed / 2 ** 32, stream, stream / 2 ** 32]) {
    // `>>> 0` takes the number modulo 2^32.
    state = mix(state ^ (Math.floor(word) >>> 0));
  }
  return state;
}

function mix(word: number): number {
  let mixed = (word + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
