/** Pauses between recorded requests. */
import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { pausesAfter } from "../../../src/convert/har/think_time.ts";

const times = (...list: [number, number][]) => list.map(([startMs, durationMs]) => ({ startMs, durationMs }));

Deno.test("pausesAfter() gives each gap to the request before it", () => {
  const rows: [string, [number, number][], number, number[]][] = [
    ["nothing recorded", [], 1, []],
    ["one request has no pause", [[0, 10]], 1, [0]],
    ["from the end of one to the start of the next", [[0, 500], [2000, 100], [2350, 1]], 1, [1.5, 0.25, 0]],
    ["overlapping requests have none", [[0, 500], [100, 10]], 1, [0, 0]],
    ["never above 30 s, factor included", [[0, 0], [40_000, 0], [60_000, 0]], 2, [30, 30, 0]],
    ["a factor of 0", [[0, 0], [1000, 0]], 0, [0, 0]],
    ["two decimals", [[0, 0], [1234.56, 0]], 1, [1.23, 0]],
    ["what runs beside another ends before it", [[0, 3000], [100, 50], [4000, 50]], 1, [0, 1, 0]],
    ["an unknown start costs the pause before it", [[0, 10], [2500, 10], [NaN, 10], [5000, 10]], 1, [
      2.49,
      0,
      2.48,
      0,
    ]],
    ["an unknown start at the beginning", [[NaN, 700], [5000, 300], [9000, 100]], 1, [0, 3.7, 0]],
    ["without any start", [[NaN, 700], [NaN, 300]], 1, [0, 0]],
  ];
  for (const [what, recorded, multiplier, expected] of rows) {
    assertEquals(pausesAfter(times(...recorded), multiplier), expected, what);
  }
});

Deno.test("pausesAfter() adds up to the time in which no request ran", () => {
  const tens = (max: number) => fc.integer({ min: 0, max }).map((n) => n * 10);
  fc.assert(fc.property(fc.array(fc.tuple(tens(200), tens(50)), { minLength: 1, maxLength: 12 }), (list) => {
    const recorded = times(...list.toSorted(([a], [b]) => a - b));
    const idle = Array.from({ length: recorded.at(-1)!.startMs / 10 }, (_, slot) => slot * 10).filter((at) =>
      at >= recorded[0]!.startMs &&
      !recorded.some(({ startMs, durationMs }) => startMs <= at && at < startMs + durationMs)
    );
    const sum = pausesAfter(recorded, 1).reduce((a, b) => a + b, 0);
    assertEquals(Math.round(sum * 100), idle.length);
  }));
});
