/**
 * Random texts that match a regular expression: literals, classes, groups, alternatives and repetitions. What cannot be
 * made text of (look-around, references back, word boundaries) is refused.
 *
 * @module
 */
import type { Random } from "../lib/random.ts";

/** Makes a text of `longest` characters at most. */
interface TextPart {
  readonly longest: number;
  make(random: Random): string;
}

/** How often an endless repetition repeats beyond what it must, at most. */
const MAX_REPEAT = 4;
/** Characters of a text at most. */
const MAX_LENGTH = 65_536;

const DIGITS = [[48, 57]] as const;
const WORD = [[48, 57], [65, 90], [95, 95], [97, 122]] as const;
const SPACE = [[32, 32]] as const;
/** What `.` and negated classes choose from: printable ASCII. */
const PRINTABLE = [33, 126] as const;

type Range = readonly [first: number, last: number];

const CLASSES: Readonly<Record<string, readonly Range[]>> = { d: DIGITS, w: WORD, s: SPACE };
const CONTROLS: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f", v: "\v", 0: "\0" };

/**
 * What makes texts that match a pattern; `undefined` when it is no pattern, or asks for more than can be made.
 *
 * @example
 * ```ts
 * import { assertMatch } from "@std/assert";
 * import { Random } from "../lib/random.ts";
 * assertMatch(textMakerOf("/item/[a-f]{2}\\d?")!(new Random(1)), /^\/item\/[a-f]{2}\d?$/);
 * ```
 */
export function textMakerOf(pattern: string): ((random: Random) => string) | undefined {
  try {
    new RegExp(pattern);
    const reader = new PatternReader(pattern);
    const whole = reader.readAlternatives();
    return reader.isAtEnd ? (random) => whole.make(random) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class PatternReader {
  readonly #letters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#letters = [...pattern];
  }

  get isAtEnd(): boolean {
    return this.#at === this.#letters.length;
  }

  readAlternatives(): TextPart {
    const choices = [this.#readSequence()];
    while (this.#take("|")) choices.push(this.#readSequence());
    if (choices.length === 1) return choices[0]!;
    return {
      longest: Math.max(...choices.map(({ longest }) => longest)),
      make: (random) => choices[random.integer(0, choices.length - 1)]!.make(random),
    };
  }

  #readSequence(): TextPart {
    const parts: TextPart[] = [];
    while (!this.isAtEnd && this.#peek() !== "|" && this.#peek() !== ")") {
      const letter = this.#next();
      // Anchors take no room.
      if (letter === "^" || letter === "$") continue;
      parts.push(this.#repeated(this.#readAtom(letter)));
    }
    return {
      longest: bounded(parts.reduce((sum, { longest }) => sum + longest, 0)),
      make(random) {
        let text = "";
        for (const part of parts) text += part.make(random);
        return text;
      },
    };
  }

  #readAtom(letter: string): TextPart {
    if (letter === "(") {
      if (this.#take("?") && !this.#take(":")) throw new SyntaxError("look-around");
      const inside = this.readAlternatives();
      if (!this.#take(")")) throw new SyntaxError("open group");
      return inside;
    }
    if (letter === "[") return this.#readClass();
    if (letter === ".") return oneOf([PRINTABLE]);
    if (letter !== "\\") return literalPart(letter);
    const escaped = this.#next();
    if (Object.hasOwn(CLASSES, escaped)) return oneOf(CLASSES[escaped]!);
    return literalPart(literalOf(escaped));
  }

  #readClass(): TextPart {
    const isNegated = this.#take("^");
    const ranges: Range[] = [];
    for (let letter = this.#next(); letter !== "]"; letter = this.#next()) {
      const escaped = letter === "\\" ? this.#next() : undefined;
      if (escaped !== undefined && Object.hasOwn(CLASSES, escaped)) {
        ranges.push(...CLASSES[escaped]!);
        continue;
      }
      const first = codeOf(escaped === undefined ? letter : literalOf(escaped));
      let last = first;
      if (this.#peek() === "-" && this.#letters[this.#at + 1] !== "]") {
        this.#at++;
        const end = this.#next();
        last = codeOf(end === "\\" ? literalOf(this.#next()) : end);
      }
      ranges.push([first, last]);
    }
    return oneOf(isNegated ? others(ranges) : ranges);
  }

  #repeated(part: TextPart): TextPart {
    const [min, max] = this.#readQuantifier();
    if (min === 1 && max === 1) return part;
    return {
      longest: bounded(max * part.longest),
      make(random) {
        let text = "";
        for (let left = random.integer(min, max); left > 0; left--) text += part.make(random);
        return text;
      },
    };
  }

  #readQuantifier(): readonly [min: number, max: number] {
    const found = this.#quantifier();
    if (found !== undefined) this.#take("?");
    return found ?? [1, 1];
  }

  #quantifier(): readonly [min: number, max: number] | undefined {
    if (this.#take("?")) return [0, 1];
    if (this.#take("*")) return [0, MAX_REPEAT];
    if (this.#take("+")) return [1, 1 + MAX_REPEAT];
    const braces = /^\{(\d+)(,?)(\d*)\}/.exec(this.#letters.slice(this.#at, this.#at + 24).join(""));
    if (braces === null) return undefined;
    this.#at += braces[0].length;
    const min = Number(braces[1]);
    const max = braces[2] === "" ? min : braces[3] === "" ? min + MAX_REPEAT : Number(braces[3]);
    return [min, bounded(max)];
  }

  #peek(): string | undefined {
    return this.#letters[this.#at];
  }

  #next(): string {
    const letter = this.#letters[this.#at++];
    if (letter === undefined) throw new SyntaxError("cut short");
    return letter;
  }

  #take(letter: string): boolean {
    if (this.#peek() !== letter) return false;
    this.#at++;
    return true;
  }
}

/** @throws {SyntaxError} when a text could be too long */
function bounded(length: number): number {
  if (length > MAX_LENGTH) throw new SyntaxError("too long");
  return length;
}

function literalPart(letter: string): TextPart {
  return { longest: 1, make: () => letter };
}

/** What an escaped letter stands for. */
function literalOf(letter: string): string {
  if (Object.hasOwn(CONTROLS, letter)) return CONTROLS[letter]!;
  if (/[A-Za-z1-9]/.test(letter)) throw new SyntaxError("an escape that is not a letter");
  return letter;
}

function codeOf(letter: string): number {
  return letter.codePointAt(0)!;
}

function oneOf(ranges: readonly Range[]): TextPart {
  const sizes = ranges.map(([first, last]) => last - first + 1);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total < 1) throw new SyntaxError("an empty class");
  return {
    longest: 1,
    make(random) {
      let at = random.integer(0, total - 1);
      let i = 0;
      while (at >= sizes[i]!) at -= sizes[i++]!;
      return String.fromCodePoint(ranges[i]![0] + at);
    },
  };
}

/** What a negated class leaves of printable ASCII. */
function others(ranges: readonly Range[]): readonly Range[] {
  const left: Range[] = [];
  for (let code: number = PRINTABLE[0]; code <= PRINTABLE[1]; code++) {
    if (!ranges.some(([first, last]) => code >= first && code <= last)) left.push([code, code]);
  }
  return left;
}
