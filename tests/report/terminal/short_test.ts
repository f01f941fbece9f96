/** The short report fits the terminal and keeps the lines that scripts read. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { terminalReporter } from "../../../src/report/terminal/terminal.ts";
import type { Outcome } from "../../../src/result/outcome.ts";
import { assertGolden } from "../../_support/golden.ts";
import {
  emptyOutcome,
  hugeOutcome,
  openLoopOutcome,
  ordinaryOutcome,
  tinyOutcome,
} from "../../_support/outcomes.ts";

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
  const full = terminalReporter.render(ordinaryOutcome(), { color: false }).split("\n");
  const lines = short(ordinaryOutcome(), 80).split("\n");
  const read =
    /^ {2}(?:Total Requests|Total Errors|Requests\/sec|Transfer\/sec): |^ {4}p[\d.]+ +\S+(?: s)?$|PASS$|FAIL$/;
  const kept = full.filter((line) => read.test(line));
  assert(kept.length > 8);
  for (const line of kept) assert(lines.includes(line), `lost: ${line}`);
});

Deno.test("a quiet report is two lines", () => {
  const text = terminalReporter.render(hugeOutcome(), { color: false, detail: "quiet" });
  assertEquals(text.trimEnd().split("\n").length, 2);
});
