/** `bench grpc://…`: calls of every kind and load, counted by the server as by the report, in every output; and mistakes. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { GRPC_STATUSES } from "../../src/client/grpc/status.ts";
import { startGrpcTarget } from "../../src/target/serve_grpc.ts";
import { certificate } from "../_support/certificates.ts";
import { freePort } from "../_support/peers.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { fleetTest, watch } from "./_fleet.ts";

const start = () => startGrpcTarget({ port: 0, hostname: "127.0.0.1" });

async function measure(words: readonly string[], code = 0) {
  await using temp = await tempDir();
  const path = `${temp.path}/r.json`;
  const ran = await program(["--json", path, ...words]);
  assertEquals(ran.code, code, ran.out + ran.err);
  return { ...ran, result: JSON.parse(await Deno.readTextFile(path)) };
}

const LOADS: readonly (readonly string[])[] = [
  ["-n", "200", "-c", "4"],
  ["-n", "200", "-c", "4", "--streams", "5"],
  ["-n", "200", "-c", "4", "-t", "2"],
  ["-d", "1", "-c", "3"],
  ["-d", "1", "-c", "2", "-t", "2", "--streams", "3"],
  ["--rate", "150", "-d", "0.4"],
  ["--rate", "150", "-d", "0.4", "-t", "2"],
  ["-u", "4", "-d", "1", "--think-time", "50ms"],
  ["--stages", "0.2s@3,0.3s@1"],
  ["-n", "60", "-c", "2", "--no-keepalive"],
];

Deno.test("the server counts as many calls as the reports, for every load, on one thread and two", async () => {
  await using target = start();
  const messages = ['{"text":"hello"}', '{"text":"${counter()} ${randstr(5)}"}'];
  const runs = LOADS.map((load, i) => [
    ...[
      "--json",
      "-",
      ...load,
      "--grace",
      "60",
      "-b",
      messages[i % messages.length]!,
      `${target.url}/shop.Shop/Echo`,
    ],
  ]);
  const ended = await manyPrograms(runs.map((args) => ({ args, env: { BENCH_THREADS: "1" } })));
  let requests = 0;
  for (const [i, { code, out, err }] of ended.entries()) {
    assertEquals(code, 0, `${runs[i]!.join(" ")}\n${err}`);
    const { total_requests: many, total_errors: errors, unfinished_requests: cut } = JSON.parse(out);
    assertEquals([errors, cut, many > 0], [0, 0, true], runs[i]!.join(" "));
    requests += many;
  }
  assertEquals([target.counts.calls, target.counts.messages], [requests, requests]);
});

fleetTest("two workers make as many calls as they report", async () => {
  await using target = start();
  const port = freePort();
  const secret = { BENCH_SECRET: "correct horse battery" };
  const workers = [1, 2].map(() => watch(["--worker", `127.0.0.1:${port}`, "--stay"], secret));
  let requests = 0;
  for (const load of [["-n", "300", "-c", "6"], ["--rate", "100", "-d", "0.5"]]) {
    const words = [
      "--master",
      "--port",
      String(port),
      "--expect-workers",
      "2",
      "--grace",
      "60",
      "--json",
      "-",
    ];
    words.push(...load);
    const master = watch([...words, "-b", '{"text":"${counter()}"}', `${target.url}/shop.Shop/Echo`], secret);
    const { code, out, err } = await master.ended;
    assertEquals(code, 0, err);
    const result = JSON.parse(out.slice(out.indexOf("{\n")));
    assertEquals([result.total_errors, result.unfinished_requests, result.total_requests >= 40], [
      0,
      0,
      true,
    ]);
    assertEquals(result.grpc, { statuses: { OK: result.total_requests }, without_status: 0 });
    requests += result.total_requests;
  }
  assertEquals(target.counts.calls, requests);
  for (const { child } of workers) child.kill("SIGINT");
  await Promise.all(workers.map(({ ended }) => ended));
});

Deno.test("calls of all kinds: streams have their measures, replies are read where somebody looks at them", async () => {
  await using target = start();
  const url = `${target.url}/shop.Shop`;
  const list = await measure([
    ...["-n", "6", "-c", "2", "--threshold", "events >= 60", "--threshold", "first_event p95 < 60s"],
    ...["-b", '{"count":10,"delay_ms":2}', `${url}/ListItems`],
  ]);
  const { event_streams: streams } = list.result;
  assertEquals([streams.count, streams.events, streams.first_event.count, streams.event_gap.count], [
    6,
    60,
    6,
    54,
  ]);
  assertMatch(list.out, /Streams\n +Streams: +6\n +Events: +60, /);
  const chat = await measure([
    "-n",
    "4",
    "-c",
    "1",
    "--compressed",
    "-b",
    '[{"text":"a"},{"text":"b"}]',
    `${url}/Chat`,
  ]);
  assertEquals([chat.result.event_streams.events, chat.result.total_errors], [8, 0]);
  const cart = await program(["--check", "-b", '[{"id":1001},{"id":1002,"quantity":2}]', `${url}/FillCart`]);
  assertStringIncludes(cart.out, '> [{"id":1001,"quantity":0},{"id":1002,"quantity":2}]');
  assertStringIncludes(
    cart.out,
    '< {"lines":[{"id":1001,"quantity":1},{"id":1002,"quantity":2}],"total":20}',
  );
  assertStringIncludes(cart.out, "< grpc-status: 0");
  const big = await measure(["-n", "3", "-c", "1", "-b", '{"size":1000000}', `${url}/Echo`]);
  assert(big.result.total_bytes >= 3_000_000, JSON.stringify(big.result.total_bytes));
  const tooBig = await measure([
    "-n",
    "1",
    "--grpc-max-message-size",
    "1kB",
    "-b",
    '{"size":2000}',
    `${url}/Echo`,
  ], 1);
  assertEquals(tooBig.result.error_types, { grpc_too_large: 1 });
});

Deno.test("every status but OK is an error of its own kind, in every output", async () => {
  await using target = start();
  await using temp = await tempDir();
  const file = (name: string) => `${temp.path}/${name}`;
  await Deno.writeTextFile(file("codes.csv"), `code\n${GRPC_STATUSES.map((_, i) => i).join("\n")}\n`);
  const words = [
    "--data",
    `codes=${file("codes.csv")}`,
    "-b",
    '{"code":"${codes.code}","message":"so: 100% ü"}',
  ];
  const { result, out, err } = await measure([
    ...[
      "-n",
      "17",
      "-c",
      "1",
      "-v",
      "2",
      "--html-report",
      file("r.html"),
      "--junit",
      file("r.xml"),
      "--full",
    ],
    ...["--csv", file("r.csv"), ...words, `${target.url}/shop.Shop/Fail`],
  ]);
  const names = GRPC_STATUSES.slice(1).map((name) => `grpc_${name.toLowerCase()}`);
  assertEquals(result.error_types, Object.fromEntries(names.map((name) => [name, 1])));
  const statuses = Object.fromEntries(GRPC_STATUSES.map((name) => [name, 1]));
  assertEquals(result.grpc, { statuses, without_status: 0 });
  assertEquals(Object.keys(result.grpc.statuses), [...GRPC_STATUSES]);
  assertMatch(out, /STATUS CODE DISTRIBUTION\n=+\n +OK +1 {2}\(5\.88%\)\n +CANCELLED +1 {2}\(5\.88%\)\n/);
  assert(!/^ +200 /m.test(out), out);
  assertEquals([result.total_requests, result.total_errors, result.url], [
    17,
    16,
    `${target.url}/shop.Shop/Fail`,
  ]);
  for (const name of GRPC_STATUSES.slice(1)) assertStringIncludes(out, `gRPC status ${name}`);
  assertStringIncludes(err, "gRPC status NOT_FOUND: so: 100% ü");
  assertStringIncludes(out, `Target:            ${target.url}/shop.Shop/Fail`);
  const page = await Deno.readTextFile(file("r.html"));
  assertStringIncludes(page, "gRPC status INTERNAL");
  assertMatch(page, /"label":"RESOURCE_EXHAUSTED","value":"1 · 5\.88%"/);
});

Deno.test("a deadline is told to the server and kept here", async () => {
  await using target = start();
  const words = [
    "-n",
    "3",
    "-c",
    "1",
    "--deadline",
    "80ms",
    "-b",
    '{"delay_ms":30000}',
    `${target.url}/shop.Shop/Echo`,
  ];
  const { result } = await measure(words, 1);
  assertEquals(result.error_types, { grpc_deadline_exceeded: 3 });
  assertEquals(result.grpc, { statuses: { DEADLINE_EXCEEDED: 3 }, without_status: 0 });
  const check = await program(["--check", "--deadline", "5s", `${target.url}/shop.Shop/Echo`]);
  assertStringIncludes(check.out, "> grpc-timeout: 5000m");
});

Deno.test("mistakes are told before any load, with what would be right", async () => {
  await using target = start();
  const { host } = new URL(target.url.replace("grpc", "http"));
  const says = async (...words: string[]) => {
    const { code, err } = await program(["-n", "1", ...words]);
    assertEquals(code, 1, err);
    return err.split("\n")[0]!;
  };
  const cases: readonly (readonly [words: readonly string[], says: string])[] = [
    [[`${target.url}/shop.Shop/GetItm`], 'Service shop.Shop has no method "GetItm": did you mean GetItem?'],
    [[`${target.url}/shop.Shap/GetItem`], 'There is no service "shop.Shap": did you mean shop.Shop?'],
    [[`${target.url}/Shop/GetItem`], 'There is no service "Shop": did you mean shop.Shop?'],
    [[target.url], `bench grpc-describe ${host} lists them`],
    [[`${target.url}/shop.Shop`], "shop.Shop is a service: expected a method behind it"],
    [["-plaintext", target.url], "Unknown option -plaintext: leave it out: grpc:// is without TLS"],
    [["-d", '{"id":1}', `${target.url}/shop.Shop/GetItem`], "what is sent is given with -b"],
    [
      [host, "shop.Shop/GetItem"],
      "a gRPC method stands behind its server, as in grpc://HOST:PORT/shop.Shop/GetItem",
    ],
    [
      ["-b", '{"idd":1}', `${target.url}/shop.Shop/GetItem`],
      'shop.ItemRequest has no field "idd": did you mean id?',
    ],
    [
      ["-b", '{"id":"x"}', `${target.url}/shop.Shop/GetItem`],
      '$.id: expected a whole number from -2147483648 to 2147483647 (int32), found "x"',
    ],
    [
      ["-b", '{"id":${counter()}}', `${target.url}/shop.Shop/GetItem`],
      'placeholders stand in quotes: "${counter()}" becomes a number',
    ],
    [
      ["-b", '{"id":"${ids.id}"}', `${target.url}/shop.Shop/GetItem`],
      'Cannot fill in "${ids.id}": there is no data set "ids"',
    ],
    [["--http-method", "x", `${target.url}/shop.Shop/GetItem`], "--http-method"],
    [["-m", "PUT", `${target.url}/shop.Shop/GetItem`], "-m means nothing to a gRPC call: leave it out"],
    [["--deadline", "1s", "http://127.0.0.1:1/"], "--deadline is for grpc:// targets alone"],
    [["--data", "a=b.csv", "http://127.0.0.1:1/"], "--data requires --scenario"],
    [
      ["--proto", "no.proto", `${target.url}/shop.Shop/GetItem`],
      'Cannot read --proto "no.proto": no such file',
    ],
  ];
  await Promise.all(
    cases.map(async ([words, expected]) => assertStringIncludes(await says(...words), expected)),
  );
  const calls = target.counts.calls;
  assertEquals(calls, 0, "nothing was called");
  // A server without reflection, and one without HTTP/2.
  await using plain = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("", { status: 404 }),
  );
  assertStringIncludes(
    await says(`grpc://127.0.0.1:${plain.addr.port}/a.B/C`),
    "nothing there speaks gRPC (HTTP status 404); if something does, name a .proto file with --proto",
  );
  const silent = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const answers = (async () => {
    for await (const connection of silent) {
      await connection.write(
        new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
      );
      connection.close();
    }
  })();
  assertStringIncludes(
    await says(`grpc://127.0.0.1:${silent.addr.port}/a.B/C`),
    "nothing there speaks HTTP/2, which gRPC needs",
  );
  silent.close();
  await answers;
  const { cert, key } = certificate("server");
  const old = createServer({ cert, key, ALPNProtocols: ["http/1.1"] }, (socket) => socket.destroy());
  await new Promise<void>((resolve) => old.listen(0, "127.0.0.1", () => resolve()));
  const { port } = old.address() as AddressInfo;
  assertMatch(await says("--insecure", `grpcs://127.0.0.1:${port}/a.B/C`), /HTTP\/2|TLS|closed/);
  old.close();
});

Deno.test("values of a message come from data and functions; what does not fit is a failure that shows none of them", async () => {
  await using target = start();
  await using temp = await tempDir();
  const file = `${temp.path}/ids.csv`;
  await Deno.writeTextFile(file, "id\n1001\n1002\nsecret-value\n");
  const words = ["--data", `ids=${file}`, "-b", '{"id":"${ids.id}"}', `${target.url}/shop.Shop/GetItem`];
  const { result, out } = await measure(["-n", "3", "-c", "1", ...words]);
  assertEquals([result.total_requests, result.scenario?.template_errors ?? result.template_errors ?? 0], [
    2,
    1,
  ], out);
  assertStringIncludes(out, "$.id: expected a whole number");
  assert(!out.includes("secret-value"), out);
});

Deno.test("steps of gRPC and of HTTP stand in one scenario, each in its own protocol", async () => {
  await using target = start();
  await using web = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => Response.json({ id: 1003 }),
  );
  await using temp = await tempDir();
  const path = `${temp.path}/mixed.yaml`;
  await Deno.writeTextFile(
    path,
    `name: mixed
base_url: http://127.0.0.1:${web.addr.port}
steps:
  - path: /id
    extract: { id: { json: $.id } }
  - name: item
    grpc: ${target.url}/shop.Shop/GetItem
    message: { id: "\${id}" }
    assert_json: { "$.name": Novel, "$.price": "> 9" }
`,
  );
  const { result, out } = await measure([
    ...["--iterations", "30", "-c", "3", "--scenario", path],
    ...["--threshold", "grpc_ok >= 30", "--threshold", "step:item grpc_not_ok < 1"],
  ]);
  assertMatch(out, /Status codes\n +200 +30 {2}\(50\.00%\)\n +OK +30 {2}\(50\.00%\)\n/);
  assertEquals([result.step_stats["Step 1: GET /id"]?.grpc, result.step_stats.item.grpc.statuses], [
    undefined,
    { OK: 30 },
  ]);
  assertEquals([result.total_errors, target.counts.calls], [0, 30]);
  assertEquals(result.http_versions, { "1.1": 30, "2": 30 });
});

Deno.test("bench grpc-describe lists services, and methods with messages that work", async () => {
  await using target = start();
  const { host } = new URL(target.url.replace("grpc", "http"));
  const list = await program(["grpc-describe", host]);
  assertEquals(list.out, "shop.Shop\n");
  assertStringIncludes(list.err, `bench grpc-describe ${host} shop.Shop`);
  const { out } = await program(["grpc-describe", target.url, "shop.Shop"]);
  assertStringIncludes(out, "shop.Shop/Chat  (streams both ways)");
  const commands = [...out.matchAll(/bench (grpc:\S+) -b '(.*)'/g)];
  assertEquals(commands.length, 7);
  const one = await program(["grpc-describe", target.url, "shop.Shop/Echo"]);
  assertEquals(out.split("\n\n").map((part) => part.trim()).includes(one.out.trim()), true, one.out);
  const none = await program(["grpc-describe", target.url, "shop.Shop/Ecko"]);
  assertStringIncludes(none.err, 'Service shop.Shop has no method "Ecko": did you mean Echo?');
  for (const [, url, message] of commands.filter(([line]) => /Echo|Chat|ListItems/.test(line))) {
    const { code, err } = await program(["-n", "1", "-b", message!, url!]);
    assertEquals(code, 0, err);
  }
});

Deno.test("messages of a call wait for a time or a reply; a status that is expected is no failure", async () => {
  await using target = start();
  await using temp = await tempDir();
  await Deno.writeTextFile(
    `${temp.path}/paced.yaml`,
    `base_url: ${target.url}
steps:
  - { name: talk, grpc: shop.Shop/Chat, messages: [{ text: a }, { text: b }, { text: c }], await_reply: true }
  - { name: fill, grpc: shop.Shop/FillCart, messages: [{ id: 1001 }, { id: 1002 }], message_interval: 1ms }
  - { name: gone, grpc: shop.Shop/Fail, message: { code: 5 }, assert_status: NOT_FOUND }
  - { name: either, grpc: shop.Shop/Fail, message: { code: 5 }, assert_status: [OK, 5] }
  - { name: wrong, grpc: shop.Shop/GetItem, message: { id: 1001 }, assert_status: NOT_FOUND }
  - { name: other, grpc: shop.Shop/Fail, message: { code: 7 }, assert_status: [NOT_FOUND, ABORTED] }
`,
  );
  const chat = ["-b", '[{"text":"a"},{"text":"b"}]', `${target.url}/shop.Shop/Chat`];
  const [scenario, checked, flags, unary, single, status] = await manyPrograms([
    ["--scenario", `${temp.path}/paced.yaml`, "-n", "60", "-c", "1", "--json", "-"],
    ["--scenario", `${temp.path}/paced.yaml`, "--check"],
    ["-n", "10", "-c", "1", "--await-reply", "--message-interval", "1ms", "--json", "-", ...chat],
    ["--await-reply", `${target.url}/shop.Shop/GetItem`],
    ["--message-interval", "1s", `${target.url}/shop.Shop/GetItem`],
    ["--await-reply", `${target.url}/shop.Shop/FillCart`],
  ].map((args) => ({ args, env: { BENCH_THREADS: "1", NO_COLOR: "1" } })));
  const { error_types: errors, event_streams: streams, step_stats: steps } = JSON.parse(scenario!.out);
  assertEquals(errors, { "AssertGrpcStatus: expected NOT_FOUND, got OK": 10, grpc_permission_denied: 10 });
  assertEquals([streams.events, steps.gone.count, steps.talk.count], [30, 10, 10]);
  assertStringIncludes(checked!.out, "+ gRPC status is NOT_FOUND");
  assertStringIncludes(checked!.out, "- gRPC status is NOT_FOUND: found OK");
  assertStringIncludes(checked!.out, "Of 6 steps, 2 failed");
  const paced = JSON.parse(flags!.out);
  assertEquals([paced.event_streams.events, paced.total_errors], [20, 0]);
  assertStringIncludes(unary!.err, "cannot wait for a reply to the one before: GetItem takes one message");
  assertStringIncludes(single!.err, "There can be no time between messages: GetItem takes one");
  assertStringIncludes(status!.err, "FillCart gives one reply, at the end");
});
