/** The library: runs as a program starts them, with the command's options, checks and results. */
import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { run, summarize, UsageError } from "../src/api.ts";
import { startTarget } from "../src/target/serve.ts";

Deno.test("run() measures and returns, with the command's option names", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const ticks: number[] = [];
  const result = await run({
    url: `${target.url}/bytes/100`,
    "num-requests": 200,
    connections: 4,
    threads: 1,
    onTick: (tick) => ticks.push(tick.atMs),
  });
  const document = summarize(result);
  assertEquals([document.total_requests, document.total_errors, document.total_bytes], [200, 0, 20_000]);
  assertGreater(document.percentiles!.p50!, 0);
  assertGreater(ticks.length, 0);
});

Deno.test("run() ends early when its signal aborts", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const signal = AbortSignal.timeout(150);
  const result = await run({ url: `${target.url}/delay/5`, duration: "1m", threads: 1, signal });
  assertEquals(result.interrupted, true);
});

Deno.test("run() refuses options that it would not obey", async () => {
  const url = "http://127.0.0.1:1/";
  const ignored = {
    threshold: ["p95 < 1s"],
    json: "x.json",
    statsd: "127.0.0.1:1",
    live: true,
    tag: ["a=b"],
  };
  const error = await assertRejects(
    () => run({ url, progress: false, "num-requests": 1, ...ignored }),
    UsageError,
  );
  assertEquals(
    error.problems,
    Object.keys(ignored).map((key) =>
      `options: ${key} is an option of the command alone: run() measures and returns`
    ),
  );
});

Deno.test("run() refuses what its client cannot do", async () => {
  const options = { url: "http://127.0.0.1:1/", client: "fetch", "latency-breakdown": true };
  await assertRejects(() => run(options), UsageError, "fetch");
});

Deno.test("run() ends and rejects when its observer throws", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const mistake = new RangeError("mine");
  const onTick = () => {
    throw mistake;
  };
  const error = await assertRejects(() => run({ url: target.url, duration: "1m", threads: 1, onTick }));
  assertEquals(error, mistake);
});

Deno.test("run() refuses bad options all at once", async () => {
  const error = await assertRejects(() => run({ url: "ftp://x", connections: 0, nonsense: 1 }), UsageError);
  assertEquals(error.problems.length, 3);
});

Deno.test("run() sends messages and times streams", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const url = target.url.replace(/^http/, "ws");
  const talked = await run({
    url: `${url}/ws/echo`,
    connections: 2,
    "num-requests": 20,
    "ws-message": "hello",
    "ws-expect-reply": true,
  });
  assertEquals(summarize(talked).websocket?.rtt.count, 20);
  const streamed = await run({
    url: `${target.url}/sse/3/1`,
    "num-requests": 2,
    connections: 1,
    stream: "sse",
  });
  assertEquals(summarize(streamed).event_streams?.events, 6);
});
