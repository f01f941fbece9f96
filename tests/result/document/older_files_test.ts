/** A result that an earlier release wrote, under the names of then and without what was not counted then. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { EMPTY_HISTOGRAM } from "../../../src/metrics/histogram.ts";
import { REPORT_FORMS } from "../../../src/report/registry.ts";
import { terminalReporter } from "../../../src/report/terminal/terminal.ts";
import { toJsonDocument } from "../../../src/result/document/json_document.ts";
import { readJsonDocument } from "../../_support/read_json_document.ts";
import { restoreOutcome } from "../../../src/result/document/restore_outcome.ts";

const text = await Deno.readTextFile(new URL("../../../fixtures/older_result.json", import.meta.url));
const outcome = restoreOutcome(readJsonDocument(text, "older_result.json"), "older_result.json");

Deno.test("what an earlier release saved is read under its present names", () => {
  const { plan, total, lost } = outcome.result;
  assertEquals([plan.gracefulStopMs, lost[0]?.thread], [50, "thread 2"]);
  assertEquals([total.delayed, total.dropped, total.maxInFlight], [3, 7, 1]);
  const [thread] = total.threads;
  assertEquals([thread?.thread, thread?.runQueueWaitMs, thread?.cpuMs], [0, 74.00384499999996, 30]);
  const [step] = total.steps;
  assertEquals([step?.bytesReceived, step?.bytesSent, step?.latency.count], [260, 264, 2]);
  assertEquals(plan.scenario.flows[0]?.steps[0]?.kind, "http");
});

Deno.test("what an earlier release did not count is 0, or absent", () => {
  const { total } = outcome.result;
  assertEquals([total.failedConnects, total.continueWaits, total.continueWaitMs], [0, 0, 0]);
  assertEquals([total.limits, total.scheduleLag, total.steps[0]?.unfilled], [{}, EMPTY_HISTOGRAM, 0]);
  assertEquals("dropped" in total.steps[0]!, false);
});

Deno.test("every report can be made of what an earlier release saved, and be saved and read again", async () => {
  const reporters = [terminalReporter, ...await Promise.all(REPORT_FORMS.map(({ load }) => load()))];
  const again = restoreOutcome(readJsonDocument(JSON.stringify(toJsonDocument(outcome))), "again");
  for (const reporter of reporters) {
    const rendered = reporter.render(outcome, { color: false });
    assertEquals(reporter.render(again, { color: false }), rendered);
  }
  assertStringIncludes(terminalReporter.render(outcome, { color: false }), "Dropped:           7");
});
