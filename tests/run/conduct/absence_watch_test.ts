/** A run whose first second brings nothing but failed attempts to connect ends; any other goes on. */
import { assertEquals, assertThrows } from "@std/assert";
import { RunError } from "../../../src/lib/errors.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "../../../src/metrics/snapshot.ts";
import { watchAbsence } from "../../../src/run/conduct/absence_watch.ts";
import { stepOf } from "../../_support/outcomes.ts";
import { planFor } from "../../_support/plan.ts";

const PLAN = planFor("http://shop.test/", { kind: "duration", connections: 1, durationMs: 1000 });
const tick = (total: Partial<Snapshot>) => {
  const whole = { ...EMPTY_SNAPSHOT, ...total };
  return { total: whole, window: whole } as unknown as Parameters<
    ReturnType<typeof watchAbsence>["observe"]
  >[0];
};
const failed = (kind: string) => ({ steps: [stepOf({ failed: 3, failures: { [kind]: 3 } })] });

Deno.test("refused connections alone end the run, which says where", () => {
  const watch = watchAbsence(PLAN);
  watch.observe(tick(failed("connection_refused")));
  assertEquals(watch.signal.aborted, true);
  assertThrows(watch.check, RunError, "Cannot connect to shop.test: connection refused");
});

Deno.test("whatever else is seen first decides that somebody is there", () => {
  for (
    const first of [
      { ...failed("connection_refused"), connects: 1 },
      failed("timeout"),
      { steps: [stepOf({ succeeded: 1, failed: 3, failures: { connection_refused: 3 } })] },
    ]
  ) {
    const watch = watchAbsence(PLAN);
    watch.observe(tick(first));
    watch.observe(tick(failed("connection_refused")));
    assertEquals(watch.signal.aborted, false, JSON.stringify(first));
    watch.check();
  }
});

Deno.test("a second in which nothing ended decides nothing", () => {
  const watch = watchAbsence(PLAN);
  watch.observe(tick({}));
  assertEquals(watch.signal.aborted, false);
  watch.observe(tick(failed("connection_refused")));
  assertEquals(watch.signal.aborted, true);
});
