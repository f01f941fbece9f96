/** The short report fits the terminal and keeps the lines that scripts read. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { terminalReporter } from "../../../src/report/terminal/terminal.ts";
import type { Outcome } from "../../../src/result/outcome.ts";
import { assertGolden } from "../../_support/golden.ts";
import {
  emptyOutcome,
  histogramOf,
  hugeOutcome,
  openLoopOutcome,
  ordinaryOutcome,
  outcomeOf,
  stepOf,
  tinyOutcome,
} from "../../_support/outcomes.ts";
import { planFor } from "../../_support/plan.ts";

const OUTCOMES: Readonly<Record<string, () => Outcome>> = {
  empty: emptyOutcome,
  tiny: tinyOutcome,
  ordinary: ordinaryOutcome,
  open_loop: openLoopOutcome,
};

function short(outcome: Outcome, width: number): string {
  return terminalReporter.render(outcome, { color: false, detail: "short", width });
}

for (const [name, outcome] of Object.entries(OUTCOMES)) {
  for (const width of [60, 80, 120]) {
    Deno.test(`the short report of the ${name} outcome fits ${width} columns`, async () => {
      const text = short(outcome(), width);
      for (const line of text.split("\n")) assert(line.length <= width, `${line.length} columns: ${line}`);
      await assertGolden(`short_${name}_${width}.txt`, text);
    });
  }
}

Deno.test("the short report ends with the verdict and the main numbers", () => {
  const [verdict, numbers] = short(ordinaryOutcome(), 80).trimEnd().split("\n").slice(-2);
  assertEquals(verdict, "Failed: 2 of 3 thresholds not met");
  for (const part of ["req/s", "errors", "p50 ", "p95 ", "p99 "]) assertStringIncludes(numbers!, part);
});

Deno.test("the short report keeps the lines that scripts read", () => {
  const full = terminalReporter.render(ordinaryOutcome(), { color: false })
    // Failed responses have a line of their own in it.
    .replace(/\n {2}ERROR-STATUS LATENCY\n=+\n[^=]+/, "").split("\n");
  const lines = short(ordinaryOutcome(), 80).split("\n");
  const read =
    /^ {2}(?:Total Requests|Total Errors|Requests\/sec|Transfer\/sec): |^ {4}p[\d.]+ +\S+(?: s)?$|PASS$|FAIL$/;
  const kept = full.filter((line) => read.test(line));
  assert(kept.length > 8);
  for (const line of kept) assert(lines.includes(line), `lost: ${line}`);
});

/** What most people see: one URL, no errors, no options but the load. */
function plainOutcome(): Outcome {
  const plan = planFor("http://127.0.0.1:8080/", { kind: "duration", connections: 10, durationMs: 10_000 });
  // As many values in each of ten ranges, so that none can be put together.
  const latency = histogramOf(...Array.from({ length: 20_000 }, (_, i) => 1 + i / 1000));
  const step = stepOf({ latency, bodyBytes: 340_000, statuses: { "200": 20_000 } });
  const notes = [{
    level: "warning",
    text: "The load generator did not keep up, so latencies include its own delay. Other programs used the " +
      "CPU: a load thread waited for a core 72% of the time that it had work. Stop other programs, or use a " +
      "separate machine",
  }] as const;
  return outcomeOf(plan, [step], {
    result: {
      durationMs: 10_000,
      health: { cpuUserSec: 5, cpuSystemSec: 3, peakMemoryBytes: 1e8, cores: 2, clockResolutionMs: 0.0001 },
    },
    outcome: { notes, config: { command: "bench -c 10 -d 10s http://127.0.0.1:8080/" } },
  });
}

for (const width of [60, 80, 120]) {
  Deno.test(`a plain run's report has at most 45 lines of ${width} columns, and ends with what matters`, async () => {
    const text = short(plainOutcome(), width);
    await assertGolden(`short_plain_${width}.txt`, text);
    const lines = text.trimEnd().split("\n");
    assert(lines.length <= 45, `${lines.length} lines`);
    // What a screen of 24 rows shows when the shell has taken one for its prompt.
    const last = lines.slice(-23).join("\n");
    assertMatch(last, /^(?:Done|Errors|Failed|Passed): /m);
    assertMatch(last, /[\d.,]+ req\/s {2}0\.00% errors {2}p50 \S+ {2}p95 \S+\s+p99 \S+$/m);
  });
}

Deno.test("every short report ends with verdict, throughput, errors and percentiles on a screen of 24 rows", () => {
  for (const outcome of [ordinaryOutcome(), openLoopOutcome(), hugeOutcome()]) {
    const last = short(outcome, 80).trimEnd().split("\n").slice(-23).join("\n");
    assertMatch(last, /^(?:Done|Errors|Failed|Passed|Interrupted|Regressed): .+$/m);
    for (const part of [/req\/s/, /\d% errors/, /p50 /, /p95 /, /p99 /]) assertMatch(last, part);
  }
});

Deno.test("the short report says that bodies were not read", () => {
  const outcome = plainOutcome();
  const { result } = outcome;
  const client = { ...result.plan.client, leavesBody: true as const };
  const unread = { ...outcome, result: { ...result, plan: { ...result.plan, client } } };
  assertStringIncludes(short(unread, 120), "response bodies not read");
  const full = terminalReporter.render(unread, { color: false });
  assertStringIncludes(full, "  Response Bodies:   not read\n");
});

Deno.test("a quiet report is two lines", () => {
  const text = terminalReporter.render(hugeOutcome(), { color: false, detail: "quiet" });
  assertEquals(text.trimEnd().split("\n").length, 2);
});
