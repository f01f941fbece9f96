/**
 * StatsD over UDP: counters as what was added since the last frame, gauges as they are. Tags travel in DogStatsD's form
 * (`|#key:value`), which Telegraf, Vector and Prometheus' exporter read too.
 *
 * @module
 */
import { type Encoder, type Exporter, type ExportFrame, labelsOf } from "./exporter.ts";
import type { MetricRow } from "./metric_rows.ts";

/** Fits a datagram into one Ethernet frame. */
const MAX_BYTES = 1_400;

/** The exporter. */
export const statsdExporter: Exporter = {
  name: "StatsD",
  open(values, { prefix, tags }) {
    if (values.statsd === undefined) return undefined;
    const { host, port } = values.statsd;
    const linesOf = statsdLines(prefix, tags);
    const encode: Encoder = (frame) => ({ kind: "udp", host, port, texts: packed(linesOf(frame)) });
    return Promise.resolve(encode);
  },
};

/** Turns frames into lines. Remembers the last counters, since StatsD adds up; a frame of a new run starts from 0. */
export function statsdLines(
  prefix: string,
  tags: Readonly<Record<string, string>>,
): (frame: ExportFrame) => readonly string[] {
  let runStartMs = NaN;
  let before = new Map<string, number>();
  return (frame) => {
    if (frame.startMs !== runStartMs) before = new Map();
    runStartMs = frame.startMs;
    const lines = frame.rows.map((row) => {
      const value = row.kind === "counter" ? row.value - (before.get(seriesOf(row)) ?? 0) : row.value;
      return `${prefix}.${row.key}:${value}|${row.kind === "counter" ? "c" : "g"}${
        tagText(labelsOf(row, frame, tags))
      }`;
    });
    for (const row of frame.rows) if (row.kind === "counter") before.set(seriesOf(row), row.value);
    return lines;
  };
}

/** What tells a row from all others. */
function seriesOf({ key, labels = {} }: MetricRow): string {
  return [key, ...Object.entries(labels).flat()].join("\n");
}

/** Lines joined into datagrams of at most {@linkcode MAX_BYTES}, but for a single longer line. */
export function packed(lines: readonly string[]): readonly string[] {
  const texts: string[] = [];
  const encoder = new TextEncoder();
  for (const line of lines) {
    const last = texts.at(-1);
    const joined = last === undefined ? line : `${last}\n${line}`;
    if (last !== undefined && encoder.encode(joined).length <= MAX_BYTES) texts[texts.length - 1] = joined;
    else texts.push(line);
  }
  return texts;
}

function tagText(labels: Readonly<Record<string, string>>): string {
  const clean = (text: string) => text.replace(/[|,#:\s]/g, "_");
  const pairs = Object.entries(labels).map(([key, value]) => `${clean(key)}:${clean(value)}`);
  return pairs.length === 0 ? "" : `|#${pairs.join(",")}`;
}
