/** HdrHistogram's interval logs, as its JavaScript library wrote them: every percentile is the one that it told. */
import { assertEquals } from "@std/assert";
import { EMPTY_STEP_STATS } from "../../../src/metrics/snapshot.ts";
import { percentileOf } from "../../../src/metrics/stats.ts";
import { readHdrLog } from "../../../src/result/foreign/hdr_log.ts";

const log = (name: string) =>
  Deno.readTextFile(new URL(`../../../fixtures/hlog/${name}.hlog`, import.meta.url));

/** What `getValueAtPercentile` of the library says for the sum of the intervals, in the log's own unit. */
const TOLD = { 50: 1_442_815, 95: 7_004_159, 99: 11_427_839, 99.9: 16_646_143 };

for (const [name, unitsPerMs] of [["microseconds", 1e3], ["nanoseconds", 1e6]] as const) {
  Deno.test(`a log in ${name}, intervals and tags together`, async () => {
    const run = readHdrLog(await log(name))!;
    assertEquals([run.requests, run.perSecond], [3000, 1000]);
    for (const [percentile, told] of Object.entries(TOLD)) {
      const found = percentileOf({ ...EMPTY_STEP_STATS, latency: run.latency! }, Number(percentile))!;
      // Values are kept in whole µs, with three significant digits.
      assertEquals(
        Math.abs(found.ms / (told / unitsPerMs) - 1) < 0.0015,
        true,
        `p${percentile}: ${found.ms}`,
      );
    }
  });
}

Deno.test("what is no log of histograms is none, and a torn line is not taken for one", async () => {
  const text = await log("nanoseconds");
  assertEquals(readHdrLog("StartTimestamp 1,2,3"), undefined);
  assertEquals(readHdrLog(text.split("\n").slice(0, 4).join("\n")), undefined);
  assertEquals(readHdrLog(text.replace(/HISTFA\w+/g, "HISTAA")), undefined);
});
