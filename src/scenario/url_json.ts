/**
 * Lines of a URL list that are JSON: `{"method": "POST", "url": "…", "headers": {…}, "body": "…"}`, and vegeta's JSON
 * targets, whose `header` has lists of values and whose `body` is base64.
 *
 * @module
 */
import { HEADER_NAME, LINE_BREAK } from "../lib/net/header_syntax.ts";
import { withSuggestion } from "../lib/suggest.ts";
import type { HeaderLine } from "../plan/http_step.ts";
import { type EntryBody, entryUrlProblem, quoted, type UrlEntry, weightProblem } from "./url_entry.ts";

const KEYS = ["method", "url", "headers", "header", "body", "base64", "body_file", "weight"] as const;

/** The entry of a line, or what is wrong with it. */
export function readJsonEntry(text: string): Omit<UrlEntry, "line"> | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is not a JSON object on one line";
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "expected a JSON object";
  const entry = value as Readonly<Record<string, unknown>>;
  const odd = Object.keys(entry).find((key) => !(KEYS as readonly string[]).includes(key));
  if (odd !== undefined) {
    return withSuggestion(`unknown key ${quoted(odd)}, expected ${KEYS.join(", ")}`, odd, KEYS);
  }
  const { method = "GET", url, weight } = entry;
  if (typeof method !== "string" || !HEADER_NAME.test(method)) return '"method" is no method';
  if (typeof url !== "string") return 'it has no "url"';
  const headers = headersIn(entry["headers"] ?? entry["header"]);
  if (typeof headers === "string") return headers;
  const body = bodyIn(entry);
  if (typeof body === "string") return body;
  if (weight !== undefined && (typeof weight !== "number" || weightProblem(weight) !== undefined)) {
    return '"weight" is no number above 0';
  }
  return entryUrlProblem(url) ?? {
    method: method.toUpperCase(),
    url,
    ...(headers.length > 0 && { headers }),
    ...(body && { body }),
    ...(weight !== undefined && { weight }),
  };
}

function headersIn(value: unknown): readonly HeaderLine[] | string {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return '"headers" is no object of names and values';
  }
  const lines = Object.entries(value).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((one): HeaderLine => [name, String(one)])
  );
  const bad = lines.find(([name, text]) => !HEADER_NAME.test(name) || LINE_BREAK.test(text));
  return bad === undefined ? lines : `the header ${quoted(bad[0])} has a line break, or a name that is none`;
}

function bodyIn(entry: Readonly<Record<string, unknown>>): EntryBody | undefined | string {
  const given = ["body", "base64", "body_file"].filter((key) => entry[key] !== undefined);
  const [key] = given;
  if (key === undefined) return undefined;
  if (given.length > 1) return `expected one of ${given.join(" and ")}`;
  const value = entry[key];
  if (typeof value !== "string") return `"${key}" is not text`;
  if (key === "body_file") return { kind: "file", path: value };
  if (key === "body" && entry["header"] === undefined) return { kind: "text", text: value };
  try {
    return { kind: "base64", base64: Uint8Array.fromBase64(value).toBase64() };
  } catch {
    return `"${key}" is not base64`;
  }
}
