/**
 * The Prometheus text format, version 0.0.4, and what may be a label's name. Source: Prometheus' documentation,
 * "Exposition formats" and "Metric names and labels".
 *
 * @module
 */
import { byMetric, type MetricRow, prometheusName } from "./metric_rows.ts";

/** The media type of {@linkcode expositionText}. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Metrics as text, each with its help, its type and a sample for each of its rows. `labels` gives those of a row. */
export function expositionText(
  rows: readonly MetricRow[],
  { prefix, labels }: {
    readonly prefix: string;
    readonly labels: (row: MetricRow) => Readonly<Record<string, string>>;
  },
): string {
  return byMetric(rows).map((same) => {
    const [first] = same;
    const name = prometheusName(prefix, first);
    const samples = same.map((row) => `${name}${labelText(labels(row))} ${row.value}\n`).join("");
    return `# HELP ${name} ${first.help}\n# TYPE ${name} ${first.kind}\n${samples}`;
  }).join("");
}

/**
 * Labels under names that Prometheus allows, in the order of the names: other characters become `_`, the reserved `__`
 * in front becomes `_`, and of two that come out alike the second gets a number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(legalLabels({ "build.id": "1", "build-id": "2", "9a": "3" }), [
 *   ["_9a", "3"],
 *   ["build_id", "2"],
 *   ["build_id_2", "1"],
 * ]);
 * ```
 */
export function legalLabels(
  labels: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] {
  const legal = new Map<string, string>();
  for (const [key, value] of Object.entries(labels).sort(byName)) {
    const base = key.replace(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d|$)/, "_").replace(/^_{2,}/, "_");
    let name = base;
    for (let number = 2; legal.has(name); number++) name = `${base}_${number}`;
    legal.set(name, value);
  }
  return [...legal].sort(byName);
}

/** In the order of UTF-16 code units, which remote write asks for. */
function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = legalLabels(labels).map(([name, value]) => `${name}="${escapeLabelValue(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabelValue(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}
