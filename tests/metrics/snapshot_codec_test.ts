/** Snapshots on the wire: all arrives, briefly, and contradictions are refused. */
import { assert, assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import * as v from "valibot";
import { snapshotSchema, snapshotText } from "../../src/metrics/snapshot_codec.ts";
import { EMPTY_SNAPSHOT, mergeSnapshots, type Snapshot } from "../../src/metrics/snapshot.ts";
import { anySnapshot, histogramFrom, plain } from "../fleet/_snapshots.ts";
import { fuzzRuns } from "../_support/fuzz.ts";

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
    { numRuns: fuzzRuns(200) },
  );
  assertEquals(sent(EMPTY_SNAPSHOT), EMPTY_SNAPSHOT);
});

Deno.test("merging what arrived is what arrives of the merged", () => {
  fc.assert(
    fc.property(anySnapshot, anySnapshot, (a, b) => {
      assertEquals(plain(mergeSnapshots(sent(a), sent(b))), plain(sent(mergeSnapshots(a, b))));
    }),
    { numRuns: fuzzRuns(100) },
  );
});

Deno.test("a histogram costs what it holds, not what it spans", () => {
  const text = snapshotText(histogramFrom([1, 4_000_000_000]));
  assertLess(text.length, 120, text);
});

Deno.test("a histogram that contradicts itself is refused", () => {
  const parts = { count: 2, min: 5, max: 7, sum: 12, sumOfSquares: 74, buckets: "5:1 2:1" };
  assert(isAccepted(parts));
  for (
    const [why, wrong] of Object.entries({
      "count is not the sum of counts": { count: 3 },
      "buckets end before the maximum": { buckets: "5:2" },
      "the first is not that of the minimum": { buckets: "4:1 3:1" },
      "buckets beyond the maximum": { buckets: "5:1 99999:1" },
      "a bucket of nothing": { buckets: "5:1 1:0 1:1" },
      "a bucket twice": { buckets: "5:1 0:1 2:1", count: 3 },
      "a fraction": { buckets: "5:1.5 2:0.5" },
      "a maximum beyond all": { max: 2 ** 32 },
      "values without a count": { count: 0 },
      "a count without values": { buckets: "" },
      "no text": { buckets: [5, 1] },
      "no object": 5,
    })
  ) assertEquals(isAccepted(typeof wrong === "object" ? { ...parts, ...wrong } : wrong), false, why);
});
