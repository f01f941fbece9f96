/** Servers that stopped responding, by what was recorded. */
import { assertEquals } from "@std/assert";
import { EMPTY_SNAPSHOT, type Snapshot, type StepStats } from "../../src/metrics/snapshot.ts";
import { type Silence, silenceOf } from "../../src/result/silence.ts";
import { findingsOf, isSound } from "../../src/result/trust.ts";
import { histogramOf, outcomeOf, stepOf } from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";

const LOAD = { kind: "duration", connections: 10, durationMs: 3000 } as const;
/** Responses after 5 ms. */
const FAST = { latency: histogramOf(...new Array(100).fill(5)) };

function resultOf(total: Partial<Snapshot>, ...steps: Partial<StepStats>[]) {
  const counts = steps.map((step, index) => stepOf({ step: index, ...step }));
  return outcomeOf(planFor("http://a.test/", LOAD), counts, {
    result: { durationMs: 3000, total: { ...EMPTY_SNAPSHOT, toMs: 3000, steps: counts, ...total } },
  }).result;
}

/** Requests in flight at the end, that had waited so long. */
function open(...ms: number[]): Partial<StepStats> {
  return { unfinished: ms.length, openWaits: histogramOf(...ms) };
}

const CASES: readonly (readonly [title: string, result: ReturnType<typeof resultOf>, Silence | undefined])[] =
  [
    ["nothing in flight", resultOf({ lastHeardMs: 2999 }, FAST), undefined],
    [
      "everything hangs",
      resultOf({ lastHeardMs: 1000, givenUpMs: 4000 }, { ...FAST, ...open(3000, 3001) }),
      { isWhole: true, sinceMs: 1000, lastedMs: 3000, silent: 2, inFlight: 2 },
    ],
    [
      "one of two hangs",
      resultOf({ lastHeardMs: 2999, givenUpMs: 4000 }, { ...FAST, ...open(2500), unfinished: 2 }),
      { isWhole: false, sinceMs: 1500, lastedMs: 2500, silent: 1, inFlight: 2 },
    ],
    [
      "all hang since just before the end",
      resultOf({ lastHeardMs: 2900, givenUpMs: 4000 }, { ...FAST, ...open(1100) }),
      { isWhole: false, sinceMs: 2900, lastedMs: 1100, silent: 1, inFlight: 1 },
    ],
    [
      "less than half a second",
      resultOf({ lastHeardMs: 2999, givenUpMs: 3490 }, { ...FAST, ...open(490) }),
      undefined,
    ],
    [
      "less than ten medians",
      resultOf({ lastHeardMs: 2999, givenUpMs: 4000 }, { latency: histogramOf(200, 200), ...open(1990) }),
      undefined,
    ],
    [
      "a slow step beside a fast one",
      resultOf({ lastHeardMs: 2999, givenUpMs: 4000 }, FAST, { latency: histogramOf(300), ...open(2900) }),
      undefined,
    ],
    [
      "a step that never responded",
      resultOf({ lastHeardMs: 2999, givenUpMs: 4000 }, FAST, open(2900)),
      { isWhole: false, sinceMs: 1100, lastedMs: 2900, silent: 1, inFlight: 1 },
    ],
    [
      "error statuses only",
      resultOf({ lastHeardMs: 1000, givenUpMs: 4000 }, { failedLatency: histogramOf(5, 5), ...open(3000) }),
      { isWhole: true, sinceMs: 1000, lastedMs: 3000, silent: 1, inFlight: 1 },
    ],
    [
      "an open loop judges by the time from sending",
      resultOf({ lastHeardMs: 2999, givenUpMs: 4000 }, {
        latency: histogramOf(900, 900),
        serviceLatency: histogramOf(5, 5),
        ...open(1500),
      }),
      { isWhole: false, sinceMs: 2500, lastedMs: 1500, silent: 1, inFlight: 1 },
    ],
    [
      "each of the last requests timed out",
      resultOf({ lastHeardMs: 1000, givenUpMs: 3100 }, { ...FAST, failed: 20, failures: { timeout: 20 } }),
      { isWhole: true, sinceMs: 1000, lastedMs: 2100, silent: 0, inFlight: 0 },
    ],
    [
      "time-outs in between",
      resultOf({ lastHeardMs: 2999, givenUpMs: 2000 }, { ...FAST, failed: 20, failures: { timeout: 20 } }),
      undefined,
    ],
    ["nothing ever came", resultOf({ givenUpMs: 4000 }, open(4000)), undefined],
  ];

for (const [title, result, expected] of CASES) {
  Deno.test(`silenceOf() on ${title}: ${expected === undefined ? "none" : expected.isWhole ? "whole" : "in part"}`, () => {
    assertEquals(silenceOf(result), expected);
    assertEquals(findingsOf(result).map(({ kind }) => kind), expected === undefined ? [] : ["silent"]);
    assertEquals(isSound(result), expected === undefined);
  });
}

Deno.test("findingsOf() says since when nothing came, and how much was in flight", () => {
  const texts = CASES.map(([, result]) =>
    findingsOf(result)[0]?.text.replace(/ Nothing came in.*| at the end.*/, "")
  );
  assertEquals(texts.slice(1, 4), [
    "No response since 1.0s; 2 requests in flight.",
    "1 of the requests in flight",
    "1 of the requests in flight",
  ]);
});
