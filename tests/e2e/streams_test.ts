/** Responses that stream: what the real command measures of servers whose pace is known, in every output. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { manyPrograms } from "../_support/many_programs.ts";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause } from "../_support/wait.ts";
import { startTarget } from "../../src/target/serve.ts";

async function measured(words: readonly string[], code = 0) {
  await using temp = await tempDir();
  const path = `${temp.path}/r.json`;
  const ran = await program(["--json", path, ...words]);
  assertEquals(ran.code, code, ran.out + ran.err);
  return { ...ran, result: JSON.parse(await Deno.readTextFile(path)) };
}

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

Deno.test("bench --stream times first events, gaps and the longest silence from the right moments", async () => {
  // Ten events 20 ms apart, but for 300 ms before the sixth; the first comes along with the head, after 60 ms.
  await using server = await startRawServer(async (connection) => {
    await pause(60);
    await connection.send(HEAD + chunk("data: 0\n\n"));
    for (let i = 1; i < 10; i++) {
      await pause(i === 5 ? 300 : 20);
      await connection.send(chunk(`data: ${i}\n\n`));
    }
    await connection.send("0\r\n\r\n");
  });
  const words = ["--stream", "auto", "-n", "6", "-c", "2", "--threshold", "silence p50 > 150ms"];
  const { result, out } = await measured([...words, "--threshold", "events >= 60", server.origin]);
  const { event_streams: streams } = result;
  assertEquals([streams.count, streams.events, streams.broken, streams.first_event.count], [6, 60, 0, 6]);
  assertEquals([streams.event_gap.count, streams.longest_silence.count], [54, 6]);
  assert(streams.first_event.min >= 0.059 && streams.event_gap.mean >= 0.045, JSON.stringify(streams));
  assert(streams.longest_silence.min >= 0.15 && streams.event_gap.max >= 0.15, JSON.stringify(streams));
  assertGreaterOrEqual(result.latency.min, 0.06 + 8 * 0.02 + 0.3 - 0.01, "timers may be a little early");
  assertMatch(out, /Streams\n +Streams: +6\n +Events: +60, /);
  assertMatch(out, /Longest silence +\d/);
});

Deno.test("a stream that breaks is a failure, with the events before it", async () => {
  await using server = await startRawServer(async (connection) => {
    await connection.send(HEAD + chunk("data: 1\n\n") + chunk("data: 2\n\n"));
    await pause(5);
    connection.end();
  });
  const { result, out } = await measured(
    ["--stream", "sse", "-n", "4", "-c", "1", server.origin],
    1,
  );
  const { event_streams: streams } = result;
  assertEquals([streams.broken, streams.broken_events, streams.events], [4, 8, 8]);
  assertEquals(result.error_types, { truncated: 4 });
  assertMatch(out, /Broken: +4, after 2.0 events on average/);
});

Deno.test("feeds that never end are no failure: their events are measured, how long they last is not", async () => {
  await using temp = await tempDir();
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const [json, junit] = [`${temp.path}/r.json`, `${temp.path}/r.xml`];
  const words = ["--stream", "sse", "-c", "2", "--timeout", "600", "--json", json, "--junit", junit];
  // They have begun, and go on for longer than anybody waits.
  const { code, out, err } = await program([...words, "-d", "5", `${server.url}/sse/100000/20`]);
  const result = JSON.parse(await Deno.readTextFile(json));
  assertEquals([code, result.total_errors, result.unfinished_requests], [0, 0, 2], err + out);
  assert(result.event_streams.events > 2, "events count");
  assertMatch(out, /Every stream was still open at the end: its events\s+are measured/);
  assertMatch(out, /No stream ended before the run/);
  assertMatch(out, /Done: no errors; no threshold was set/);
  assertEquals((await Deno.readTextFile(junit)).includes("<failure"), false);
});

Deno.test("lines of JSON are events; an error's body and a silent stream have none", async () => {
  await using server = await startRawServer((connection, { number }) => {
    const head = ["Content-Type: application/x-ndjson"];
    const body = '{"a":1}\n{"a":2}\n{"a":3}';
    return connection.send(
      number % 2 === 1 ? response(body, { headers: head }) : response(body, { status: "500 Oops" }),
    );
  });
  const { result } = await measured(["--stream", "auto", "-n", "4", "-c", "1", server.origin]);
  assertEquals([result.event_streams.count, result.event_streams.events, result.total_errors], [2, 6, 2]);
});

Deno.test("bench --api openai asks for completions and measures tokens in the field's own terms", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1", keep: 10 });
  await using temp = await tempDir();
  const file = (name: string) => `${temp.path}/${name}`;
  await Deno.writeTextFile(file("prompts.txt"), 'Say "hello"\n{"prompt":"and goodbye"}\n');
  const { result, out } = await measured([
    ...["--api", "openai", "--model", "small", "--prompts", file("prompts.txt"), "--max-tokens", "8"],
    ...["-n", "6", "-c", "2", "--goodput", "ttft:10s,e2e:20s", "--html-report", file("r.html")],
    ...["--threshold", "ttft p50 > 8ms", "--threshold", "goodput >= 100%", "--threshold", "tokens >= 48"],
    target.url,
  ]);
  const { tokens } = result;
  assertEquals([tokens.output, tokens.goodput, tokens.ttft.count, tokens.itl.count, tokens.tpot.count], [
    48,
    100,
    6,
    42,
    6,
  ]);
  assert(tokens.ttft.min >= 0.009, JSON.stringify(tokens));
  // Seven gaps of 10 ms: whenever timers fire late, those after them are earlier.
  assertAlmostEquals(tokens.itl.mean, tokens.tpot.mean, 0.002);
  const [first, second] = target.seen;
  assertEquals([first!.method, first!.path], ["POST", "/v1/chat/completions"]);
  const bodies = [first, second].map((request) => JSON.parse(request!.body!));
  assertEquals(
    bodies.map(({ messages }) => messages[0].content).sort(),
    ['Say "hello"', "and goodbye"].sort(),
  );
  assertEquals([bodies[0].model, bodies[0].stream, bodies[0].max_tokens], ["small", true, 8]);
  assertMatch(out, /TTFT +\d/);
  assertMatch(out, /Goodput: +100/);
  assertStringIncludes(await Deno.readTextFile(file("r.html")), "TTFT");
});

Deno.test("bench --api speaks to other APIs of models, and counts tokens as each of them does", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1", keep: 10 });
  await using temp = await tempDir();
  const apis = [
    ["openai-completions", "/v1/completions", { prompt: "Hi", max_tokens: 4 }],
    ["openai-responses", "/v1/responses", { input: "Hi", max_output_tokens: 4 }],
    ["anthropic", "/v1/messages", { messages: [{ role: "user", content: "Hi" }], max_tokens: 4 }],
    ["ollama", "/api/chat", { messages: [{ role: "user", content: "Hi" }], options: { num_predict: 4 } }],
  ] as const;
  const words = ["--prompt", "Hi", "--model", "small", "--max-tokens", "4", "-n", "2", "-c", "1", "-t", "1"];
  const ended = await manyPrograms(apis.map(([api]) => ({
    args: ["--api", api, ...words, "--json", `${temp.path}/${api}.json`, target.url],
  })));
  for (const [i, [api, path, body]] of apis.entries()) {
    assertEquals(ended[i]!.code, 0, ended[i]!.out + ended[i]!.err);
    const { tokens } = JSON.parse(await Deno.readTextFile(`${temp.path}/${api}.json`));
    assertEquals([tokens.output, tokens.ttft.count, tokens.itl.count, tokens.unreadable_events], [
      8,
      2,
      6,
      0,
    ]);
    const { method, path: asked, body: sent } = target.seen[2 * i]!;
    assertEquals([method, asked], ["POST", path]);
    const found = JSON.parse(sent!);
    assertEquals({ ...found, model: "small", stream: true, ...body }, found);
  }
});

Deno.test("bench report shows a saved run of streams as it was shown", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const path = `${temp.path}/r.json`;
  const words = ["--full", "--json", path, "-n", "4", "-c", "2", "--tokens", "$.choices[0].delta.content"];
  const first = await program([...words, `${target.url}/tokens/5/5`]);
  const again = await program(["report", "--full", path]);
  assertEquals([first.code, again.code], [0, 0]);
  assertEquals(again.out, `${first.out.split(/\n.*json written/)[0]}\n`);
  const other = `${temp.path}/other.json`;
  const empty = await program(["--stream", "sse", "--json", other, "-n", "2", `${target.url}/json`]);
  assertStringIncludes(empty.out.replace(/\n +/g, " "), "Warning: None of 2 responses held an event: ");
  assertMatch((await program(["compare", path, path])).out, /\n +ttft_p95 .*\n/);
  const { out } = await program(["compare", path, other]);
  assertMatch(out.replace(/\n +/g, " "), /Warning: target was GET \S+\/tokens\/5\/5 and is GET \S+\/json/);
  assertEquals(/ttft_p95/.test(out), false, "measured on one side alone");
});

Deno.test("bench refuses options of streams that do not fit together", async () => {
  for (
    const [words, message] of [
      [["--goodput", "ttft:1s"], /--goodput needs --tokens or --api/],
      [["--goodput", "speed:1s", "--api", "openai"], /expected limits such as ttft:300ms/],
      [
        ["--goodput", "e2el:300", "--api", "openai"],
        /expected a time with its unit: e2el:300ms or e2el:300s/,
      ],
      [["--stream", "auto", "--client", "fetch"], /--client fetch cannot time the events/],
      [["--api", "openai", "-b", "x"], /--api makes the body itself/],
      [["--prompt", "x"], /--prompt needs --api/],
    ] as const
  ) {
    const { code, err } = await program(["-n", "1", ...words, "http://127.0.0.1:9/"]);
    assertEquals(code, 1);
    assertMatch(err, message);
  }
});

Deno.test("steps of scenario files stream, each with numbers of its own", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const path = `${temp.path}/chat.yaml`;
  await Deno.writeTextFile(
    path,
    `base_url: ${target.url}
steps:
  - { path: /tokens/5/2, name: ask, stream: { tokens: "$.choices[0].delta.content", token_count: $.usage.completion_tokens } }
  - { path: /sse/4/2, name: feed, stream: sse }
  - { path: /json, name: plain }
`,
  );
  const { result } = await measured([
    ...["--scenario", path, "--iterations", "3", "-c", "1"],
    ...["--threshold", "step:ask ttft p50 < 60s", "--threshold", "step:feed events >= 12"],
  ]);
  assertEquals([result.event_streams.count, result.event_streams.events, result.tokens.output], [6, 33, 15]);
  await Deno.writeTextFile(path, `steps: [{ path: "${target.url}/", stream: { tokens: "$..token" } }]`);
  const { code, err } = await program(["--scenario", path, "-n", "1"]);
  assertEquals(code, 1);
  assertMatch(err, /chat\.yaml:1: .*expected a JSON path to one value/);
});
