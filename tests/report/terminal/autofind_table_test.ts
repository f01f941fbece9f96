/** The table of a search. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { PLAIN_STYLE } from "../../../src/lib/style.ts";
import { autofindStepLine, autofindTable } from "../../../src/report/terminal/autofind_table.ts";
import type { AutofindResult } from "../../../src/result/autofind_result.ts";
import type { AutofindStep } from "../../../src/result/autofind_step.ts";

function step(
  load: number,
  rps: number,
  ms: readonly number[],
  changes: Partial<AutofindStep> = {},
): AutofindStep {
  const [p50, p95, p99] = ms.map((value) => ({ ms: value, isAtLeast: false }));
  return {
    load,
    verdict: "passed",
    reasons: [],
    requestsPerSecond: rps,
    p50: p50!,
    p95: p95!,
    p99: p99!,
    errorRatePercent: 0,
    requests: 100,
    errors: 0,
    samples: 100,
    durationMs: 30_000,
    isGeneratorLimited: false,
    ...changes,
  };
}

const FOUND: AutofindResult = {
  by: "users",
  url: "http://127.0.0.1/",
  limits: { maxErrorRatePercent: 1, maxP95Ms: 5000 },
  stepDurationMs: 30_000,
  best: 160,
  firstFailed: 320,
  reachedMax: false,
  interrupted: false,
  steps: [
    step(10, 9.8, [120, 180, 200]),
    step(160, 140.2, [350, 1200, 2100]),
    step(320, 135.5, [2100, 8500, 15_200], {
      verdict: "failed",
      reasons: ["p95 8.50s is above 5s"],
      errorRatePercent: 5.2,
      p99: { ms: 15_200, isAtLeast: true },
    }),
    {
      load: 240,
      verdict: "interrupted",
      reasons: [],
      requests: 0,
      errors: 0,
      samples: 0,
      durationMs: 0,
      isGeneratorLimited: false,
    },
  ],
};

Deno.test("autofindTable() shows the load found and the steps in run order", () => {
  assertEquals(
    autofindTable(FOUND),
    `
============================================================
  AUTOFIND RESULTS
============================================================
  Maximum sustainable load: 160 users
  The limit lies between 160 and 320 users
  At 320: p95 8.50s is above 5s

  By load; the bars are p50 █ and p99 ▒, each step to the right 1.5 times the time; ┊ is the limit on p95:
  Users |      RPS |     p50 |     p95 |     p99 | Errors | Status
     10 |      9.8 |   120ms |   180ms |   200ms |   0.0% | OK    █▒        ┊
    160 |    140.2 |   350ms |    1.2s |    2.1s |   0.0% | OK    ████▒▒▒▒  ┊
    240 |        – |       – |       – |       – |      – | CUT
    320 |    135.5 |    2.1s |    8.5s |  ≥15.2s |   5.2% | FAIL  ████████▒▒▒▒▒
============================================================
`.trimStart(),
  );
});

Deno.test("autofindTable() says when nothing was found, the maximum was reached, or the search was cut short", () => {
  const { best: _, ...none } = FOUND;
  assertStringIncludes(autofindTable(none), "Maximum sustainable load: could not be determined\n");
  assertStringIncludes(autofindTable({ ...FOUND, reachedMax: true }), "largest load tried");
  assertStringIncludes(
    autofindTable({ ...FOUND, interrupted: true }),
    "was interrupted: the server may sustain more\n",
  );
  const cut = autofindTable({ ...none, interrupted: true });
  assertStringIncludes(cut, "could not be determined\n  The search was interrupted\n");
});

Deno.test("autofindTable() of a search by rate names rates", () => {
  const text = autofindTable({ ...FOUND, by: "rate", best: 12_800 });
  assertStringIncludes(text, "Maximum sustainable load: 12,800 iterations/s\n");
  assertStringIncludes(text, "\n   Rate |      RPS |");
});

Deno.test("autofindTable() keeps its columns under long numbers", () => {
  const lines = autofindTable({ ...FOUND, steps: [...FOUND.steps, step(1_000_000, 1_234_567.8, [1, 2, 3])] })
    .split("\n").filter((line) => line.includes("|"));
  assertEquals(new Set(lines.map((line) => line.indexOf("|"))).size, 1);
  assertEquals(new Set(lines.map((line) => line.lastIndexOf("|"))).size, 1);
});

Deno.test("autofindTable() fits narrow terminals: bars are shorter, or left out", () => {
  for (const width of [60, 76, 84]) {
    const lines = autofindTable(FOUND, { width }).split("\n");
    assertEquals(lines.filter((line) => line.length > width), []);
    assertEquals(lines.some((line) => line.includes("█▒")), width > 70);
  }
});

Deno.test("autofindTable() paints the verdicts alone", () => {
  const marked = (mark: string) => (text: string) => `${mark}${text}${mark}`;
  const text = autofindTable(FOUND, {
    style: { ...PLAIN_STYLE, good: marked("+"), bad: marked("-"), warning: marked("~") },
  });
  const painted = text.split("\n").filter((line) => / [-+~]\w+[-+~]/.test(line));
  assertEquals(painted.map((line) => line.split("| ").at(-1)!.split(" ")[0]), [
    "+OK+",
    "+OK+",
    "~CUT~",
    "-FAIL-",
  ]);
});

Deno.test("autofindStepLine() tells a step in a line, with what it failed for", () => {
  assertEquals(
    autofindStepLine(FOUND.steps[0]!, "users"),
    "10 users: 9.8 req/s, p95 180ms, 0.0% errors: OK",
  );
  assertEquals(
    autofindStepLine(FOUND.steps[2]!, "rate"),
    "320 iterations/s: 135.5 req/s, p95 8.5s, 5.2% errors: FAIL (p95 8.50s is above 5s)",
  );
});
