/**
 * Functions that give something else each time. Random values come from the user's own seeded stream.
 *
 * @module
 */
import type { Random } from "../lib/random.ts";
import type { DataValue } from "../plan/scenario.ts";
import { NAME } from "./names.ts";
import { knownText, type Operand, type TemplateFunction } from "./template_function.ts";
import { textMakerOf } from "./pattern_text.ts";
import { elementsOf, numberOf, valueOf } from "./value.ts";

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LONGEST_RANDSTR = 65_536;

/** The functions, by name. */
export const RANDOM_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  uuid: {
    usage: "uuid()",
    bind: (args) => args.length === 0 ? ({ random }) => uuid(random) : undefined,
  },
  randint: {
    usage: "randint(a, b) with whole numbers a ≤ b",
    bind([low, high, ...rest]) {
      if (low === undefined || high === undefined || rest.length > 0) return undefined;
      if (isBad(low) || isBad(high)) return undefined;
      if (low.constant !== undefined && high.constant !== undefined) {
        const [min, max] = [wholeNumber(low.constant)!, wholeNumber(high.constant)!];
        return isRange(min, max) ? ({ random }) => random.integer(min, max) : undefined;
      }
      return (scope) => {
        const min = wholeNumber(low.get(scope));
        const max = wholeNumber(high.get(scope));
        if (min === undefined || max === undefined || !isRange(min, max)) return undefined;
        return scope.random.integer(min, max);
      };
    },
  },
  randstr: {
    usage: `randstr(n) with n from 1 to ${LONGEST_RANDSTR}`,
    bind([count, ...rest]) {
      const length = wholeNumber(count?.constant);
      if (rest.length > 0 || length === undefined || length < 1 || length > LONGEST_RANDSTR) return undefined;
      return ({ random }) => randomText(random, length);
    },
  },
  randregex: {
    usage: "randregex(pattern) with a regular expression of classes, groups, alternatives and repetitions",
    bind([pattern, ...rest]) {
      const text = knownText(pattern);
      const make = text === undefined || rest.length > 0 ? undefined : textMakerOf(text);
      return make && (({ random }) => make(random));
    },
  },
  counter: {
    usage: "counter() or counter(name)",
    bind([operand, ...rest]) {
      const name = operand === undefined ? "" : knownText(operand);
      if (rest.length > 0 || name === undefined || (name !== "" && !NAME.test(name))) return undefined;
      return ({ counters }) => counters.next(name);
    },
  },
  choice: {
    usage: "choice(a, b, …), one of several values",
    bind(args) {
      if (args.length === 0) return undefined;
      return (scope) => args[scope.random.integer(0, args.length - 1)]!.get(scope);
    },
  },
  pick: {
    usage: "pick(list), one element of a list",
    bind([list, ...rest]) {
      if (list === undefined || rest.length > 0) return undefined;
      return (scope) => {
        const value = list.get(scope);
        const elements = value === undefined ? undefined : elementsOf(value);
        if (elements === undefined || elements.length === 0) return undefined;
        return valueOf(elements[scope.random.integer(0, elements.length - 1)]);
      };
    },
  },
};

function isBad({ constant }: Operand): boolean {
  return constant !== undefined && wholeNumber(constant) === undefined;
}

function isRange(min: number, max: number): boolean {
  return min <= max && Number.isSafeInteger(max - min + 1);
}

function wholeNumber(value: DataValue | undefined): number | undefined {
  const number = value === undefined ? undefined : numberOf(value);
  return Number.isSafeInteger(number) ? number : undefined;
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
