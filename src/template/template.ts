/**
 * Texts with placeholders: parsed once, rendered often. Three shapes are placeholders, `${variable}`, `${set.field}` and
 * `${function(arguments)}`; anything else, also what only looks like one, is literal text. Values are inserted as they
 * are, and what they hold is not looked at again.
 *
 * @module
 */

/**
 * A place in a text that is filled in for every request. `source` is how it is written; `isWhole`: it is a whole value of
 * a JSON text, its quotes included.
 */
export type Placeholder = { readonly isWhole?: true } & PlaceholderKind;

type PlaceholderKind =
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

/** What stands before and behind a string of compact JSON that is a value and not a member's name. */
const OPENS = /(?:^|[:,[])"$/, CLOSES = /^"(?!:)/;

/**
 * Splits a JSON text without white space. Strings that are nothing but a placeholder, and no member's name, become
 * placeholders for whole values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const id = { kind: "variable", source: "${id}", name: "id" } as const;
 * assertEquals(parseJsonTemplate('{"id":"${id}"}'), ['{"id":', { ...id, isWhole: true }, "}"]);
 * assertEquals(parseJsonTemplate('{"id":"#${id}"}'), ['{"id":"#', id, '"}']);
 * ```
 */
export function parseJsonTemplate(text: string): Template {
  const parts = [...parseTemplate(text)];
  for (const [i, part] of parts.entries()) {
    const [before, behind] = [parts[i - 1], parts[i + 1]];
    if (typeof part === "string" || typeof before !== "string" || typeof behind !== "string") continue;
    if (!OPENS.test(before) || !CLOSES.test(behind)) continue;
    parts[i - 1] = before.slice(0, -1);
    parts[i] = { ...part, isWhole: true };
    parts[i + 1] = behind.slice(1);
  }
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

/** The placeholders of a request, in the order in which their values are drawn. */
export interface Slots<Scope> {
  readonly getters: Getter<Scope>[];
  /** How each is written. */
  readonly sources: string[];
  /** What goes in where there is no value. */
  readonly substitutes: string[];
}

/** A text ready to be filled in: literal parts, and between them the positions of values among the slots. */
export type Parts = readonly (string | number)[];

/** Resolves each placeholder of a template once, adding to the slots. A `lookup` that gives a text makes it literal. */
export function bindTemplate<Scope>(
  template: Template,
  lookup: (placeholder: Placeholder) => Getter<Scope> | string,
  slots: Slots<Scope>,
): Parts {
  return joinParts(template.map((part) => {
    const found = typeof part === "string" ? part : lookup(part);
    if (typeof found === "string") return found;
    const { source, isWhole } = part as Placeholder;
    slots.sources.push(source);
    slots.substitutes.push(isWhole ? `"${source}"` : source);
    return [slots.getters.push(found) - 1];
  }));
}

/** One text of several, neighbouring literals joined. */
export function joinParts(texts: readonly (string | Parts)[]): Parts {
  const joined: (string | number)[] = [];
  for (const part of texts.flat()) {
    const last = joined.length - 1;
    const before = joined[last];
    if (typeof part === "string" && typeof before === "string") joined[last] = before + part;
    else if (part !== "") joined.push(part);
  }
  return joined;
}

/** The values of all slots. Those without one give their substitute, and add their source to `missing`. */
export function drawValues<Scope>(slots: Slots<Scope>, scope: Scope, missing: string[]): string[] {
  const { getters, sources, substitutes } = slots;
  const values = new Array<string>(getters.length);
  for (let i = 0; i < values.length; i++) {
    const value = getters[i]!(scope);
    if (value === undefined) missing.push(sources[i]!);
    values[i] = value ?? substitutes[i]!;
  }
  return values;
}

/** Fills a text in. */
export function renderParts(parts: Parts, values: readonly string[]): string {
  let text = "";
  for (const part of parts) text += typeof part === "string" ? part : values[part]!;
  return text;
}
