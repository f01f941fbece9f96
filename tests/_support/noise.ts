/** Random numbers of known distribution; the same ones each time. */
import { Random } from "../../src/lib/random.ts";

/** Draws numbers. */
export interface Noise {
  /** Normal, with mean 0 and variance 1. */
  gauss(): number;
  /** Exponential, with mean 1. */
  exponential(): number;
  /** Evenly between 0 and 1. */
  fraction(): number;
}

/** A source of numbers. */
export function noiseOfSeed(seed: number): Noise {
  const random = new Random(seed);
  return {
    gauss: () => Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction()),
    exponential: () => -Math.log(1 - random.fraction()),
    fraction: () => random.fraction(),
  };
}

/** Normal numbers, each like the one before it by `alike` (0 to 1), with variance 1. */
export function alikeNumbers({ gauss }: Noise, length: number, alike: number): readonly number[] {
  let last = gauss();
  return Array.from({ length }, () => last = alike * last + Math.sqrt(1 - alike ** 2) * gauss());
}
