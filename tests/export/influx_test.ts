/** The InfluxDB line protocol. */
import { assertEquals, assertMatch } from "@std/assert";
import { influxExporter, linesOf } from "../../src/export/influx.ts";
import { emptyFrame, exportContext, exportValues, finalFrame } from "./sample_run.ts";

Deno.test("linesOf() writes counters as integers and the time in nanoseconds", () => {
  assertEquals(
    linesOf(emptyFrame(), { prefix: "bench", tags: { region: "eu" } }),
    "bench,region=eu requests_total=0i,errors_total=0i,requests_per_sec=0,success_rps=0,transfer_bytes_per_sec=0,duration_sec=1 " +
      "1700000001000000000\n",
  );
  assertMatch(
    linesOf(finalFrame(), { prefix: "bench", tags: {} }),
    /^bench requests_total=1010i,.*latency_max=1000 \d+\n$/,
  );
});

Deno.test("linesOf() escapes tags and leaves out empty ones", () => {
  const tags = { "a b": "x,y=z", c: "", d: "one\ntwo\\" };
  const [start] = linesOf(emptyFrame(), { prefix: "my bench", tags }).split(" requests_total");
  assertEquals(start, String.raw`my\ bench,a\ b=x\,y\=z,d=one\ two`);
});

Deno.test("the InfluxDB exporter writes to the version 1 path unless the URL has one", async () => {
  const urlOf = async (influx: string) => {
    const post = (await influxExporter.open(exportValues({ influx }), exportContext()))?.(emptyFrame());
    return post?.kind === "http" ? post.url : undefined;
  };
  assertEquals(await urlOf("http://a:8086"), "http://a:8086/write?db=bench");
  const v2 = "http://a:8086/api/v2/write?org=o&bucket=b";
  assertEquals(await urlOf(v2), v2);
  // The times that are sent are in nanoseconds.
  assertEquals(await urlOf("http://a:8086/write?db=x&precision=s"), "http://a:8086/write?db=x");
});
