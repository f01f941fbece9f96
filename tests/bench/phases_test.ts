/** Phases of requests against a target that makes each one last as long as it is told to. */
import { assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { canIsolate, measurePhases } from "./phases_run.ts";

const isPossible = await canIsolate();
if (!isPossible) {
  // deno-lint-ignore no-console -- a skipped test must be seen
  console.warn(
    "Skipped: no network of its own can be made (unshare -n, as root) to know the delay of each phase",
  );
}

/** A busy machine adds this much to a median at most; `deno task bench:phases` asks for 2 ms on a quiet one. */
const BUSY_MS = 50;
/** Each longer than that, so that a phase counted with another shows. */
const DELAYS = { dns: 60, connect: 110, tls: 170, ttfb: 230, transfer: 290 };

Deno.test({
  name: "each phase is reported as long as it is made to last, and no phase takes in another",
  ignore: !isPossible,
  async fn() {
    for (const row of await measurePhases(7, DELAYS)) {
      assertEquals(row.count, 7);
      // Shorter than the truth is never an accident, but for what the two medians differ by themselves, and where a busy
      // machine reads the head of a response late: that is counted with the first byte.
      const lateMs = row.phase === "transfer" ? BUSY_MS : 0.1;
      assertGreaterOrEqual(row.withMs, row.delayMs - lateMs, row.phase);
      assertLess(row.errorMs, BUSY_MS, row.phase);
    }
  },
});
