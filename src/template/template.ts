/**
 * Texts with placeholders: parsed once, rendered often. `${variable}`, `${set.field}`, `${function(arguments)}` and what
 * can be computed of these are placeholders; anything else, also what only looks like one, is literal text. What values
 * hold is not looked at again.
 *
 * @module
 */
import { type Expression, parseExpression, type Reference, referencesIn } from "./expression.ts";
import { FUNCTIONS } from "./functions.ts";

/**
 * A place in a text that is filled in for every request. `source` is how it is written; `isWhole`: it is a whole value of
 * a JSON text, its quotes included.
 */
export interface Placeholder {
  readonly source: string;
  readonly expression: Expression;
  readonly isWhole?: true;
}

/** Literal parts and placeholders in the order of the text. No two literal parts are neighbours, none is empty. */
export type Template = readonly (string | Placeholder)[];

/** `${` and `}` with no braces between them but in quotes. */
const PLACEHOLDER = /\$\{((?:[^{}"'\p{Cc}]|"(?:[^"\\\p{Cc}]|\\.)*"|'(?:[^'\\\p{Cc}]|\\.)*')*)\}/gu;

/** `name` and `set.field`. A field may hold what would be operators elsewhere. */
const SIMPLE = /^([A-Za-z_][A-Za-z0-9_]*)(?:\.([^\s{}().[\]$"'\\\p{Cc}\p{Cs}]+))?$/u;

/**
 * Splits a text at its placeholders. What only looks like one stays literal text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const expression = { kind: "name", name: "id" } as const;
 * assertEquals(parseTemplate("/users/${id}"), ["/users/", { source: "${id}", expression }]);
 * assertEquals(parseTemplate("costs $5 or ${1a}"), ["costs $5 or ${1a}"]);
 * ```
 */
export function parseTemplate(text: string): Template {
  const parts: (string | Placeholder)[] = [];
  if (!text.includes("${")) return text === "" ? parts : [text];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const expression = expressionOf(match[1]!);
    if (typeof expression === "string") continue;
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ source: match[0], expression });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}

/** What stands between the braces, or why it is nothing to fill in. */
function expressionOf(inner: string): Expression | string {
  const simple = SIMPLE.exec(inner);
  if (simple !== null) {
    const [, name = "", field] = simple;
    // `a.b.c` and `a.b()` are read with the rest.
    if (field === undefined && !/^(?:true|false|null|this)$/.test(name)) return { kind: "name", name };
    if (field !== undefined && !field.includes(".")) {
      return { kind: "member", of: { kind: "name", name }, key: { kind: "constant", value: field } };
    }
  }
  const parsed = parseExpression(inner);
  if (typeof parsed === "string") return parsed;
  // `${5}` is more likely to be somebody else's.
  return parsed.kind === "constant" ? "it is a constant" : parsed;
}

/** A string of JSON. */
const JSON_STRING = /"(?:[^"\\]|\\.)*"/g;

/**
 * Splits a JSON text without white space. Strings that are nothing but a placeholder, and no member's name, become
 * placeholders for whole values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const id = { source: "${id}", expression: { kind: "name", name: "id" } } as const;
 * assertEquals(parseJsonTemplate('{"id":"${id}"}'), ['{"id":', { ...id, isWhole: true }, "}"]);
 * assertEquals(parseJsonTemplate('{"id":"#${id}"}'), ['{"id":"#', id, '"}']);
 * ```
 */
export function parseJsonTemplate(text: string): Template {
  if (!text.includes("${")) return text === "" ? [] : [text];
  const parts: (string | Placeholder)[] = [];
  let literal = "";
  const add = (placeholder: Placeholder) => {
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push(placeholder);
  };
  let end = 0;
  for (const match of text.matchAll(JSON_STRING)) {
    const [string] = match;
    if (!string.includes("${")) continue;
    const inner = parseTemplate(JSON.parse(string));
    if (inner.every((part) => typeof part === "string")) continue;
    literal += text.slice(end, match.index);
    end = match.index + string.length;
    const [only] = inner;
    if (inner.length === 1 && typeof only === "object" && text[end] !== ":") add({ ...only, isWhole: true });
    else {
      literal += '"';
      for (const part of inner) typeof part === "string" ? literal += escapeJson(part) : add(part);
      literal += '"';
    }
  }
  literal += text.slice(end);
  if (literal !== "") parts.push(literal);
  return parts;
}

/** A text as the inside of a JSON string. */
export function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** All that a placeholder refers to. */
export function referencesOf({ expression }: Placeholder): readonly Reference[] {
  return referencesIn(expression);
}

/** The placeholders of a text, in order; `isJson`: of a JSON text. */
export function placeholdersIn(text: string, isJson = false): readonly Placeholder[] {
  if (!text.includes("${")) return [];
  return (isJson ? parseJsonTemplate : parseTemplate)(text).filter((part) => typeof part !== "string");
}

/** A piece of a text that looks like a placeholder but stays as it is. */
export interface Lookalike {
  readonly source: string;
  /** It calls a function that there is: it was meant to be a placeholder, and this is what is wrong with it. */
  readonly mistake?: string;
  /** Its closing brace is missing. */
  readonly isOpen?: true;
}

/** Pieces of a text that look like placeholders but stay as they are; `isJson`: of a JSON text. */
export function literalLookalikes(text: string, isJson = false): readonly Lookalike[] {
  if (!text.includes("${")) return [];
  return (isJson ? parseJsonTemplate : parseTemplate)(text).flatMap((part) =>
    typeof part === "string"
      ? (part.match(isJson ? LOOKALIKE_IN_JSON : LOOKALIKE) ?? []).map(lookalikeOf)
      : []
  );
}

/** What looks like a placeholder, or like the beginning of one that a closing brace was forgotten of. */
const LOOKALIKE = /\$\{[^{}]*\}|\$\{\s*[A-Za-z_][\w.]*(?:\s*\([^{}()]*\))?(?![^{}]*\})/g;
/** The same within one string. */
const LOOKALIKE_IN_JSON = /\$\{[^{}"]*\}|\$\{\s*[A-Za-z_][\w.]*(?:\s*\([^{}()"]*\))?(?![^{}"]*\})/g;

function lookalikeOf(source: string): Lookalike {
  if (!source.endsWith("}")) return { source, isOpen: true };
  const inner = source.slice(2, -1);
  const name = /^\s*(\w+)\s*\(/.exec(inner)?.[1] ?? "";
  if (name !== "env" && !Object.hasOwn(FUNCTIONS, name)) return { source };
  const reason = expressionOf(inner);
  return { source, mistake: typeof reason === "string" ? reason : "it holds a control character" };
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

/** Where a placeholder's value comes from: known already, or read each time; `substitute`: what stands in for a missing one. */
export type Source<Scope> = string | { readonly get: Getter<Scope>; readonly substitute: string };

/** Resolves each placeholder of a template once, adding to the slots. A `lookup` that gives a text makes it literal. */
export function bindTemplate<Scope>(
  template: Template,
  lookup: (placeholder: Placeholder, at: number) => Source<Scope>,
  slots: Slots<Scope>,
): Parts {
  return joinParts(template.map((part, at) => {
    if (typeof part === "string") return part;
    const found = lookup(part, at);
    if (typeof found === "string") return found;
    slots.sources.push(part.source);
    slots.substitutes.push(found.substitute);
    return [slots.getters.push(found.get) - 1];
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
