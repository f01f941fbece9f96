import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import * as v from "valibot";
import { snapshotSchema, snapshotText } from "../../src/metrics/snapshot_codec.ts";
import { EMPTY_SNAPSHOT, mergeSnapshots, type Snapshot } from "../../src/metrics/snapshot.ts";
import { anySnapshot, histogramFrom, plain } from "../fleet/_snapshots.ts";

function sent(snapshot: Snapshot): Snapshot {
  return v.parse(snapshotSchema, JSON.parse(snapshotText(snapshot)));
}

function isAccepted(latency: unknown): boolean {
  const parts = JSON.parse(snapshotText({ ...EMPTY_SNAPSHOT, startDelay: histogramFrom([5]) }));
  return v.safeParse(snapshotSchema, { ...parts, startDelay: latency }).success;
}

Deno.test("a snapshot arrives as it was sent, bucket by bucket", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => assertEquals(plain(sent(snapshot)), plain(snapshot))),
    { numRuns: 200 },
  );
  assertEquals(sent(EMPTY_SNAPSHOT), EMPTY_SNAPSHOT);
});

Deno.test("merging what arrived is what arrives of the merged", () => {
  fc.assert(
    fc.property(anySnapshot, anySnapshot, (a, b) => {
      assertEquals(plain(mergeSnapshots(sent(a), sent(b))), plain(sent(mergeSnapshots(a, b))));
    }),
    { numRuns: 100 },
  );
});

Deno.test("a histogram costs what it holds, not what it spans", () => {
  const text = snapshotText(histogramFrom([1, 4_000_000_000]));
  assertLess(text.length, 100, text);
});

Deno.test("a histogram that contradicts itself is refused", () => {
  assert(isAccepted([2, 5, 7, 12, 74, 5, [1, -1, 1]]));
  for (
    const [why, parts] of Object.entries({
      "count is not the sum of counts": [3, 5, 7, 12, 74, 5, [1, -1, 1]],
      "counts end before the maximum": [2, 5, 7, 12, 74, 5, [2]],
      "offset is not that of the minimum": [2, 5, 7, 12, 74, 4, [1, -1, 1]],
      "more buckets than there are": [2, 5, 7, 12, 74, 5, [1, -1_000_000_000, 1]],
      "a zero that is no run": [2, 5, 7, 12, 74, 5, [1, 0, 1]],
      "a fraction": [2, 5, 7, 12, 74, 5, [1.5, -1, 0.5]],
      "begins with zeros": [1, 5, 7, 12, 74, 5, [-2, 1]],
      "values without a count": [0, 0, 0, 0, 0, 0, [1]],
      "too few parts": [1, 5, 5, 5],
    })
  ) assertEquals(isAccepted(parts), false, why);
});
