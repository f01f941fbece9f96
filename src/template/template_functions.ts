/**
 * The functions of placeholders, `${uuid()}` and others. Arguments are checked when a function is bound, once, so that a
 * run meets no bad one. Random values come from the user's own seeded stream. Values of `env` are read where the scenario
 * file is loaded, never in a worker.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import type { Random } from "../lib/random.ts";
import { withSuggestion } from "../lib/suggest.ts";
import { globalNumber, type Share } from "../plan/share.ts";
import { NAME } from "./template.ts";

/** What functions draw on. */
export interface FunctionSources {
  readonly random: Random;
  readonly counters: Counters;
  /** Time of day, in ms since 1970. */
  wallClockMs(): number;
}

/** A function with its arguments. */
export type BoundFunction = (sources: FunctionSources) => string | number;

/** Counters by name, shared by the users of one slot. No two slots of a plan give the same number. */
export class Counters {
  readonly #share: Share;
  readonly #taken = new Map<string, number>();

  constructor(share: Share) {
    this.#share = share;
  }

  /** The next number; the first of a whole plan is 1. */
  next(name: string): number {
    const taken = this.#taken.get(name) ?? 0;
    this.#taken.set(name, taken + 1);
    return globalNumber(taken, this.#share) + 1;
  }
}

interface TemplateFunction {
  readonly usage: string;
  /** `undefined` when the arguments do not fit the usage. */
  bind(args: readonly string[]): BoundFunction | undefined;
}

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LONGEST_RANDSTR = 65_536;

const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  uuid: {
    usage: "uuid()",
    bind: (args) => args.length === 0 ? ({ random }) => uuid(random) : undefined,
  },
  randint: {
    usage: "randint(a, b) with whole numbers a ≤ b",
    bind(args) {
      const [min, max] = args.map(wholeNumber);
      if (args.length !== 2 || min === undefined || max === undefined || min > max) return undefined;
      if (!Number.isSafeInteger(max - min + 1)) return undefined;
      return ({ random }) => random.integer(min, max);
    },
  },
  randstr: {
    usage: `randstr(n) with n from 1 to ${LONGEST_RANDSTR}`,
    bind(args) {
      const length = wholeNumber(args[0] ?? "");
      if (args.length !== 1 || length === undefined || length < 1 || length > LONGEST_RANDSTR) {
        return undefined;
      }
      return ({ random }) => randomText(random, length);
    },
  },
  counter: {
    usage: "counter() or counter(name)",
    bind(args) {
      const name = args[0] ?? "";
      if (args.length > 1 || (name !== "" && !NAME.test(name))) return undefined;
      return ({ counters }) => counters.next(name);
    },
  },
  now: {
    usage: "now() or now(unix)",
    bind(args) {
      if (args.length === 0) return (sources) => new Date(sources.wallClockMs()).toISOString();
      if (args.length > 1 || args[0] !== "unix") return undefined;
      return (sources) => Math.floor(sources.wallClockMs() / 1000);
    },
  },
};

const ENV_USAGE = "env(NAME)";

/**
 * The name in an `env(NAME)` call.
 *
 * @throws {UsageError} when the arguments are not one name.
 */
export function envNameOf(args: readonly string[]): string {
  const [name] = args;
  if (args.length !== 1 || name === undefined || !NAME.test(name)) {
    throw new UsageError(`Cannot use "\${env(${args.join(", ")})}": expected ${ENV_USAGE}`);
  }
  return name;
}

/**
 * A function of this name with these arguments; `env` is not among them.
 *
 * @throws {UsageError} when there is no such function or the arguments do not fit.
 */
export function bindFunction(name: string, args: readonly string[]): BoundFunction {
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (known === undefined) {
    const names = [...Object.keys(FUNCTIONS), "env"];
    const sentence = `Unknown function "${name}" in a placeholder`;
    const suggested = withSuggestion(sentence, name, names);
    throw new UsageError(
      suggested === sentence ? `${sentence}: expected one of ${names.join(", ")}` : suggested,
    );
  }
  const bound = known.bind(args);
  if (bound === undefined) {
    throw new UsageError(`Cannot use "\${${name}(${args.join(", ")})}": expected ${known.usage}`);
  }
  return bound;
}

function wholeNumber(text: string): number | undefined {
  const value = Number(text);
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
}

/** Version 4 of RFC 9562, section 5.4. */
function uuid(random: Random): string {
  const a = hex8(random.uint32());
  const b = hex8((random.uint32() & 0xffff0fff | 0x4000) >>> 0);
  const c = hex8((random.uint32() & 0x3fffffff | 0x80000000) >>> 0);
  const d = hex8(random.uint32());
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
}

function hex8(word: number): string {
  return word.toString(16).padStart(8, "0");
}

function randomText(random: Random, length: number): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    text += LETTERS_AND_DIGITS[random.integer(0, LETTERS_AND_DIGITS.length - 1)];
  }
  return text;
}
