/**
 * The result as a plain HTML table: one row a value of the JSON document, nested names joined by dots. Everything is
 * escaped; the long series (timeline, histograms) stay in the JSON.
 *
 * @module
 */
import { escapeHtml, escapeTerminal } from "../lib/escape.ts";
import { toJsonDocument } from "../result/document/json_document.ts";
import type { Reporter } from "./reporter.ts";

const SERIES: ReadonlySet<string> = new Set([
  "rps_timeline",
  "timeline",
  "series",
  "histogram",
  "unanswered_histogram",
  "dropped_histogram",
  "saved",
]);

/** Writes a minimal page with one table. */
export const htmlTableReporter: Reporter = {
  name: "html-table",
  render: (outcome) => {
    const document = Object.entries(toJsonDocument(outcome)).filter(([key]) => !SERIES.has(key));
    const rows = document.flatMap(([key, value]) => flatten(key, value))
      .map(([key, value]) => `<tr><td>${safe(key)}</td><td>${safe(value)}</td></tr>`);
    return [
      "<!DOCTYPE html>",
      '<html lang="en">',
      '<head><meta charset="utf-8"><title>Benchmark results</title></head>',
      "<body>",
      "<h1>Benchmark results</h1>",
      '<table border="1">',
      "<tr><th>Metric</th><th>Value</th></tr>",
      ...rows,
      "</table>",
      "</body>",
      "</html>",
      "",
    ].join("\n");
  },
};

/** Control characters become visible too, for the page is often printed on a terminal. */
function safe(text: string): string {
  return escapeHtml(escapeTerminal(text));
}

type Row = readonly [key: string, value: string];

/** A value's rows: scalars one, lists of scalars one, anything nested one for each scalar in it. */
function flatten(key: string, value: unknown): readonly Row[] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null) return [[key, String(value)]];
  if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null)) {
    return value.length > 0 ? [[key, value.join(", ")]] : [];
  }
  const start = Array.isArray(value) ? 1 : undefined;
  return Object.entries(value).flatMap(([name, item]) =>
    flatten(`${key}.${start === undefined ? name : Number(name) + start}`, item)
  );
}
