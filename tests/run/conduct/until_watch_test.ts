/** When a run is ended because enough is known. */
import { assertEquals, assertGreater } from "@std/assert";
import { EMPTY_SNAPSHOT } from "../../../src/metrics/snapshot.ts";
import { parseUntil } from "../../../src/result/verdict/known_to.ts";
import { watchPrecision } from "../../../src/run/conduct/until_watch.ts";
import { histogramOf, stepOf } from "../../_support/outcomes.ts";
import { planFor } from "../../_support/plan.ts";

const PLAN = planFor("http://a.test/", { kind: "duration", connections: 1, durationMs: 3_600_000 });

/** Seconds of a run, as ticks; some of them of other lengths, in ms. */
function* ticks(count: number, lengths: Readonly<Record<number, number>>) {
  let atMs = 0;
  for (let i = 0; i < count; i++) {
    const lengthMs = lengths[i] ?? 1000;
    const requests = Math.round((90 + i * 7 % 20) * lengthMs / 1000);
    const latency = histogramOf(...Array.from({ length: requests }, (_, k) => 5 + k % 10));
    const window = {
      ...EMPTY_SNAPSHOT,
      fromMs: atMs,
      toMs: atMs += lengthMs,
      steps: [stepOf({ latency, succeeded: requests, statuses: { "200": requests } })],
    };
    yield { window, total: window, atMs, users: 1, threads: 1 };
  }
}

for (
  const [what, lengths] of [
    ["whole seconds", {}],
    ["a thread that once stood still", { 3: 2600, 4: 400 }],
    ["a thread that stands still again and again", { 3: 2600, 4: 400, 9: 1900, 10: 1100, 20: 1400, 21: 600 }],
  ] as const
) {
  Deno.test(`watchPrecision() ends a run when enough is known: ${what}`, () => {
    const watch = watchPrecision(PLAN, ["rps ± 10%", "p95 ± 20%", "error_rate ± 1%"].map(parseUntil));
    let seconds = 0;
    for (const tick of ticks(200, lengths)) {
      if (watch.isReached) break;
      watch.observe(tick);
      seconds++;
    }
    assertEquals(watch.isReached, true);
    assertGreater(60, seconds);
    assertEquals(watch.verdicts().map(({ isReached }) => isReached), [true, true, true]);
  });
}
