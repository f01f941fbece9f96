/**
 * Texts and values as TypeScript source: literals, and templates where a text has placeholders of scenarios.
 *
 * @module
 */
import { escapeJson } from "../lib/escape.ts";

/** What a module calls its own address. It is text here: this program has no file there. */
export const OWN_URL = ["import", "meta", "url"].join(".");

/** Source that stays on one line is at most this long. */
const MAX_LINE = 100;

/** A text as a string literal, in the quotes that it does not hold. */
export function stringSource(text: string): string {
  return text.includes('"') && !text.includes("'")
    ? `'${escapedText(text)}'`
    : escapeJson(JSON.stringify(text));
}

/** A text as it stands in a literal, with quotes as they are. */
export function escapedText(text: string): string {
  return escapeJson(JSON.stringify(text)).slice(1, -1).replaceAll(
    /\\(.)/g,
    (escape, character) => character === '"' ? '"' : escape,
  );
}

/**
 * Plain values as an expression. `depth`: how deep the line that it begins on is indented, in levels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(valueSource({ id: 7, "a-b": ["x"] }, 0), '{ id: 7, "a-b": ["x"] }');
 * ```
 */
export function valueSource(value: unknown, depth: number): string {
  if (Array.isArray(value)) {
    return listSource("[]", value.map((each) => valueSource(each, depth + 1)), depth);
  }
  if (typeof value === "string") return stringSource(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return objectSource(
    Object.entries(value).map(([key, each]) => [key, valueSource(each, depth + 1)] as const),
    depth,
  );
}

/**
 * An object literal of members whose values are source already; `lead`: what else stands on its first line, in
 * characters.
 */
export function objectSource(
  members: readonly (readonly [key: string, source: string])[],
  depth: number,
  lead = 0,
): string {
  return listSource("{}", members.map(([key, source]) => `${keySource(key)}: ${source}`), depth, lead);
}

function keySource(key: string): string {
  // Outside of brackets this name would set the prototype.
  if (key === "__proto__") return '["__proto__"]';
  return /^[a-z_$][\w$]*$/i.test(key) ? key : stringSource(key);
}

function listSource(brackets: "[]" | "{}", items: readonly string[], depth: number, lead = 0): string {
  const open = brackets[0]!;
  const close = brackets[1]!;
  if (items.length === 0) return open + close;
  const space = open === "{" ? " " : "";
  const line = `${open}${space}${items.join(", ")}${space}${close}`;
  if (lead + line.length + 2 * depth <= MAX_LINE && !line.includes("\n")) return line;
  const indent = "  ".repeat(depth + 1);
  return `${open}\n${items.map((item) => `${indent}${item},\n`).join("")}${"  ".repeat(depth)}${close}`;
}

/** What a template's expressions use of the module. */
export interface UsedNames {
  /** Functions that the module must have: `env`, `randstr`. */
  readonly helpers: Set<string>;
  /** Environment variables that are read when the module is loaded. */
  readonly variables: Set<string>;
  /** What the iteration must take from `Bench`: `random`. */
  readonly taken: Set<string>;
  /** Placeholders that have no counterpart; they stay as they are. */
  readonly unknown: Set<string>;
}

/**
 * A text with placeholders of scenarios as a template literal, or as a string if it has none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const used = { helpers: new Set<string>(), variables: new Set<string>(), taken: new Set<string>(), unknown: new Set<string>() };
 * assertEquals(templateSource("Bearer ${env(TOKEN)}", used), '`Bearer ${TOKEN}`');
 * ```
 */
export function templateSource(text: string, used: UsedNames): string {
  const parts = text.split(/(\$\{(?:"[^"]*"|'[^']*'|[^}"'])*\})/);
  let isPlain = true;
  const sources = parts.map((part, index) => {
    const source = index % 2 === 1 ? expressionSource(part.slice(2, -1).trim(), used) : undefined;
    if (source !== undefined) {
      isPlain = false;
      return `\${${source}}`;
    }
    if (index % 2 === 1) used.unknown.add(part);
    return escapedText(part).replaceAll(/`|\$\{/g, "\\$&");
  });
  return isPlain ? stringSource(text) : `\`${sources.join("")}\``;
}

/** What a placeholder calls, as an expression; `undefined`: it has no counterpart. */
function expressionSource(call: string, used: UsedNames): string | undefined {
  const [, name = "", inner = ""] = /^(\w+)\((.*)\)$/s.exec(call) ?? [];
  const given = argumentsOf(inner);
  const numbers = given.map(Number);
  const areNumbers = numbers.every(Number.isSafeInteger);
  const [first = "", ...more] = given;
  if (name === "env" && /^\w+$/.test(first) && more.length === 0) {
    used.helpers.add("env");
    used.variables.add(first);
    return variableName(first);
  }
  if (name === "uuid" && inner === "") return "crypto.randomUUID()";
  if (name === "now" && inner === "unix") return "Math.floor(Date.now() / 1000)";
  if (name === "randint" && areNumbers && numbers.length === 2) {
    used.taken.add("random");
    const [low = 0, high = 0] = numbers;
    return `${low === 0 ? "" : `${low} + `}Math.floor(random() * ${high - low + 1})`;
  }
  if (name === "randstr" && areNumbers && numbers.length === 1) {
    used.helpers.add("randstr");
    used.taken.add("random");
    return `randstr(${numbers[0]}, random)`;
  }
  if (name !== "base64" && name !== "concat") return undefined;
  const sources = given.map((each) =>
    each.startsWith('"') || each.startsWith("'") ? each : expressionSource(each, used)
  );
  if (sources.length === 0 || sources.includes(undefined)) return undefined;
  if (name === "concat") return sources.join(" + ");
  return sources.length === 1 ? `new TextEncoder().encode(${sources[0]}).toBase64()` : undefined;
}

/** The constant that holds an environment variable; one in small letters could be a name of something else. */
export function variableName(name: string): string {
  return /^[A-Z_][A-Z\d_]*$/.test(name) ? name : `ENV_${name}`;
}

/** The arguments of a call: what stands between commas outside of quotes and parentheses. */
function argumentsOf(inner: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of inner.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[(),]/g)) {
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (token !== "," || depth > 0) continue;
    found.push(inner.slice(from, index).trim());
    from = index + 1;
  }
  const last = inner.slice(from).trim();
  return last === "" ? found : [...found, last];
}
