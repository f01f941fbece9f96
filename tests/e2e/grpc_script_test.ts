/** gRPC calls of modules: replies, streams one message at a time, checks, every load, threads, workers, mistakes. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startGrpcTarget } from "../../src/target/serve_grpc.ts";
import { startTarget } from "../../src/target/serve.ts";
import { freePort } from "../_support/peers.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { fleetTest, watch } from "./_fleet.ts";

const start = () => startGrpcTarget({ port: 0, hostname: "127.0.0.1" });

/** Five calls an iteration, with 1 + 1 + 2 + 2 + 1 messages sent. */
const SHOP = `
import type { Bench, Options } from "@x/bench/script";
export const options: Options = { connections: 2, iterations: 20 };
export default async function shop({ grpc, check, iteration }: Bench): Promise<void> {
  const reply = await grpc.call("shop.Shop/GetItem", { id: 1001 + iteration % 5 });
  check(reply, { "has a name": (r) => r.ok && r.message.name !== "", "one message": (r) => r.messages.length === 1 });
  const ids: number[] = [];
  for await (const item of grpc.stream<{ id: number }>("shop.Shop/ListItems", { count: 3 })) ids.push(item.id);
  check("three items", ids.join() === "1001,1002,1003");
  const chat = grpc.stream("shop.Shop/Chat");
  for (const text of ["one", "two"]) {
    await chat.send({ text });
    check("echoed", (await chat.receive()).text === text);
  }
  const end = await chat.finish();
  check(end, { "chat ended well": (r) => r.ok && r.messages.length === 0 });
  const cart = await grpc.call("shop.Shop/FillCart", [{ id: 1001 }, { id: 1002, quantity: 2 }], {
    metadata: { "x-trace": "a", "x-bytes-bin": new Uint8Array([1, 2]) }, deadline: "30s", name: "fill",
  });
  check(cart, { total: (r) => r.message.total === 20 });
  const gone = await grpc.call("shop.Shop/Fail", { code: 5, message: "gone" }, { expect: "NOT_FOUND" });
  check(gone, { "not found": (r) => r.status === "NOT_FOUND" && r.details === "gone" && r.error === undefined });
}`;
const CALLS = 5, MESSAGES = 7;

interface Result {
  readonly total_requests: number;
  readonly total_errors: number;
  readonly iterations: number;
  readonly grpc: { readonly statuses: Readonly<Record<string, number>>; readonly without_status: number };
  readonly unfinished_requests?: number;
  readonly error_types: Readonly<Record<string, number>>;
  readonly checks: Readonly<Record<string, { readonly passed: number; readonly failed: number }>>;
  readonly step_stats: Readonly<Record<string, { readonly count: number }>>;
}

async function run(
  runs: readonly { readonly source: string; readonly words: readonly string[] }[],
  files: Readonly<Record<string, string>> = {},
) {
  await using temp = await tempDir();
  for (const [i, { source }] of runs.entries()) await Deno.writeTextFile(`${temp.path}/m${i}.ts`, source);
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${temp.path}/${name}`, text);
  return await manyPrograms(runs.map(({ words }, i) => ({
    args: [`${temp.path}/m${i}.ts`, ...words],
    env: { BENCH_THREADS: "1", NO_COLOR: "1" },
  })));
}

/** A module whose iterations do one thing each, in turn. */
const turns = (codes: readonly string[]) =>
  `export const options = { iterations: ${codes.length}, connections: 1 };
export default async ({ grpc, check, pause, iteration }) => {
  await [
${codes.map((code) => `async () => { ${code.replaceAll("\n", " ")} },`).join("\n")}
  ][iteration]();
};`;

Deno.test("calls of modules are counted by the server as by the report, for every load and on two threads", async () => {
  await using target = start();
  const loads = [[], ["-t", "2"], ["--rate", "100"], ["-u", "3"], ["--streams", "2"], ["--http2"]];
  const ended = await run(
    loads.map((load) => ({ source: SHOP, words: [target.url, "--json", "-", ...load] })),
  );
  for (const [i, { code, out, err }] of ended.entries()) {
    assertEquals(code, 0, `${loads[i]}: ${err}`);
    const result: Result = JSON.parse(out);
    assertEquals(
      [result.total_requests, result.total_errors, result.iterations],
      [100, 0, 20],
      `${loads[i]}`,
    );
    assertEquals(result.grpc, { statuses: { OK: 80, NOT_FOUND: 20 }, without_status: 0 }, `${loads[i]}`);
    const counts = Object.entries(result.step_stats).map(([name, { count }]) => [name, count]);
    const names = ["shop.Shop/GetItem", "shop.Shop/ListItems", "shop.Shop/Chat", "fill", "shop.Shop/Fail"];
    assertEquals(Object.fromEntries(counts), Object.fromEntries(names.map((name) => [name, 20])));
    assertEquals(Object.values(result.checks).map(({ failed }) => failed), [0, 0, 0, 0, 0, 0, 0]);
    assertEquals(result.checks["echoed"]?.passed, 40);
  }
  const iterations = 20 * loads.length;
  assertEquals(target.counts.calls, iterations * CALLS);
  assertEquals(target.counts.messages, iterations * MESSAGES);
});

fleetTest("workers with --allow-code make a module's calls", async () => {
  await using target = start();
  await using temp = await tempDir();
  await Deno.writeTextFile(`${temp.path}/shop.ts`, SHOP);
  const port = freePort();
  const secret = { BENCH_SECRET: "correct horse battery" };
  const workers = [1, 2].map(() => watch(["--worker", `127.0.0.1:${port}`, "--allow-code"], secret));
  const words = ["--master", "--port", String(port), "--expect-workers", "2", "--json", "-"];
  const { code, out, err } = await watch([`${temp.path}/shop.ts`, target.url, ...words], secret).ended;
  assertEquals(code, 0, err);
  const result: Result = JSON.parse(out.slice(out.indexOf("{\n")));
  assertEquals([result.total_requests, result.total_errors, target.counts.calls], [100, 0, 100]);
  await Promise.all(workers.map(({ ended }) => ended));
});

Deno.test("--check shows replies and the messages of streams; a schema may come from a file beside the module", async () => {
  await using target = start();
  await using web = startTarget({ port: 0, hostname: "127.0.0.1" });
  const proto = `syntax = "proto3"; package shop;
service Shop { rpc GetItem(ItemRequest) returns (Item); }
message ItemRequest { int32 id = 1; }
message Item { int32 id = 1; string name = 2; }`;
  const mixed = `export const options = { url: "${web.url}", proto: "shop.proto", iterations: 4 };
export default async ({ http, grpc, check }) => {
  const response = await http.get("/json");
  const item = await grpc.call("${target.url}/shop.Shop/GetItem", { id: 1002 });
  check(item, { "is there": (r) => response.ok && r.message.id === 1002 });
};`;
  const [shown, both, plain] = await run([
    { source: SHOP, words: [target.url, "--check"] },
    { source: mixed, words: ["--check"] },
    { source: mixed, words: ["--json", "-"] },
  ], { "shop.proto": proto });
  assertEquals(shown!.code, 0, shown!.out + shown!.err);
  for (
    const line of [
      '> [{"id":1001,"quantity":0},{"id":1002,"quantity":2}]',
      '{"id":1003,"name":"Novel","category":"books","price":10,"inStock":true,"tags":[]}',
      "> x-bytes-bin: AQI",
      "> grpc-timeout: 30000m",
      "< grpc-status: 5",
      "+ chat ended well",
      "All of 5 steps passed",
    ]
  ) assertStringIncludes(shown!.out, line);
  assertMatch(
    shown!.out,
    /> \[.+?\] \{"text":"one".+\n.+< \[.+?\] \{"text":"one".+\n.+> \[.+?\] \{"text":"two"/,
  );
  assertEquals(both!.code, 0, both!.out + both!.err);
  assertStringIncludes(both!.out, '< {"id":1002,"name":"Lexicon"}');
  const result: Result = JSON.parse(plain!.out);
  assertEquals([result.total_requests, result.total_errors], [8, 0], plain!.out);
});

Deno.test("what goes wrong with a call is a failure by its name, or an exception with its line", async () => {
  await using target = start();
  const cases: readonly (readonly [code: string, error?: string])[] = [
    [`await grpc.call("shop.Shop/Fail", { code: 5 })`, "grpc_not_found"],
    [
      `await grpc.call("shop.Shop/Fail", { code: 7 }, { expect: ["OK", "ABORTED"] })`,
      "grpc_permission_denied",
    ],
    [
      `await grpc.call("shop.Shop/GetItem", { id: 1001 }, { expect: "NOT_FOUND" })`,
      "AssertGrpcStatus: expected NOT_FOUND, got OK",
    ],
    [
      `check(await grpc.call("shop.Shop/GetItem", { id: 1001 }), { cheap: (r) => r.message.price > 1e6 })`,
      "Check: cheap",
    ],
    [
      `const s = grpc.stream("shop.Shop/ListItems", { count: 9, delay_ms: 60000 }, { deadline: 0.02 });
       check("over", (await s.receive()) === undefined);
       check(await s.finish(), { late: (r) => r.status === "DEADLINE_EXCEEDED" })`,
      "grpc_deadline_exceeded",
    ],
    [`for await (const item of grpc.stream("shop.Shop/ListItems", { count: 1000, delay_ms: 50 })) break`],
    [`grpc.stream("shop.Shop/Chat").send({ text: "nobody waits" }); await pause(0.01)`],
    [`await grpc.stream("shop.Shop/ListItems", { count: 9, delay_ms: 60000 }).cancel(); check("went on", true)`],
    [
      `const s = grpc.stream("shop.Shop/FillCart", [{ id: 1001 }]); await s.send({ id: 1002 });
       check(await s.finish(), { two: (r) => r.message.lines.length === 2 })`,
    ],
    [
      `await grpc.call("shop.Shop/GetItm", {})`,
      'm0.ts:13: TypeError: There is no method "shop.Shop/GetItm": did you mean shop.Shop/GetItem?',
    ],
    [
      `await grpc.call("shop.Shop/GetItem", { id: "x" })`,
      'm0.ts:14: TypeError: The message does not fit shop.ItemRequest: $.id: expected a whole number from -2147483648 to 2147483647 (int32), found "x"',
    ],
    [
      `await grpc.call("shop.Shop/GetItem", {}, { deadlin: 1 })`,
      'm0.ts:15: TypeError: Unknown call option "deadlin": did you mean deadline?',
    ],
    [
      `await grpc.stream("shop.Shop/GetItem", {}).send({})`,
      "m0.ts:16: TypeError: Cannot send a further message: shop.Shop/GetItem takes one",
    ],
  ];
  const [ended, lost, unasked] = await run([
    { source: turns(cases.map(([code]) => code)), words: [target.url, "--json", "-"] },
    { source: turns([`await grpc.call("shop.Shop/GetItem", {})`]), words: ["--json", "-"] },
    { source: turns([""]), words: ["grpc://127.0.0.1:1", "--json", "-"] },
  ]);
  const { error_types: errors, checks, unfinished_requests: unfinished = 0 }: Result = JSON.parse(
    ended!.out || "{}",
  );
  assertEquals(
    errors,
    Object.fromEntries(cases.flatMap(([, error]) => error ? [[error, 1]] : [])),
    ended!.err,
  );
  const held = ["over", "late", "two", "went on"].map((name) => checks[name]?.passed);
  assertEquals(held, [1, 1, 1, 1]);
  // Given up before a response had begun; the one that nobody waits for may be, too.
  assert(unfinished === 1 || unfinished === 2, String(unfinished));
  const unknown: Result = JSON.parse(lost!.out);
  assertMatch(
    Object.keys(unknown.error_types)[0]!,
    /nothing says which methods there are; name a \.proto file/,
  );
  assertEquals(unasked!.code, 1);
});
