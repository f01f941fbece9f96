/** `--trace-ratio` and `--server-timing`: what servers are sent, and what reports say, over every way of sending. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { manyPrograms } from "../_support/many_programs.ts";
import { tempDir } from "../_support/temp_dir.ts";

const OWN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

const SCENARIO = `
{ "name": "shop", "base_url": "URL", "steps": [
  { "name": "fixed", "path": "/scenario" },
  { "name": "filled", "path": "/scenario?n=\${counter()}" },
  { "name": "posted", "method": "POST", "path": "/scenario", "body": "n=\${counter()}" },
  { "name": "own", "path": "/own", "headers": { "Traceparent": "${OWN}" } }
] }`;

const MODULE = `
export default function (user) {
  return user.http.get("/module");
}`;

const PROTO =
  `syntax = "proto3"; package a; message M { string t = 1; } service S { rpc Call(M) returns (M); }`;

/** The headers that requests to each path came with. */
function startServer() {
  const seen = new Map<string, Headers[]>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    seen.set(pathname, [...seen.get(pathname) ?? [], new Headers(request.headers)]);
    const headers = { "server-timing": 'db;dur=12.5, cache;desc="HIT"' };
    if (request.headers.get("upgrade") === "websocket") {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => socket.send(data);
      return response;
    }
    if (pathname === "/redirect") {
      return new Response(null, { status: 302, headers: { location: "/landed" } });
    }
    return new Response("hello", { headers });
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, seen, stop: () => server.shutdown() };
}

Deno.test("every way of sending bears traces, and reads what servers say of their time", async () => {
  await using temp = await tempDir();
  const { url, seen, stop } = startServer();
  const write = async (name: string, text: string) => {
    await Deno.writeTextFile(`${temp.path}/${name}`, text.replace("URL", url));
    return `${temp.path}/${name}`;
  };
  const scenario = await write("shop.json", SCENARIO);
  const module = await write("load.mjs", MODULE);
  const proto = await write("a.proto", PROTO);
  const log = await write(
    "log.jsonl",
    [0, 1, 2].map((i) =>
      JSON.stringify({ ts: 1_790_000_000 + i / 100, request: `GET /replay HTTP/1.1`, status: 200 })
    )
      .join("\n"),
  );
  const all = ["--trace-ratio", "1", "--server-timing", "--json", "-", "-c", "2", "-t", "1", "--grace", "60"];
  const host = url.replace("http://", "");
  const cases: readonly (readonly [path: string, words: readonly string[], hasTimings?: false])[] = [
    ["/h1", ["-n", "6", `${url}/h1`]],
    ["/phases", ["-n", "6", "--latency-breakdown", "-t", "2", `${url}/phases`]],
    ["/posted", ["-n", "6", "-m", "POST", "-b", "x".repeat(20_000), `${url}/posted`]],
    ["/h2", ["-n", "6", "--http2", "--streams", "2", `${url}/h2`]],
    ["/fetch", ["-n", "6", "--client", "fetch", `${url}/fetch`]],
    ["/a.S/Call", ["-n", "4", "--proto", proto, "-b", '{"t":"x"}', `grpc://${host}/a.S/Call`], false],
    ["/scenario", ["-n", "2", "--scenario", scenario]],
    ["/module", ["-n", "4", "--scenario", module, url]],
    ["/replay", ["--replay", log, url]],
    ["/redirect", ["-n", "3", "--follow-redirects=3", `${url}/redirect`]],
    ["/own", ["-n", "3", "-H", `TRACEPARENT: ${OWN}`, `${url}/own`]],
  ];
  const ended = await manyPrograms(
    cases.map(([, words]) => ({ args: [...all, ...words], env: { BENCH_THREADS: "1" } })),
  );
  await stop();
  cases.forEach(([path, words, hasTimings], i) => {
    const { out, err } = ended[i]!;
    const what = `${words.join(" ")}\n${err}`;
    assertMatch(out, /^\{/, what);
    const result = JSON.parse(out);
    const headers = seen.get(path)!;
    assert(headers.length > 0, what);
    assertEquals(result.traced_requests, result.total_requests, what);
    const parents = headers.map((one) => one.get("traceparent"));
    const isOwn = path === "/own";
    for (const parent of parents) {
      assertMatch(parent ?? "", isOwn ? /-01$/ : /^00-[\da-f]{32}-[\da-f]{16}-03$/, what);
    }
    for (const one of headers) assertEquals(one.get("tracestate"), isOwn ? null : "ot=th:0", what);
    if (!isOwn) assertEquals(new Set(parents).size, parents.length, what);
    const ids = new Set([...seen.values()].flat().map((one) => one.get("traceparent")?.split("-")[1]));
    for (const { trace_id: id, status } of result.slowest_requests) {
      assert(ids.has(id), `${what}: ${id} with status ${status}`);
    }
    if (hasTimings === false) return;
    const timings = result.server_timing.map((
      { name, description, count, mean }: Record<string, unknown>,
    ) => [name, description, count, mean]);
    const many = result.total_requests;
    assertEquals(timings, [["db", undefined, many, 0.0125], ["cache", "HIT", many, undefined]], what);
  });
  // The hops of a redirect are one trace.
  const landed = seen.get("/landed")!.map((one) => one.get("traceparent"));
  assertEquals(landed.toSorted(), seen.get("/redirect")!.map((one) => one.get("traceparent")).toSorted());
});

Deno.test("handshakes of WebSockets bear traces, the messages behind them none", async () => {
  await using temp = await tempDir();
  const { url, seen, stop } = startServer();
  const socketUrl = url.replace("http", "ws");
  const write = async (name: string, text: string) => {
    await Deno.writeTextFile(`${temp.path}/${name}`, text);
    return `${temp.path}/${name}`;
  };
  const step = { ws: "/step", actions: [{ send: "hi" }, { expect: "hi" }] };
  const scenario = await write(
    "talk.json",
    JSON.stringify({ name: "talk", base_url: socketUrl, steps: [step] }),
  );
  const module = await write(
    "talk.mjs",
    `export default async function (user) {
  const socket = await user.ws.connect("/module");
  await socket.send("hi");
  await socket.receive();
  await socket.close();
}`,
  );
  const cases: readonly (readonly [path: string, traced: number, words: readonly string[]])[] = [
    ["/target", 2, ["-n", "20", "-c", "2", "--ws-message", "hi", "--ws-expect-reply", `${socketUrl}/target`]],
    ["/step", 3, ["-n", "3", "-c", "1", "--scenario", scenario]],
    ["/module", 3, ["--iterations", "3", "-c", "1", "--scenario", module, socketUrl]],
    [
      "/own",
      2,
      ["-n", "8", "-c", "2", "-H", `Traceparent: ${OWN}`, "--ws-message", "hi", "--ws-expect-reply"]
        .concat(`${socketUrl}/own`),
    ],
  ];
  const all = ["--trace-ratio", "1", "--json", "-", "-t", "1", "--grace", "60"];
  const ended = await manyPrograms(cases.map(([, , words]) => ({ args: [...all, ...words] })));
  await stop();
  cases.forEach(([path, traced, words], i) => {
    const what = `${words.join(" ")}\n${ended[i]!.err}`;
    const result = JSON.parse(ended[i]!.out);
    const parents = (seen.get(path) ?? []).map((headers) => headers.get("traceparent") ?? "");
    assertEquals([result.total_errors, result.traced_requests, parents.length], [0, traced, traced], what);
    assertEquals(new Set(parents).size, path === "/own" ? 1 : traced, what);
    for (const parent of parents) {
      assertMatch(parent, path === "/own" ? /-01$/ : /^00-[\da-f]{32}-[\da-f]{16}-03$/, what);
    }
  });
});

Deno.test("a small share is sent with some requests, in reports as on the server; mistakes are named", async () => {
  const { url, seen, stop } = startServer();
  const [ran, judged, ...refused] = await manyPrograms([
    { args: ["-n", "400", "-c", "2", "-t", "2", "--trace-ratio", "0.2", "--json", "-", `${url}/some`] },
    {
      args: ["-n", "40", "-c", "2", "--server-timing", "--th", "server_timing:db p95 < 5ms"]
        .concat("--th", "server_timing:db count >= 40", `${url}/judged`),
    },
    { args: ["-n", "40", "--th", "server_timing:db p95 < 5ms", url] },
    ...[
      ["--trace-ratio", "1.5"],
      ["--trace-ratio", "x"],
      ["--trace-url", "javascript:alert('{trace_id}')"],
      ["--trace-url", "https://a.example/trace"],
    ].map((words) => ({ args: [...words, url] })),
  ]);
  await stop();
  const traced = seen.get("/some")!.filter((headers) => headers.has("traceparent"));
  const result = JSON.parse(ran!.out);
  assertEquals(result.traced_requests, traced.length);
  // 80 of 400 are expected; these bounds are nine standard deviations away.
  assert(traced.length > 8 && traced.length < 152, `${traced.length}`);
  assertEquals(new Set(traced.map((headers) => headers.get("tracestate"))), new Set(["ot=th:cccd"]));
  const named = result.slowest_requests.filter(({ trace_id }: { trace_id?: string }) =>
    trace_id !== undefined
  );
  assert(named.length >= 5, "the slowest traced ones are kept, too");
  assertEquals(judged!.code, 2, judged!.err);
  assertMatch(judged!.out, /server_timing:db p95 < 5ms +Actual: 12\.50ms +FAIL/);
  assertMatch(judged!.out, /server_timing:db count >= 40 +Actual: 40 +PASS/);
  assertMatch(refused.shift()!.err, /nothing reads Server-Timing: add --server-timing/);
  const says = refused.map(({ code, err }) => `${code} ${err}`);
  assertMatch(says[0]!, /^1 .*--trace-ratio.*from 0 to 1/);
  assertMatch(says[1]!, /^1 .*--trace-ratio/);
  assertMatch(says[2]!, /^1 .*--trace-url.*with http:\/\/ or https:\/\//);
  assertMatch(says[3]!, /^1 .*--trace-url.*\{trace_id\} is missing/);
});
