/**
 * Variables of Postman: `{{name}}` in any text.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import { textOf } from "../json_values.ts";

/** What Postman makes up, as functions of scenarios; others are drawn from letters and digits. */
const DYNAMIC: Readonly<Record<string, string>> = {
  $guid: "${uuid()}",
  $randomUUID: "${uuid()}",
  $timestamp: "${now(unix)}",
  $randomInt: "${randint(0, 1000)}",
};

/** The values that are known, and which were asked for and are not. */
export class PostmanVariables {
  readonly #values: ReadonlyMap<string, string>;
  readonly unknown = new Set<string>();
  /** Those that an earlier response has set. */
  readonly #set = new Set<string>();
  /** Those that some response sets. */
  readonly #expected: ReadonlySet<string>;

  /** `expected`: names that scripts take out of responses. */
  constructor(values: ReadonlyMap<string, string>, expected: ReadonlySet<string> = new Set()) {
    this.#values = values;
    this.#expected = expected;
  }

  /** From here on the steps have a variable of that name. */
  take(name: string): void {
    this.#set.add(name);
  }

  /** Whether a text has a variable that only a later response sets, and nothing else gives a value. */
  isPending(text: string): boolean {
    return [...text.matchAll(/\{\{\s*([^{}]+?)\s*\}\}/g)].some(([, name = ""]) =>
      this.#expected.has(name) && !this.#set.has(name) && !this.#values.has(name)
    );
  }

  /** A text with its variables filled in; values may hold variables, too. */
  fill(text: string, depth = 0): string {
    return text.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, name: string) => {
      if (this.#set.has(name)) return `\${${name}}`;
      const value = this.#values.get(name);
      if (value !== undefined) return depth < 8 ? this.fill(value, depth + 1) : value;
      if (name.startsWith("$")) return DYNAMIC[name] ?? "${randstr(8)}";
      this.unknown.add(name);
      return `\${env(${envName(name)})}`;
    });
  }
}

/** The environment variable that stands for an unknown one. */
export function envName(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, "$1_$2").replace(/[^A-Za-z\d]+/g, "_").replace(
    /^(?=\d)|^_+/g,
    "V_",
  )
    .toUpperCase();
}

/** The values of a list of variables, as collections, folders and environments have them. */
export function variablesIn(list: unknown): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const item of Array.isArray(list) ? list : []) {
    if (!isRecord(item) || item["disabled"] === true || item["enabled"] === false) continue;
    const key = textOf(item["key"]) ?? textOf(item["id"]);
    const value = item["value"];
    if (key === undefined || value === undefined || value === null || value === "") continue;
    values.set(key, typeof value === "string" ? value : JSON.stringify(value));
  }
  return values;
}
