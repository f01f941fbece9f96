/** What a long run of many steps takes as JSON, beside a baseline that is as long. */
import { assertEquals, assertLess } from "@std/assert";
import { Random } from "../../../src/lib/random.ts";
import { jsonText } from "../../../src/lib/json/json_text.ts";
import { appendSnapshot, EMPTY_SNAPSHOT, type Snapshot } from "../../../src/metrics/snapshot.ts";
import { toJsonDocument } from "../../../src/result/document/json_document.ts";
import { Timeline } from "../../../src/result/series/timeline.ts";
import { histogramOf, outcomeOf, scenarioPlan, scenarioStep, stepOf } from "../../_support/outcomes.ts";

const SECONDS = 3600;
const STEPS = 20;
const MAX_JSON_BYTES = 5_000_000;

Deno.test("an hour of 20 steps is less than 5 MB of JSON, with its baseline", () => {
  const random = new Random(3);
  const seconds = Array.from({ length: 60 }, () =>
    Array.from({ length: STEPS }, (_, step) => {
      const times = Array.from({ length: 12 }, () => (100 + random.fraction() ** 3 * 900) * (step + 1));
      return { ...stepOf({ latency: histogramOf(...times), statuses: { "200": 12 }, succeeded: 12 }), step };
    }));
  const timeline = new Timeline();
  let total: Snapshot = EMPTY_SNAPSHOT;
  for (let second = 0; second < SECONDS; second++) {
    const steps = seconds[(second * 7 + Math.floor(second / 60)) % seconds.length]!;
    const window = { ...EMPTY_SNAPSHOT, fromMs: second * 1000, toMs: (second + 1) * 1000, users: 10, steps };
    timeline.add(window);
    if (second < seconds.length) total = appendSnapshot(total, window);
  }
  const plan = scenarioPlan(
    "Hour",
    Array.from({ length: STEPS }, (_, i) => scenarioStep(`The step number ${i}`, `/path/to/${i}`)),
    { kind: "duration", connections: 10, durationMs: SECONDS * 1000 },
  );
  const outcome = outcomeOf(plan, total.steps, {
    result: { durationMs: SECONDS * 1000, timeline: timeline.points(), series: timeline.series() },
  });
  assertEquals(outcome.result.timeline.length, SECONDS);
  assertEquals(outcome.result.series!.steps.length, STEPS);
  assertLess(jsonText(toJsonDocument({ ...outcome, before: outcome.result })).length, MAX_JSON_BYTES);
});
