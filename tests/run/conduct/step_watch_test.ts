/** Steps of a search end when it is clear how they will be judged. */
import { assertEquals } from "@std/assert";
import { EMPTY_SNAPSHOT } from "../../../src/metrics/snapshot.ts";
import { watchStep } from "../../../src/run/conduct/step_watch.ts";
import { histogramOf, stepOf } from "../../_support/outcomes.ts";

const LIMITS = { maxErrorRatePercent: 1, maxP95Ms: 100 };

/** When a watch ends a step whose seconds have these latencies in ms, and so many requests; `undefined`: it does not. */
function ends(
  seconds: readonly { readonly ms: number; readonly requests?: number; readonly failed?: number }[],
  changes: Partial<Parameters<typeof watchStep>[0]> = {},
): number | undefined {
  const watch = watchStep({ by: "rate", load: 50, limits: LIMITS, minMs: 0, ...changes });
  seconds.forEach(({ ms, requests = 50, failed = 0 }, i) => {
    const latency = histogramOf(...new Array<number>(requests).fill(ms));
    const window = {
      ...EMPTY_SNAPSHOT,
      fromMs: i * 1000,
      toMs: i * 1000 + 1000,
      steps: [stepOf({ latency, succeeded: requests - failed, failed })],
    };
    watch.observe({ atMs: window.toMs, window, total: window, threads: 1 });
  });
  assertEquals(watch.signal.aborted, watch.clearMs !== undefined);
  return watch.clearMs;
}

const times = (n: number, second: Parameters<typeof ends>[0][number]) => new Array(n).fill(second);

Deno.test("a step ends after three seconds that all keep the limits easily, or all break one by far", () => {
  assertEquals(ends(times(6, { ms: 20 })), 3000);
  assertEquals(ends(times(6, { ms: 300 })), 3000);
  assertEquals(ends(times(6, { ms: 20, failed: 10 })), 3000);
  assertEquals(ends([{ ms: 300 }, ...times(6, { ms: 20 })]), 4000);
});

Deno.test("a step that is close to a limit, or goes to and fro, is measured to its end", () => {
  assertEquals(ends(times(20, { ms: 80 })), undefined);
  assertEquals(ends(times(20, { ms: 130 })), undefined);
  assertEquals(ends(Array.from({ length: 20 }, (_, i) => ({ ms: i % 3 === 0 ? 300 : 20 }))), undefined);
  assertEquals(ends(times(5, { ms: 20, requests: 2 }), { load: 2 }), undefined);
});

Deno.test("a rate must be served, and users have time for their pauses", () => {
  assertEquals(ends(times(9, { ms: 20, requests: 30 })), 4000);
  assertEquals(ends(times(9, { ms: 20, requests: 30 }), { by: "users", minMs: 7000 }), 7000);
});
