/** Percentiles of any mixture of answered, failed, unfinished and dropped requests, in every output. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { linesOf } from "../../src/export/influx.ts";
import type { ExportFrame } from "../../src/export/exporter.ts";
import { metricRows } from "../../src/export/metric_rows.ts";
import { otlpPayload } from "../../src/export/otlp_payload.ts";
import { expositionText } from "../../src/export/prometheus_text.ts";
import { remoteWritePayload } from "../../src/export/remote_write_payload.ts";
import { statsdLines } from "../../src/export/statsd.ts";
import { renderDashboard } from "../../src/live/dashboard.ts";
import { LiveState } from "../../src/live/live_state.ts";
import { progressState } from "../../src/live/progress_line.ts";
import { PLAIN_STYLE } from "../../src/lib/style.ts";
import { appendSnapshot, EMPTY_SNAPSHOT, type Snapshot } from "../../src/metrics/snapshot.ts";
import { percentileOf } from "../../src/metrics/stats.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import { csvReporter } from "../../src/report/csv.ts";
import { hgrmReporter } from "../../src/report/hgrm.ts";
import { reportData } from "../../src/report/html_report/report_data.ts";
import { junitReporter } from "../../src/report/junit.ts";
import { summaryMarkdown } from "../../src/report/markdown.ts";
import { terminalReporter } from "../../src/report/terminal/terminal.ts";
import { toJsonDocument } from "../../src/result/document/json_document.ts";
import type { Outcome } from "../../src/result/outcome.ts";
import { overallStats } from "../../src/result/run_result.ts";
import { timelinePoint } from "../../src/result/series/timeline_point.ts";
import { decodeOtlp, decodeRemoteWrite } from "../export/_payloads.ts";
import { histogramOf, outcomeOf, scenarioPlan, scenarioStep, stepOf } from "../_support/outcomes.ts";
import * as told from "../_support/told_percentiles.ts";
import { fuzzRuns } from "../_support/fuzz.ts";

const PLAIN = { color: false };
const RATE: LoadSpec = {
  kind: "rate",
  pacer: { kind: "constant", rate: 100 },
  durationMs: 3000,
  maxConnections: 10,
  targetRate: 100,
};
const CLOSED: LoadSpec = { kind: "duration", connections: 10, durationMs: 3000 };
const STEPS = [scenarioStep("first", "/1"), scenarioStep("second", "/2")];

/** Times in ms: failures are often much faster than responses, or much slower. */
const times = (least: number, most: number) =>
  fc.array(fc.double({ min: least, max: most, noNaN: true }), { maxLength: 60 });
const anyStep = fc.record({
  answered: fc.oneof(times(40, 60), times(1, 3000)),
  unanswered: fc.oneof(fc.constant<number[]>([]), times(0, 2), times(0, 5000)),
  dropped: fc.oneof(fc.constant<number[]>([]), times(0, 2000)),
});

/** A run of up to three seconds, open or closed, of two steps. */
const anyRun = fc.record({
  isOpen: fc.boolean(),
  seconds: fc.array(fc.tuple(anyStep, anyStep), { minLength: 1, maxLength: 3 }),
}).map(({ isOpen, seconds }) => {
  const windows = seconds.map((steps, second): Snapshot => ({
    ...EMPTY_SNAPSHOT,
    fromMs: second * 1000,
    toMs: second * 1000 + 1000,
    delayed: isOpen ? 3 : 0,
    dropped: isOpen ? steps.reduce((sum, { dropped }) => sum + dropped.length, 0) : 0,
    steps: steps.map(({ answered, unanswered, dropped }, step) =>
      stepOf({
        step,
        latency: histogramOf(...answered),
        unanswered: histogramOf(...unanswered),
        ...(isOpen && {
          serviceLatency: histogramOf(...answered.map((ms) => ms / 2)),
          serviceUnanswered: histogramOf(...unanswered.map((ms) => ms / 2)),
          dropped: histogramOf(...dropped),
        }),
      })
    ),
  }));
  const plan = scenarioPlan("any", STEPS, isOpen ? RATE : CLOSED);
  const total = windows.reduce(appendSnapshot, EMPTY_SNAPSHOT);
  const outcome = outcomeOf(plan, total.steps, {
    result: { durationMs: seconds.length * 1000, timeline: windows.map(timelinePoint), total },
  });
  return { outcome, windows };
});

function exportTexts(outcome: Outcome): readonly (readonly [name: string, text: string])[] {
  const stats = overallStats(outcome.result);
  const frame: ExportFrame = {
    startMs: 0,
    timeMs: stats.durationMs,
    rows: metricRows(stats, stats),
    latency: stats.counts.latency,
    labels: {},
  };
  const names = { prefix: "bench", tags: {} };
  const otlp =
    decodeOtlp(otlpPayload({ ...names, resource: {} })(frame)).resourceMetrics[0].scopeMetrics[0].metrics;
  const series = decodeRemoteWrite(remoteWritePayload("bench", {})(frame)).timeseries;
  const nameOf = ({ labels }: (typeof series)[number]) =>
    labels.find(({ name }) => name === "__name__")!.value;
  return [
    ["OTLP", otlp.map(({ name, gauge }) => `${name}:${gauge?.dataPoints[0]?.asDouble}`).join("\n")],
    ["remote write", series.map((one) => `${nameOf(one)} ${one.samples[0]!.value}`).join("\n")],
    ["Prometheus", expositionText(frame.rows, { prefix: "bench", labels: () => ({}) })],
    ["InfluxDB", linesOf(frame, names)],
    ["StatsD", statsdLines("bench", {})(frame).join("\n")],
  ];
}

Deno.test("percentiles never fall as they rise, in every output, whatever was answered, failed or dropped", () => {
  fc.assert(
    fc.property(anyRun, ({ outcome }) => {
      const { counts } = overallStats(outcome.result);
      const lists = [
        ...told.inTerminal(terminalReporter.render(outcome, PLAIN)),
        ...told.inJson(toJsonDocument(outcome)),
        ...told.inCsv(csvReporter.render(outcome, PLAIN)),
        ...told.inHgrm(hgrmReporter.render(outcome, PLAIN)),
        ...told.inHtml(reportData(outcome)),
        ...told.inMarkdown(summaryMarkdown(outcome, { title: "x", marker: false })),
        ...told.inJunit(junitReporter.render(outcome, PLAIN)),
        ...exportTexts(outcome).flatMap(([name, text]) => told.inNames(name, text)),
      ];
      for (const list of lists) told.assertLaw(list);
      // No bound is below the slowest response of the run.
      const slowest = counts.latency.max / 1000;
      for (
        const { where, percentiles } of lists.filter(({ where }) =>
          /^(?:JSON, percentiles|CSV|HTML, curve)$/.test(where)
        )
      ) {
        for (const { percent, ms, isAtLeast } of percentiles) {
          assert(
            !isAtLeast || ms >= slowest * 0.999 - 0.001,
            `${where}: p${percent} ≥ ${ms}, slowest ${slowest}`,
          );
        }
      }
    }),
    { numRuns: fuzzRuns(80) },
  );
});

Deno.test('outputs that cannot say "at least" leave out exactly the percentiles that are lower bounds', () => {
  fc.assert(
    fc.property(anyRun, ({ outcome }) => {
      const { counts } = overallStats(outcome.result);
      const isExact = (percent: number) => percentileOf(counts, percent)?.isAtLeast === false;
      for (const [name, text] of exportTexts(outcome)) {
        for (const { percentiles } of told.inNames(name, text)) {
          for (const { percent } of percentiles) assert(isExact(percent), `${name}: p${percent}`);
        }
        if (isExact(100)) assert(/latency[._]max/.test(text), `${name} has no maximum`);
      }
      const rows = told.inCsv(csvReporter.render(outcome, PLAIN)).flatMap(({ percentiles }) => percentiles);
      const expected = Array.from({ length: 100 }, (_, i) => i + 1).filter(isExact);
      assertEquals(rows.map(({ percent }) => percent), expected);
    }),
    { numRuns: fuzzRuns(60) },
  );
});

Deno.test("the live views keep the law second by second", () => {
  fc.assert(
    fc.property(anyRun, ({ outcome, windows }) => {
      const live = new LiveState(outcome.result.plan, { threads: 1, hasKeys: false, judge: () => [] });
      let total = EMPTY_SNAPSHOT;
      for (const window of windows) {
        total = appendSnapshot(total, window);
        const tick = { atMs: window.toMs, window, total, threads: 1 };
        live.add(tick);
        const { windowP99 } = progressState(tick);
        const { figures, seconds } = live.at(0, { isStopping: false });
        const percentiles = (figures?.percentiles ?? []).map(({ label, value: { ms, isAtLeast } }) => ({
          percent: Number(label.slice(1)),
          ms,
          isAtLeast,
        }));
        told.assertLaw({ where: "dashboard", percentiles });
        const { p50Ms, p99Ms } = seconds.at(-1)!;
        if (p99Ms !== undefined) assert(p50Ms !== undefined && p50Ms <= p99Ms);
        assertEquals(p99Ms === undefined, windowP99 === undefined || windowP99.isAtLeast);
        const text = renderDashboard(
          live.at(0, { isStopping: false }),
          { columns: 120, rows: 40 },
          PLAIN_STYLE,
        );
        for (const { label, value } of figures?.percentiles ?? []) {
          if (value.isAtLeast) assert(text.some((line) => line.includes(label) && line.includes("≥")), label);
        }
      }
    }),
    { numRuns: 30 },
  );
});
