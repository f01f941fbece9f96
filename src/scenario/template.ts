/**
 * Texts with placeholders: parsed once, rendered often. Three shapes are placeholders, `${variable}`, `${set.field}` and
 * `${function(arguments)}`; anything else, also what only looks like one, is literal text. Values are inserted as they
 * are, and what they hold is not looked at again.
 *
 * @module
 */

/** A place in a text that is filled in for every request. `source` is how it is written. */
export type Placeholder =
  | { readonly kind: "variable"; readonly source: string; readonly name: string }
  | { readonly kind: "field"; readonly source: string; readonly set: string; readonly field: string }
  | {
    readonly kind: "call";
    readonly source: string;
    readonly name: string;
    readonly args: readonly string[];
  };

/** Literal parts and placeholders in the order of the text. No two literal parts are neighbours, none is empty. */
export type Template = readonly (string | Placeholder)[];

/** What a variable, data set or function may be called. */
export const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What a field of a data set may be called in a placeholder. No character in it is written differently in JSON. */
const FIELD = String.raw`[^\s{}().$"'\\\p{Cc}\p{Cs}]+`;

const PLACEHOLDER = new RegExp(
  String.raw`\$\{([A-Za-z_][A-Za-z0-9_]*)(?:\.(${FIELD})|\(([^(){}"\\\p{Cc}]*)\))?\}`,
  "gu",
);

/**
 * Splits a text at its placeholders.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseTemplate("/users/${id}"), ["/users/", { kind: "variable", source: "${id}", name: "id" }]);
 * assertEquals(parseTemplate("costs $5 or ${1a}"), ["costs $5 or ${1a}"]);
 * ```
 */
export function parseTemplate(text: string): Template {
  const parts: (string | Placeholder)[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push(placeholderOf(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

function placeholderOf(match: RegExpExecArray): Placeholder {
  const [source, name = "", field, args] = match;
  if (field !== undefined) return { kind: "field", source, set: name, field };
  if (args === undefined) return { kind: "variable", source, name };
  const list = args.trim() === "" ? [] : args.split(",").map((arg) => arg.trim());
  return { kind: "call", source, name, args: list };
}

/** The text that a template was parsed from. */
export function printTemplate(template: Template): string {
  return template.map((part) => typeof part === "string" ? part : part.source).join("");
}

/** The placeholders of a text, in order. */
export function placeholdersIn(text: string): readonly Placeholder[] {
  return text.includes("${") ? parseTemplate(text).filter((part) => typeof part !== "string") : [];
}

/** Pieces of a text that look like placeholders but stay as they are. */
export function literalLookalikes(text: string): readonly string[] {
  if (!text.includes("${")) return [];
  return parseTemplate(text).flatMap((part) =>
    typeof part === "string" ? part.match(/\$\{[^{}]*\}/g) ?? [] : []
  );
}

/** Reads a placeholder's value from a scope; `undefined` when there is none now. */
export type Getter<Scope> = (scope: Scope) => string | undefined;

/** A template whose placeholders know where their values come from. */
export interface BoundTemplate<Scope> {
  /** Literal parts, and the numbers of the getters between them. */
  readonly parts: readonly (string | number)[];
  readonly getters: readonly Getter<Scope>[];
  readonly sources: readonly string[];
}

/** Resolves each placeholder of a template once. A `lookup` that gives a text makes the placeholder literal. */
export function bindTemplate<Scope>(
  template: Template,
  lookup: (placeholder: Placeholder) => Getter<Scope> | string,
): BoundTemplate<Scope> {
  const parts: (string | number)[] = [];
  const getters: Getter<Scope>[] = [];
  const sources: string[] = [];
  let literal = "";
  for (const part of template) {
    const found = typeof part === "string" ? part : lookup(part);
    if (typeof found === "string") {
      literal += found;
      continue;
    }
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push(getters.length);
    getters.push(found);
    sources.push((part as Placeholder).source);
  }
  if (literal !== "") parts.push(literal);
  return { parts, getters, sources };
}

/** Fills a template in. Placeholders without a value stay as they are written and are added to `missing`. */
export function renderTemplate<Scope>(bound: BoundTemplate<Scope>, scope: Scope, missing: string[]): string {
  let text = "";
  for (const part of bound.parts) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const value = bound.getters[part]!(scope);
    const source = bound.sources[part]!;
    if (value === undefined) missing.push(source);
    text += value ?? source;
  }
  return text;
}
