/** The timeline made of what threads tell each second. */
import { assertEquals } from "@std/assert";
import { Timeline } from "../../../src/result/series/timeline.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "../../../src/metrics/snapshot.ts";
import { stepOf } from "../../_support/outcomes.ts";

/** A window with some successes. */
function windowOf(fromMs: number, toMs: number, count: number): Snapshot {
  return {
    ...EMPTY_SNAPSHOT,
    fromMs,
    toMs,
    steps: [stepOf({ statuses: { "200": count }, succeeded: count })],
  };
}

for (
  const [title, windows, expected] of [
    ["nothing", [], []],
    ["one second", [[0, 1000, 5]], [[0, 1000, 5]]],
    ["a run shorter than a window should be", [[0, 40, 2]], [[0, 40, 2]]],
    ["whole seconds", [[0, 1000, 1], [1000, 2000, 2], [2000, 3000, 3]], [[0, 1000, 1], [1000, 2000, 2], [
      2000,
      3000,
      3,
    ]]],
    ["a last window worth one", [[0, 1000, 1], [1000, 2000, 2], [2000, 2101, 3]], [[0, 1000, 1], [
      1000,
      2000,
      2,
    ], [
      2000,
      2101,
      3,
    ]]],
    ["a last window that is a stub", [[0, 1000, 1], [1000, 2000, 2], [2000, 2003, 4]], [[0, 1000, 1], [
      1000,
      2003,
      6,
    ]]],
    [
      "a slot that stood still for three seconds of another's",
      [[0, 1001, 1], [1000, 2000, 2], [2000, 3001, 3], [1001, 4550, 4], [4000, 5001, 5], [5001, 6000, 6]],
      [[0, 1000, 1], [1000, 2000, 2], [2000, 3001, 3], [3001, 4000, 4], [4000, 5001, 5], [5001, 6000, 6]],
    ],
    [
      "what comes after its second was told",
      [[0, 1000, 1], [1000, 3000, 2], [500, 2500, 3], [3000, 4000, 4]],
      [
        [0, 1000, 1],
        [1000, 3000, 5],
        [3000, 4000, 4],
      ],
    ],
    ["two windows, the last a stub", [[0, 1000, 1], [1000, 1002, 4]], [[0, 1002, 5]]],
  ] as const
) {
  Deno.test(`Timeline gives a point for each window: ${title}`, () => {
    const timeline = new Timeline();
    for (const [fromMs, toMs, count] of windows) timeline.add(windowOf(fromMs, toMs, count));
    const points = timeline.points().map(({ fromMs, toMs, requests }) => [fromMs, toMs, requests]);
    assertEquals(points, expected.map((point) => [...point]));
  });
}
