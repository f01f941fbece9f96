/** The cases of the selftest cover what is claimed. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { selftestCases, stalledPercentile } from "../../src/selftest/cases.ts";

Deno.test("stalledPercentile() is what sorting the waits gives", () => {
  for (const [seconds, stallMs] of [[10, 1000], [3, 500], [6, 6000]] as const) {
    const arrivals = Array.from({ length: 20_000 * seconds }, (_, i) => i / 20);
    const startMs = (seconds * 1000 - stallMs) / 2;
    const waits = arrivals.map((at) => at < startMs || at >= startMs + stallMs ? 0 : startMs + stallMs - at)
      .sort((a, b) => a - b);
    for (const p of [50, 90, 95, 99, 99.9]) {
      const expected = waits[Math.ceil(p / 100 * waits.length) - 1]!;
      assertAlmostEquals(stalledPercentile(p, { seconds, stallMs }), expected, 1, `p${p} of ${seconds} s`);
    }
  }
});

Deno.test("the cases cover what is claimed, in both lengths", () => {
  for (const isQuick of [false, true]) {
    const cases = selftestCases(isQuick, { hasPrograms: false });
    const paths = cases.map(({ target }) => target.kind === "cut" ? "cut" : target.path.split("/")[1]);
    assertEquals(paths, [
      "delay",
      "bytes",
      "stall",
      "hang",
      "cut",
      "ws",
      "ws",
      "ws",
      "sse",
      "tokens",
      "capacity",
    ]);
    assert(cases.every(({ checks }) => checks.length > 0));
  }
});

Deno.test("differences, precision and warm-up are cases of their own, which only whole selftests have", () => {
  const certain = selftestCases(false).slice(selftestCases(false, { hasPrograms: false }).length);
  assertEquals(certain.map(({ job }) => job.against ?? job.until ?? job.findsWarmup), [
    "/random/20/4",
    "/delay/30",
    "p50 ± 20%",
    true,
  ]);
  assertEquals(selftestCases(true).length, selftestCases(true, { hasPrograms: false }).length);
});
