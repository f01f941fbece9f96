/**
 * Makes the series of a run's parts from its windows, one at a time: nothing of a window is kept but a row of numbers for
 * each part.
 *
 * @module
 */
import type { SpanKind } from "../../metrics/measures.ts";
import {
  addSpanStats,
  addStepStats,
  appendSnapshot,
  type Snapshot,
  spanKey,
  type SpanStats,
  type StepStats,
} from "../../metrics/snapshot.ts";
import { endedOf, errorsOf, percentileOf, type Ranked } from "../../metrics/stats.ts";
import { shownStatuses } from "../../metrics/shown_statuses.ts";
import { Column } from "./column.ts";
import {
  type CountSeries,
  type ErrorPeriod,
  MAX_NAMED_SERIES,
  MAX_STEP_SERIES,
  OTHER_NAMES,
  OTHER_STEPS,
  type PartSeries,
  type RunSeries,
  windowLengthMs,
} from "./run_series.ts";

/** Errors of steps whose times are kept. */
const MAX_PERIODS = 500;
/** A window may be so much shorter than it should and is whole all the same. */
const SLACK_MS = 50;

/** The columns of one part. */
class Part {
  readonly requests = new Column(0);
  readonly errors = new Column(0);
  readonly p50 = new Column(NaN);
  readonly p95 = new Column(NaN);
  readonly p99 = new Column(NaN);

  set(row: number, counts: { readonly requests: number; readonly errors: number }, ranked: Ranked): void {
    this.requests.set(row, counts.requests);
    this.errors.set(row, counts.errors);
    this.p50.set(row, knownMs(ranked, 50));
    this.p95.set(row, knownMs(ranked, 95));
    this.p99.set(row, knownMs(ranked, 99));
  }

  forgetFrom(rows: number): void {
    for (const column of [this.requests, this.errors, this.p50, this.p95, this.p99]) column.forgetFrom(rows);
  }

  take(rows: number): PartSeries {
    return {
      requests: this.requests.take(rows),
      errors: this.errors.take(rows),
      p50Ms: this.p50.takeKnown(rows),
      p95Ms: this.p95.takeKnown(rows),
      p99Ms: this.p99.takeKnown(rows),
    };
  }
}

/** Takes windows in order; tells the series of all of them at any time. */
export class SeriesRecorder {
  readonly #from = new Column(0);
  readonly #to = new Column(0);
  readonly #steps = new Map<number, Part>();
  readonly #scenarios = new Map<number, Part>();
  readonly #spans = new Map<
    string,
    { readonly kind: SpanKind; readonly name: string; readonly part: Part }
  >();
  readonly #statuses = new Map<string, Column>();
  readonly #errors = new Map<string, Column>();
  readonly #periods = new Map<string, ErrorPeriod>();
  #rows = 0;
  /** Windows that will be one, as long as it is too short. */
  #open: Snapshot | null = null;

  add(window: Snapshot): void {
    const open = this.#open === null
      ? window
      : { ...appendSnapshot(this.#open, window), fromMs: this.#open.fromMs };
    const lengthMs = windowLengthMs(open.fromMs);
    if (lengthMs > 1000 && open.toMs - open.fromMs < lengthMs - SLACK_MS) {
      this.#open = open;
      return;
    }
    this.#open = null;
    this.#write(open);
  }

  /** The series of all windows so far, and of a few more that are not whole yet. */
  series(more: readonly Snapshot[] = []): RunSeries {
    const rows = this.#rows;
    const periods = new Map(this.#periods);
    const open = this.#open;
    for (const window of more) this.add(window);
    if (this.#open !== null) this.#write(this.#open);
    const series = this.#take();
    this.#rows = rows;
    this.#open = open;
    if (series.windows.length > rows) this.#forgetFrom(rows);
    this.#periods.clear();
    for (const [key, period] of periods) this.#periods.set(key, period);
    return series;
  }

  #take(): RunSeries {
    const rows = this.#rows;
    const [from, to] = [this.#from.take(rows), this.#to.take(rows)];
    const counts = (columns: ReadonlyMap<string, Column>): readonly CountSeries[] =>
      [...columns].map(([name, column]) => ({ name, counts: column.take(rows) }))
        .filter((series) => series.counts.some((count) => count > 0));
    return {
      windows: from.map((fromMs, i) => [fromMs, to[i]!]),
      steps: [...this.#steps].sort(([a], [b]) => rankOfStep(a) - rankOfStep(b))
        .map(([step, part]) => ({ step, ...part.take(rows) })),
      ...(this.#scenarios.size > 0 && {
        scenarios: [...this.#scenarios].sort(([a], [b]) => a - b)
          .map(([step, part]) => ({ step, ...part.take(rows) })),
      }),
      spans: [...this.#spans.values()].map(({ kind, name, part }) => ({ kind, name, ...part.take(rows) })),
      statuses: counts(this.#statuses),
      errors: counts(this.#errors),
      periods: [...this.#periods.values()].sort((a, b) => a.firstMs - b.firstMs || a.step - b.step),
    };
  }

  #write(window: Snapshot): void {
    const row = this.#rows++;
    this.#from.set(row, Math.round(window.fromMs));
    this.#to.set(row, Math.round(window.toMs));
    const others: StepStats[] = [];
    const statuses = new Map<string, number>();
    const errors = new Map<string, number>();
    for (const stats of window.steps) {
      if (this.#steps.has(stats.step) || this.#steps.size < MAX_STEP_SERIES) this.#writeStep(row, stats);
      else others.push(stats);
      for (const { name, count } of shownStatuses(stats)) {
        statuses.set(name, (statuses.get(name) ?? 0) + count);
      }
      addAll(errors, stats.failures);
      this.#note(stats, window);
    }
    if (others.length > 0) {
      this.#writeStep(row, { ...others.reduce(addStepStats), step: OTHER_STEPS });
    }
    writeCounts(this.#statuses, row, statuses);
    writeCounts(this.#errors, row, errors);
    for (const stats of (window.scenarios ?? []).slice(0, MAX_STEP_SERIES)) {
      writePart(entryOf(this.#scenarios, stats.step, () => new Part()), row, stats);
    }
    this.#writeSpans(row, window.spans);
  }

  #writeStep(row: number, stats: StepStats): void {
    writePart(entryOf(this.#steps, stats.step, () => new Part()), row, stats);
  }

  #writeSpans(row: number, spans: readonly SpanStats[]): void {
    const others = new Map<string, SpanStats>();
    for (const span of spans) {
      if (this.#spans.has(spanKey(span)) || this.#spans.size < 2 * MAX_NAMED_SERIES) {
        this.#writeSpan(row, span);
      } else {
        const other = { ...span, name: OTHER_NAMES };
        const same = others.get(spanKey(other));
        others.set(spanKey(other), same === undefined ? other : addSpanStats(same, other));
      }
    }
    for (const span of others.values()) this.#writeSpan(row, span);
  }

  #writeSpan(row: number, span: SpanStats): void {
    const { kind, name, succeeded, failed } = span;
    const { part } = entryOf(this.#spans, spanKey(span), () => ({ kind, name, part: new Part() }));
    part.set(row, { requests: succeeded + failed, errors: failed }, span);
  }

  /** Remembers when the errors of a step were seen. */
  #note({ step, failures }: StepStats, { fromMs, toMs }: Snapshot): void {
    for (const [error, count] of Object.entries(failures)) {
      const key = `${step} ${error}`;
      const before = this.#periods.get(key);
      if (before === undefined && this.#periods.size >= MAX_PERIODS) continue;
      const [firstMs, lastMs] = [before?.firstMs ?? Math.round(fromMs), Math.round(toMs)];
      this.#periods.set(key, { step, error, count: count + (before?.count ?? 0), firstMs, lastMs });
    }
  }

  #forgetFrom(rows: number): void {
    for (const part of [...this.#steps.values(), ...this.#scenarios.values()]) part.forgetFrom(rows);
    for (const { part } of this.#spans.values()) part.forgetFrom(rows);
    for (const column of [...this.#statuses.values(), ...this.#errors.values()]) column.forgetFrom(rows);
  }
}

function writePart(part: Part, row: number, stats: StepStats): void {
  part.set(row, { requests: endedOf(stats), errors: errorsOf(stats) }, stats);
}

function rankOfStep(step: number): number {
  return step === OTHER_STEPS ? Infinity : step;
}

function knownMs(ranked: Ranked, percentile: number): number {
  const value = percentileOf(ranked, percentile);
  return value === undefined || value.isAtLeast ? NaN : Number(value.ms.toPrecision(4));
}

function addAll(sum: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(counts)) sum.set(key, (sum.get(key) ?? 0) + count);
}

function writeCounts(columns: Map<string, Column>, row: number, counts: ReadonlyMap<string, number>): void {
  let others = 0;
  for (const [name, count] of counts) {
    if (columns.has(name) || columns.size < MAX_NAMED_SERIES) {
      entryOf(columns, name, () => new Column(0)).set(row, count);
    } else others += count;
  }
  if (others > 0) entryOf(columns, OTHER_NAMES, () => new Column(0)).set(row, others);
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, value = make());
  return value;
}
