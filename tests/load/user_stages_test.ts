/** Numbers of users that change over time. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../src/lib/errors.ts";
import { parseUserStages, periodsAbove, userStages } from "../../src/load/user_stages.ts";

Deno.test("parseUserStages() reads lines from one number of users to the next", () => {
  assertEquals(parseUserStages("30s@50, 1m@200,0s@10,500ms@0"), [
    [0, 0],
    [30_000, 50],
    [90_000, 200],
    [90_000, 10],
    [90_500, 0],
  ]);
  assertEquals(userStages.format!(parseUserStages("30s@50,1m@200")), "30s@50,60s@200");
});

Deno.test("parseUserStages() says what is wrong with stages", () => {
  for (
    const [text, message] of [
      ["30s", "expected DURATION@USERS"],
      ["30s@x", 'stage "30s@x"'],
      ["", "stages that take time"],
      ["0s@5", "stages that take time"],
      ["5s@0", "a stage with users"],
    ] as const
  ) assertThrows(() => parseUserStages(text), UsageError, message);
});

Deno.test("periodsAbove() knows jumps, and users who come back", () => {
  const stages = parseUserStages("0s@2,10s@2,10s@0,10s@2");
  assertEquals(periodsAbove(stages, 0), [[0, 20_000], [20_000, 30_000]]);
  assertEquals(periodsAbove(stages, 1), [[0, 15_000], [25_000, 30_000]]);
  assertEquals(periodsAbove(stages, 2), []);
});

Deno.test("as many users are at work at any time as the line says", () => {
  const stage = fc.record({ seconds: fc.nat(20), users: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(stage, { minLength: 1, maxLength: 6 }), fc.nat(1000), (list, thousandths) => {
      const stages: [number, number][] = [[0, 0]];
      for (const { seconds, users } of list) stages.push([stages.at(-1)![0] + seconds * 1000, users]);
      const endMs = stages.at(-1)![0];
      const atMs = endMs * thousandths / 1000 + 0.123;
      const next = stages.findIndex(([ms]) => ms > atMs);
      if (next < 1) return;
      const [[fromMs, from], [toMs, to]] = [stages[next - 1]!, stages[next]!];
      const level = from + (to - from) * (atMs - fromMs) / (toMs - fromMs);
      const working = Array.from({ length: 21 }, (_, user) => user).filter((user) =>
        periodsAbove(stages, user).some(([start, end]) => start < atMs && atMs < end)
      );
      // Within rounding of a crossing, one more or less.
      if (Math.abs(level - Math.round(level)) > 1e-6) assertEquals(working.length, Math.ceil(level));
    }),
  );
});
