/** k6 scripts become modules that run, with the same requests, and remarks for what they cannot keep. */
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { convertK6 } from "../../../src/convert/k6/convert_k6.ts";
import { convertThreshold } from "../../../src/convert/k6/options.ts";
import { importK6 } from "../../../src/cli/commands/k6_import.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { startTarget } from "../../../src/target/serve.ts";
import { startGrpcTarget } from "../../../src/target/serve_grpc.ts";
import { program } from "../../_support/program.ts";
import { tempDir } from "../../_support/temp_dir.ts";

const SCRIPT = `
import http from 'k6/http';
import { check, sleep, group, fail } from 'k6';
import { Counter, Trend, Rate, Gauge } from 'k6/metrics';
import { SharedArray } from 'k6/data';
import exec, { vu } from 'k6/execution';
import encoding from 'k6/encoding';
import crypto, { hmac as sign } from 'k6/crypto';
import { textSummary } from 'https://jslib.k6.io/k6-summary/0.0.2/index.js';
import { randomItem, uuidv4 } from 'https://jslib.k6.io/k6-utils/1.4.0/index.js';

const users = new SharedArray('users', function () { return JSON.parse(open('./users.json')); });
export const orders = new Counter('orders');
const basket = new Trend('basket');
const ok = new Rate('ok');
const failures = new Counter('failures');
const BASE = __ENV.BASE;

export const options = {
  iterations: 20,
  vus: 2,
  tags: { env: 'test', build: 7 },
  thresholds: {
    http_req_duration: ['p(95)<9000', 'avg<9000'],
    http_req_failed: ['rate<0.01'],
    orders: [{ threshold: 'count>=20', abortOnFail: false }],
    failures: ['count<1'],
    'http_req_duration{name:items}': ['p(99)<9000'],
    checks: ['rate>0.9'],
  },
};

const login = (user) => {
  const res = http.post(\`\${BASE}/shop/login\`, JSON.stringify({ user: user.name, password: 'x' }), {
    headers: { 'Content-Type': 'application/json' }, responseType: 'text',
  });
  check(res, {
    'logged in': (r) => r.status === 200 && r.body.includes('token'),
    'JSON': (r) => r.headers['Content-Type'].includes('json'),
  }, { tag: 'x' });
  check(null, { 'anything': () => true });
  return res.json('token');
};

export function setup() {
  return { status: http.get(\`\${BASE}/\`).status };
}

export default function (data) {
  const token = login(randomItem(users));
  let items;
  group('shop', () => {
    items = http.get(\`\${BASE}/shop/items\`, { tags: { name: 'items' }, headers: { Authorization: \`Bearer \${token}\` } });
    if (!items.json('items').length) fail('no items');
    const responses = http.batch([['GET', \`\${BASE}/shop/items/1001\`], { method: 'GET', url: \`\${BASE}/shop/items/1002\` }]);
    basket.add(responses[0].json('price'));
  });
  orders.add(1);
  check(encoding, {
    'codes': (e) => e.b64encode('a?b>c', 'url') === 'YT9iPmM=' && e.b64encode('aa', 'rawstd') === 'YWE' && e.b64decode('YTpi', 'std', 's') === 'a:b',
    'hashes': () => crypto.md5('a', 'hex') === '0cc175b9c0f1b6a831c399e269772661' && new Uint8Array(crypto.sha1('a', 'binary')).length === 20,
    'signatures': () => sign('sha256', 'key', 'text', 'base64rawurl').length === 43 && uuidv4().length === 36,
    'phases': () => items.timings.waiting > 0 && items.timings.connecting >= 0 && items.timings.tls_handshaking === 0,
    'numbers': () => exec.vu.idInTest === __VU && vu.idInTest === __VU && exec.scenario.iterationInTest === __ITER,
  });
  ok.add(data.status === 200);
  if (data.status !== 200) failures.add(1);
  console.log(\`user \${__VU} iteration \${__ITER} \${basket.name}\`);
  const seen = [];
  [3, 4].forEach((size, at) => { seen.push(at, http.get(\`\${BASE}/bytes/\${size}\`, { tags: { name: 'bytes' } }).body.length); });
  const sizes = [5, 6].map((size) => http.get(\`\${BASE}/bytes/\${size}\`, { tags: { name: 'bytes' } }).body.length);
  check([...seen, ...sizes], { 'in order': (all) => all.join() === '0,3,1,4,5,6' });
  http.post(\`\${BASE}/echo\`, { a: 1 });
  http.del(http.url\`\${BASE}/echo\`);
  sleep(0.001);
}

export function teardown(data) { http.post(\`\${BASE}/shop/logout\`, null, { timeout: '2s' }); }
export function handleSummary() { return {}; }
`;

Deno.test("a script of the usual kind runs as a module: requests, checks, groups, metrics, thresholds", async () => {
  const { text, remarks } = convertK6(SCRIPT, "test.js");
  assertEquals(remarks, [
    "test.js: parameter responseType of requests: no counterpart, left out",
    "test.js: handleSummary: reports are options here (--json, --html-report, --junit); left out",
  ]);
  await using temp = await tempDir();
  await Deno.writeTextFile(`${temp.path}/test.ts`, text);
  await Deno.writeTextFile(`${temp.path}/users.json`, '[{"name":"ann"},{"name":"bob"}]');
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const { code, out, err } = await program([`${temp.path}/test.ts`, "--json", "-", "--no-progress"], {
    BASE: server.url,
  });
  const result = JSON.parse(out);
  assertEquals(
    [code, result.total_errors, result.iterations],
    [0, 0, 20],
    err + JSON.stringify(result.error_types),
  );
  assertEquals(result.thresholds.length, 7);
  // As in k6, a counter that nothing was added to is 0, and its threshold holds.
  assertEquals(result.custom_metrics.failures.value, 0);
  assertEquals(result.tags, { env: "test", build: "7" });
  assertEquals(Object.keys(result.checks).sort(), [
    "JSON",
    "anything",
    "codes",
    "hashes",
    "in order",
    "logged in",
    "numbers",
    "phases",
    "signatures",
  ]);
  assertEquals([result.custom_metrics.orders.value, result.custom_metrics.ok.value], [20, 1]);
  assertEquals(
    Object.values(result.checks as Record<string, { failed: number }>).map(({ failed }) => failed),
    [
      ...new Array<number>(9).fill(0),
    ],
  );
  assertEquals(result.group_stats.shop.count, 20);
  const counts = Object.values(result.step_stats as Record<string, { count: number }>).map(({ count }) =>
    count
  );
  assertEquals(counts.sort(), [20, 20, 20, 20, 40, 80].sort());
});

const SOCKETS = `
import ws from 'k6/ws';
import { WebSocket } from 'k6/websockets';
import { setInterval, clearInterval } from 'k6/timers';
import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';

const closes = new Counter('closes');
const params = { tags: { name: 'talk' }, headers: { 'X-A': 'b' } };
export const options = { iterations: 4, vus: 2, thresholds: { ws_msgs_received: ['count>=12'], ws_connecting: ['p(95)<9000'] } };

function modern() {
  const socket = new WebSocket(\`\${__ENV.WS}/ws/echo\`, null, { headers: { 'X-A': 'b' } });
  socket.addEventListener('open', () => {
    const id = setInterval(() => socket.send('hello'), 5);
    socket.onclose = () => { clearInterval(id); closes.add(1); };
  });
  socket.onmessage = (event) => {
    check(event.data, { 'hello back': (d) => d === 'hello' });
    socket.close();
  };
}

export default function () {
  let seen = 0;
  const res = ws.connect(\`\${__ENV.WS}/ws/echo\`, params, function (socket) {
    socket.on('open', () => { socket.ping(); socket.setInterval(() => socket.send(JSON.stringify({ seen })), 5); });
    socket.on('message', (data) => {
      sleep(0.001);
      check(JSON.parse(data), { counts: (m) => m.seen <= seen });
      if (++seen === 2) socket.close();
    });
    socket.on('pong', () => console.log('pong'));
    socket.on('close', () => closes.add(1));
    socket.setTimeout(() => socket.close(), 60000);
  });
  check(res, { switched: (r) => r && r.status === 101 });
  modern();
}
`;

Deno.test("WebSockets of both kinds keep their handlers and timers, and an iteration waits until they are closed", async () => {
  const { text, remarks } = convertK6(SOCKETS, "test.js");
  assertEquals(remarks, [
    'test.js: on("pong") on line 33: nothing tells of pings and pongs; it is never called',
  ]);
  await using temp = await tempDir();
  await Deno.writeTextFile(`${temp.path}/test.ts`, text);
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const { code, out, err } = await program([`${temp.path}/test.ts`, "--json", "-", "--no-progress"], {
    WS: server.url.replace("http", "ws"),
  });
  const result = JSON.parse(out);
  assertEquals([code, result.total_errors, result.iterations], [0, 0, 4], err + out);
  assertEquals(Object.keys(result.checks).sort(), ["counts", "hello back", "switched"]);
  assertEquals(result.custom_metrics.closes.value, 8);
  assertEquals(result.websocket.connections.opened, 8);
  assertEquals(result.websocket.pings.sent, 4);
  assert("talk" in result.step_stats, out);
});

Deno.test("thresholds are said in the words of this program, or not at all", () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ["http_req_duration", "p(99.9)<=1500", "p99.9 <= 1500ms"],
    ["http_req_duration", "med<10", "median_latency < 10ms"],
    ["http_req_duration{name:a b}", "p(95)<10", 'step:"a b" p95 < 10ms'],
    ["http_req_duration{group:::a::b}", "max<10", 'group:"a b" max < 10ms'],
    ["http_req_failed", "rate<0.01", "error_rate < 1%"],
    ["http_req_failed", "rate<0.07", "error_rate < 7%"],
    ["http_reqs", "count>100", "total_requests > 100"],
    ["http_reqs", "rate>5", "rps > 5"],
    ["iteration_duration", "p(95)<10", "iteration p95 < 10ms"],
    ["ws_msgs_sent", "count>100", "ws_messages_sent > 100"],
    ["ws_msgs_received", "rate>5", "ws_received_per_sec > 5"],
    ["ws_sessions", "count>1", "ws_opened > 1"],
    ["ws_sessions", "rate>1", undefined],
    ["ws_connecting", "p(95)<10", "handshake p95 < 10ms"],
    ["my-metric", "count>1", '"my-metric" count > 1'],
    ["http_req_duration{kind:html}", "p(95)<10", undefined],
    ["orders", "nonsense", undefined],
    ["http_req_waiting", "p(95)<10", undefined],
    ["data_received", "count>10", undefined],
    ["grpc_req_duration", "p(95)<10", "p95 < 10ms"],
  ];
  for (const [metric, text, expected] of cases) assertEquals(convertThreshold(metric, text), expected);
});

Deno.test("parameters in a variable are rewritten like those in a call; timeouts are in ms", () => {
  const { text, remarks } = convertK6(
    `import http from 'k6/http';
const params = { headers: { A: __ENV.A }, tags: { name: 'item' }, timeout: 3000, redirects: 0 };
const plain = {
  headers: { B: '1' }, // kept
};
const other = { tags: { name: 'x' }, mine: 1 };
export default () => {
  http.get('/a', params);
  http.post('/b', 'x', plain);
  http.batch([['GET', '/c', null, params]]);
  http.get('/d', { timeout: 500 });
  console.log(other);
};`,
    "t.js",
  );
  assertStringIncludes(
    text,
    `const params = { headers: { A: Deno.env.get("A") }, name: 'item', timeout: "3000ms" };`,
  );
  assertStringIncludes(text, "headers: { B: '1' }, // kept");
  assertStringIncludes(text, "const other = { tags: { name: 'x' }, mine: 1 };");
  assertStringIncludes(text, `bench.http.get('/d', { timeout: "500ms" })`);
  assertEquals(remarks, ["t.js: parameter redirects of requests: no counterpart, left out"]);
});

Deno.test("what has no counterpart stays, and a remark says so", () => {
  const { text, remarks } = convertK6(
    `import grpc from 'k6/net/redis';
import { helper } from './helper.js';
import http from 'k6/http';
export const options = { stages: [{ duration: '10s', target: 5 }, { duration: '20s', target: 0 }], scenarios: {}, dns: {} };
export default () => { helper(http.cookieJar()); };`,
    "t.js",
  );
  for (
    const part of [
      "k6/net/redis",
      "./helper.js",
      "options.dns",
      "http.cookieJar",
    ]
  ) assert(remarks.some((remark) => remark.includes(part)), part);
  assertStringIncludes(text, '"stages": "0s@1,10s@5,20s@0"');
});

Deno.test("scenarios of every executor with a counterpart become scenarios of the module", () => {
  const { text, remarks } = convertK6(
    `import http from 'k6/http';
export const options = {
  vus: 3,
  scenarios: {
    constant: { executor: 'constant-vus', vus: 10, duration: '30s', exec: 'browse', startTime: '5s', gracefulStop: '3s' },
    ramping: { executor: 'ramping-vus', startVUs: 0, stages: [{ duration: '20s', target: 10 }, { duration: '10s', target: 0 }] },
    arrivals: { executor: 'constant-arrival-rate', rate: 30, timeUnit: '1m', duration: '2m', preAllocatedVUs: 5, maxVUs: 50 },
    climb: { executor: 'ramping-arrival-rate', startRate: 60, timeUnit: '1m', preAllocatedVUs: 5, stages: [{ target: 120, duration: '1m' }] },
    peaks: { executor: 'ramping-arrival-rate', preAllocatedVUs: 5, stages: [{ target: 20, duration: '1m' }, { target: 0, duration: '30s' }] },
    shared: { executor: 'shared-iterations', vus: 10, iterations: 200, maxDuration: '30s', env: { A: '1' } },
    each: { executor: 'per-vu-iterations', vus: 10, iterations: 20 },
    outside: { executor: 'externally-controlled', vus: 10 },
  },
  thresholds: { 'http_req_duration{scenario:constant}': ['p(95)<500'] },
};
export function browse(data) { http.get('/' + data.path); }
export default function () { http.get('/'); }`,
    "t.js",
  );
  const scenarios = JSON.parse(/scenarios: Scenarios = (.*?);\n/s.exec(text)![1]!);
  assertEquals(scenarios, {
    constant: { exec: "browse", users: 10, duration: "30s", start: "5s" },
    ramping: { exec: "default", stages: "20s@10,10s@0" },
    arrivals: { exec: "default", rate: 0.5, duration: "2m", connections: 50 },
    climb: { exec: "default", rate: 1, "rate-ramp": 2, duration: "1m", connections: 5 },
    peaks: {
      exec: "default",
      rate: 20,
      "traffic-profile": "stages:1m@20,30s@0",
      duration: "90s",
      connections: 5,
    },
    shared: { exec: "default", connections: 10, iterations: 200, duration: "30s" },
    each: { exec: "default", connections: 10, iterations: 200 },
  });
  assertStringIncludes(text, 'import type { Bench, Options, Scenarios } from "@x/bench/script";');
  assertStringIncludes(text, "export async function browse(bench: Bench) {\n  const data = bench.vars;");
  assertStringIncludes(text, 'scenario:\\"constant\\" p95 < 500ms');
  assertEquals(remarks.map((remark) => remark.replace("t.js: options.", "")), [
    "scenarios.shared: env has no counterpart, left out",
    "scenarios.each: all users together do as many iterations; a fast one may do more than its part",
    'scenarios.outside: the executor "externally-controlled" has no counterpart, left out',
    "vus: left out, the scenarios say their load",
  ]);
});

Deno.test("what is no script is one message", async () => {
  assertThrows(
    () => convertK6("export default function ( {", "t.js"),
    UsageError,
    "Cannot read t.js: Unexpected token on line 1",
  );
  assertThrows(() => convertK6('[{ "user": "a" }]', "users.json"), UsageError, "it exports no function");
  const io = {
    readFile: () => Promise.reject(new Deno.errors.NotFound()),
    writeFile: () => Promise.resolve(),
    printOut() {},
    printError() {},
  };
  await assertRejects(() => importK6("gone.js", undefined, io), UsageError, "there is no such file");
});

const CALLS = `
import grpc, { Stream } from 'k6/net/grpc';
import { check, sleep } from 'k6';

const client = new grpc.Client();
client.load(['.'], 'shop.proto');
const HOST = 'localhost:50051';

function item(id) {
  return client.invoke('shop.Shop/GetItem', { id }, { metadata: { 'x-a': 'b' }, timeout: 20000, tags: { name: 'item' } });
}

export default () => {
  if (__ITER == 0) {
    client.connect(HOST, { plaintext: true });
  }
  const response = item(1001);
  check(response, { 'status is OK': (r) => r && r.status === grpc.StatusOK, named: (r) => r.message.name !== '' });
  check(client.invoke('shop.Shop/Fail', { code: 1 }), { cancelled: (r) => r.status === grpc.StatusCanceled });
  const stream = new Stream(client, 'shop.Shop/Chat');
  let seen = 0;
  stream.on('data', (message) => { seen++; });
  stream.on('error', (e) => { console.log('Error: ' + e.message); });
  stream.on('end', () => { client.close(); check(seen, { both: (n) => n === 2 }); });
  stream.write({ text: 'a' });
  stream.write({ text: 'b' });
  stream.end();
  sleep(0.01);
};
`;

const SHOP_PROTO = `syntax = "proto3"; package shop;
service Shop { rpc GetItem(ItemRequest) returns (Item); rpc Chat(stream T) returns (stream T); rpc Fail(F) returns (T); }
message ItemRequest { int32 id = 1; }
message Item { int32 id = 1; string name = 2; }
message T { string text = 1; }
message F { int32 code = 1; }`;

Deno.test("gRPC clients become the run's target and schema, their calls and streams those of modules, which run", async () => {
  const { text, remarks } = convertK6(CALLS, "t.js");
  assertEquals(remarks, [
    "t.js: stream.on('error'): a call that fails is counted by itself; (await stream.finish()).error says why",
  ]);
  for (
    const part of [
      '"url": "grpc://localhost:50051"',
      '"./shop.proto"',
      `{ metadata: { 'x-a': 'b' }, deadline: "20000ms", name: 'item' }`,
      'r && r.status === "OK"',
      'r.status === "CANCELLED"',
    ]
  ) assertStringIncludes(text, part);
  assert(!/client|connect/.test(text), text);
  await using target = startGrpcTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  await Deno.writeTextFile(`${temp.path}/t.ts`, text);
  await Deno.writeTextFile(`${temp.path}/shop.proto`, SHOP_PROTO);
  const { out, err } = await program([
    ...[`${temp.path}/t.ts`, target.url, "--iterations", "6", "-c", "2", "--json", "-"],
  ]);
  const result = JSON.parse(out || err);
  assertEquals([result.total_requests, result.error_types], [18, { grpc_cancelled: 6 }]);
  assertEquals(Object.values(result.checks), [1, 2, 3, 4].map(() => ({ passed: 6, failed: 0 })));
});
