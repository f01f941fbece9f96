/**
 * What is wrong with a value that is to become a message.
 *
 * @module
 */
import { isSecretName } from "../lib/credentials.ts";
import { escapeTerminal } from "../lib/escape.ts";
import { MASK } from "../lib/mask_url.ts";

/** A value that does not fit; whoever looks into a value from outside adds where it is. */
export class MessageError extends Error {
  override readonly name = "MessageError";
  /** Field names and indexes, outermost first. */
  readonly #path: (string | number)[] = [];
  readonly #problem: string;
  readonly #found: string | undefined;

  /** `problem`: what was expected, without a place; `found`: what was found instead, if that says more. */
  constructor(problem: string, found?: string) {
    super(problem);
    this.#problem = problem;
    this.#found = found;
  }

  /** The value is in this member of another. */
  within(member: string | number): this {
    this.#path.unshift(member);
    return this;
  }

  /**
   * The place and what is wrong there: `$.items[0].price: expected a number (double), found "abc"`. `hidesFound`: the value
   * may be a secret.
   */
  describe(hidesFound = false): string {
    const place = this.#path.length === 0 ? "" : `$${this.#path.map(memberText).join("")}: `;
    if (this.#found === undefined) return place + this.#problem;
    const isSecret = this.#path.some((member) => typeof member === "string" && isSecretName(member));
    const found = hidesFound || isSecret ? MASK : this.#found;
    return `${place}${this.#problem}, found ${found}`;
  }
}

function memberText(member: string | number): string {
  if (typeof member === "number") return `[${member}]`;
  return /^[\w$]+$/.test(member) ? `.${member}` : `[${escapeTerminal(JSON.stringify(member))}]`;
}

const MAX_SHOWN = 40;

/** A value as problems show it. */
function shownValue(value: unknown): string {
  if (value === undefined || value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return escapeTerminal(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text);
}

/** Fails: another kind of value was expected. */
export function rejectValue(expected: string, found: unknown): never {
  throw new MessageError(`expected ${expected}`, shownValue(found));
}
