/** StatsD lines and the datagrams that they travel in. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { packed, statsdExporter, statsdLines } from "../../src/export/statsd.ts";
import { deliver } from "../../src/export/deliver.ts";
import { exportContext, exportValues, finalFrame, START_MS } from "./sample_run.ts";
import { createSocket } from "node:dgram";

Deno.test("statsdLines() sends what a counter grew by, and starts again with a new run", () => {
  const linesOf = statsdLines("bench", {});
  const counters = (frame: Parameters<typeof linesOf>[0]) =>
    linesOf(frame).filter((line) => line.endsWith("|c"));
  const frame = finalFrame();
  assertEquals(counters(frame), ["bench.requests.total:1010|c", "bench.errors.total:10|c"]);
  const later = { ...frame, rows: frame.rows.map((row) => ({ ...row, value: row.value + 5 })) };
  assertEquals(counters(later), ["bench.requests.total:5|c", "bench.errors.total:5|c"]);
  assertEquals(counters({ ...frame, startMs: START_MS + 1 })[0], "bench.requests.total:1010|c");
});

Deno.test("statsdLines() appends tags, with what would break the line replaced", () => {
  const [line] = statsdLines("b", { region: "eu", note: "a|b,c\n#d" })(finalFrame());
  assertEquals(line, "b.requests.total:1010|c|#region:eu,note:a_b_c__d");
});

Deno.test("packed() fills datagrams of at most 1,400 bytes and keeps every line", () => {
  const lines = Array.from({ length: 100 }, (_, i) => `metric${i}:${"9".repeat(50)}|g`);
  const texts = packed(lines);
  for (const text of texts) assertLessOrEqual(text.length, 1400);
  assertEquals(texts.join("\n").split("\n"), lines);
  assertEquals(texts.length, 5);
});

Deno.test("the StatsD exporter's datagrams arrive", async () => {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  try {
    const statsd = { host: "127.0.0.1", port: socket.address().port };
    const encode = await statsdExporter.open(exportValues({ statsd }), exportContext({ prefix: "x" }));
    const received = new Promise<string>((resolve) =>
      socket.once("message", (bytes) => resolve(bytes.toString()))
    );
    assertEquals(await deliver(encode!(finalFrame()), new AbortController().signal), { isDelivered: true });
    assertEquals((await received).split("\n")[0], "x.requests.total:1010|c");
  } finally {
    socket.close();
  }
});
