/** Phases of requests against a target that makes each one last as long as it is told to. */
import { assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { canIsolate, measurePhases, type PhaseRow } from "./phases_run.ts";

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

/**
 * How much shorter than the truth a median may be: what two medians differ by themselves, but where a busy machine reads the
 * head of a response late, since that is counted with the first byte.
 */
function lateMs(phase: string): number {
  return phase === "transfer" ? BUSY_MS : 0.1;
}

function isRight({ withMs, delayMs, errorMs, phase }: PhaseRow): boolean {
  return withMs >= delayMs - lateMs(phase) && errorMs < BUSY_MS;
}

Deno.test({
  name: "each phase is reported as long as it is made to last, and no phase takes in another",
  ignore: !isPossible,
  async fn() {
    // What is counted wrongly is so each time; a machine that stood still is not.
    const first = await measurePhases(7, DELAYS);
    for (const row of first.every(isRight) ? first : await measurePhases(7, DELAYS)) {
      assertEquals(row.count, 7);
      assertGreaterOrEqual(row.withMs, row.delayMs - lateMs(row.phase), row.phase);
      assertLess(row.errorMs, BUSY_MS, row.phase);
    }
  },
});
