/**
 * InfluxDB's line protocol: one line a frame for the run and for each of its parts, every metric a field. Source: InfluxData's "Line protocol reference".
 *
 * @module
 */
import { endpointOf, headersOf } from "./endpoint.ts";
import { type Exporter, type ExportFrame, labelsOf } from "./exporter.ts";
import type { MetricRow } from "./metric_rows.ts";

/** The exporter. Without a path of its own the URL means version 1's `/write?db=PREFIX`. */
export const influxExporter: Exporter = {
  name: "InfluxDB",
  open(values, { prefix, tags, headers }) {
    if (values.influx === undefined) return undefined;
    const endpoint = endpointOf(values.influx, `/write?db=${encodeURIComponent(prefix)}`);
    // Times are in nanoseconds, which is what servers expect unless they are told otherwise.
    if (endpoint.url.searchParams.has("precision")) endpoint.url.searchParams.delete("precision");
    return Promise.resolve((frame) => ({
      kind: "http",
      method: "POST",
      url: endpoint.url.href,
      headers: headersOf(endpoint.headers, { "content-type": "text/plain; charset=utf-8" }, headers),
      body: linesOf(frame, { prefix, tags }),
    }));
  },
};

interface InfluxNames {
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A frame as lines: `bench,region=eu requests_total=10i,latency_p50=1.5 1700000000000000000`. */
export function linesOf(frame: ExportFrame, names: InfluxNames): string {
  const lines = new Map<string, MetricRow[]>();
  for (const row of frame.rows) {
    const key = JSON.stringify(row.labels ?? {});
    const same = lines.get(key);
    if (same === undefined) lines.set(key, [row]);
    else same.push(row);
  }
  return [...lines.values()].map((rows) => lineOf(rows, frame, names)).join("");
}

function lineOf(rows: readonly MetricRow[], frame: ExportFrame, { prefix, tags }: InfluxNames): string {
  const own = rows[0]?.labels;
  const labels = Object.entries(labelsOf({ kind: "gauge", ...(own && { labels: own }) }, frame, tags))
    .filter(([, value]) => value !== "") // Empty tag values are not allowed.
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `,${escapeKey(key)}=${escapeKey(value)}`);
  const fields = rows.map(({ key, kind, value }) =>
    `${key.replaceAll(".", "_")}=${value}${kind === "counter" ? "i" : ""}`
  );
  const timeNs = BigInt(Math.round(frame.timeMs)) * 1_000_000n;
  return `${escapeKey(prefix)}${labels.join("")} ${fields.join(",")} ${timeNs}\n`;
}

/** Commas, spaces and equals signs take a backslash; a line end has no escape, nor has a backslash at the end. */
function escapeKey(text: string): string {
  return text.replace(/[\r\n]+/g, " ").replace(/(?<!\\)\\+$/, "").replace(/[,= ]/g, "\\$&");
}
