/**
 * Metrics of the parts of a run that have names, such as groups of steps: each is a metric of its own, whose label says
 * which part it is of. They are beside the run's metrics, not under the same names: sums over a metric stay what they are.
 *
 * @module
 */
import { addStepStats, type Snapshot } from "../metrics/snapshot.ts";
import type { Stats } from "../metrics/stats.ts";
import { isRunMetric, type MetricRow, metricRows } from "./metric_rows.ts";

/** A part of a run, with what was measured of it. */
export interface ExportedPart {
  /** First word of its metrics: `group` of `group.latency.p95`. */
  readonly kind: string;
  /** The label that bears its name. */
  readonly label: string;
  /** Credentials masked. */
  readonly name: string;
  readonly stats: Stats;
  /** What it is where it is not a number of requests; absent: it is one. */
  readonly form?: PartForm;
  /** More labels of its rows. */
  readonly more?: Readonly<Record<string, string>>;
}

/** A stretch of time; a metric of the server's own; responses that have something in common. */
export type PartForm = "span" | "timing" | "response";

/** The parts of what was seen in a time. */
export type PartsOf = (snapshot: Snapshot, durationMs: number) => readonly ExportedPart[];

/** Parts of a kind that have rows of their own; the rest is added up. */
export const MAX_EXPORTED_PARTS = 100;

const OTHERS = "(others)";

/** What stretches of time have, and under which name. */
const SPAN_ROWS: Readonly<Record<string, { readonly key: string; readonly help: string }>> = {
  "requests.total": { key: "total", help: "Completed" },
  "errors.total": { key: "errors.total", help: "Completed, with an error in it" },
  "requests_per_sec": { key: "per_sec", help: "Completed per second" },
  ...Object.fromEntries(
    [["p50", "Median"], ["p95", "95th percentile of the"], ["p99", "99th percentile of the"], [
      "mean",
      "Mean",
    ], ["max", "Longest"]].map(([name, which]) => [
      `latency.${name}`,
      { key: `latency.${name}`, help: `${which} duration` },
    ]),
  ),
};

/** The same of what responses say in `Server-Timing`. */
const TIMING_ROWS: typeof SPAN_ROWS = {
  "requests.total": { key: "total", help: "Responses with the metric" },
  ...Object.fromEntries(
    Object.entries(SPAN_ROWS).filter(([name]) => name.startsWith("latency.")).map(([name, { help }]) => [
      name,
      { key: name.replace("latency.", "duration."), help },
    ]),
  ),
};

/** The same of responses by what they said of themselves. */
const RESPONSE_ROWS: typeof SPAN_ROWS = {
  "requests.total": { key: "total", help: "Whole responses, and ends of gRPC calls" },
};

const FORM_ROWS: Readonly<Record<PartForm, typeof SPAN_ROWS>> = {
  span: SPAN_ROWS,
  timing: TIMING_ROWS,
  response: RESPONSE_ROWS,
};

/** Values of all parts over the run so far and over a window of it. */
export function partRows(
  run: readonly ExportedPart[],
  window: readonly ExportedPart[],
): readonly MetricRow[] {
  const recent = new Map(folded(window, namesOf(run)).map((part) => [keyOf(part), part]));
  return folded(run, namesOf(run)).flatMap((part) => {
    const seen = recent.get(keyOf(part));
    const rows = metricRows(part.stats, seen?.stats ?? part.stats);
    return rows.filter(({ key, kind }) => !isRunMetric(key) && (seen !== undefined || kind === "counter"))
      .flatMap((row) => rowOf(row, part));
  });
}

function rowOf(
  row: MetricRow,
  { kind, label, name, form, more }: ExportedPart,
): readonly MetricRow[] {
  const labels = { [label]: name, ...more };
  if (form === undefined) {
    return [{ ...row, key: `${kind}.${row.key}`, help: `${row.help}, by ${kind}`, labels }];
  }
  const known = FORM_ROWS[form][row.key];
  if (known === undefined) return [];
  const unit = row.unit === "{request}" || row.unit === "{request}/s" ? "1" : row.unit;
  return [{ ...row, unit, key: `${kind}.${known.key}`, help: `${known.help}, by ${label}`, labels }];
}

function keyOf({ kind, name, more }: ExportedPart): string {
  return `${kind} ${name}${more === undefined ? "" : ` ${JSON.stringify(more)}`}`;
}

/** The parts with rows of their own: the first ones of each kind. */
function namesOf(parts: readonly ExportedPart[]): ReadonlySet<string> {
  const places = new Map<string, number>();
  return new Set(
    parts.filter(({ kind }) => {
      const place = places.get(kind) ?? 0;
      places.set(kind, place + 1);
      return place < MAX_EXPORTED_PARTS;
    }).map(keyOf),
  );
}

function folded(parts: readonly ExportedPart[], own: ReadonlySet<string>): readonly ExportedPart[] {
  const kept = parts.filter((part) => own.has(keyOf(part)));
  const others = new Map<string, ExportedPart>();
  for (const part of parts) {
    if (own.has(keyOf(part))) continue;
    const { stats } = others.get(part.kind) ?? {};
    const counts = stats === undefined ? part.stats.counts : addStepStats(stats.counts, part.stats.counts);
    others.set(part.kind, { ...part, name: OTHERS, stats: { ...part.stats, counts } });
  }
  return [...kept, ...others.values()];
}
