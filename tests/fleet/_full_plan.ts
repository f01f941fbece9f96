/** Plans in which every field is set, and every kind of everything occurs. */
import type { ClientSpec, TlsSpec } from "../../src/plan/client_spec.ts";
import type { LoadSpec, RunPlan } from "../../src/plan/run_plan.ts";
import type { PacerSpec } from "../../src/plan/pacer_spec.ts";
import type { CheckRule } from "../../src/plan/check_rule.ts";
import type { GrpcSpec } from "../../src/plan/grpc/grpc_spec.ts";
import type { ModuleCalls } from "../../src/plan/grpc/module_calls.ts";
import type { ProtoField } from "../../src/plan/grpc/proto_types.ts";
import type { HttpStep } from "../../src/plan/http_step.ts";
import type { Scenario } from "../../src/plan/scenario.ts";

/** All fields present: leaving one out does not compile. */
type Full<T> = T extends readonly unknown[] ? T : { readonly [K in keyof T]-?: T[K] };

export const PACERS: readonly PacerSpec[] = [
  { kind: "constant", rate: 0.5 },
  { kind: "linear", from: 1, to: 10, durationMs: 1000 },
  { kind: "sine", rate: 5, cycles: -2, min: 0.1, durationMs: 1000 },
  { kind: "step", levels: [1, 2, 3], durationMs: 1000 },
  { kind: "sawtooth", rate: 5, cycles: 3, min: 0, durationMs: 1000 },
  { kind: "square", rate: 5, cycles: 3, low: 0.2, durationMs: 1000 },
  { kind: "spike", rate: 5, intervalMs: 100, spikeMs: 10, multiplier: 4, baseline: 0.5 },
  { kind: "business-hours", rate: 5, durationMs: 1000 },
  { kind: "points", points: [[0, 1], [500, 2.5]] },
];

const RATE: Full<Extract<LoadSpec, { kind: "rate" }>> = {
  kind: "rate",
  pacer: PACERS[0]!,
  arrivals: "poisson",
  durationMs: 1000,
  amount: 10,
  maxConnections: 100,
  description: "sine",
  targetRate: 5,
  rampTargetRate: 10,
};

export const LOADS: readonly LoadSpec[] = [
  { kind: "duration", connections: 3, durationMs: 1000 },
  { kind: "requests", connections: 3, unit: "iterations", amount: 7, durationMs: 1000 },
  { kind: "users", users: 3, durationMs: 1000, rampUpMs: 10, thinkMs: 1.5, thinkJitter: 0.5 },
  {
    kind: "users",
    users: 3,
    durationMs: 1000,
    rampUpMs: 0,
    thinkMs: 1.5,
    thinkJitter: 0.5,
    stages: [[0, 0], [500, 3], [1000, 0.5]],
  },
  ...PACERS.map((pacer) => ({ ...RATE, pacer })),
];

const CHECKS: readonly CheckRule[] = [
  { kind: "status", equals: 404 },
  { kind: "body_contains", text: "a\u2028\u0000" },
  { kind: "body_regex", pattern: "^a+$" },
  { kind: "json", path: "$.a", equals: null },
  { kind: "json", path: "$.b", equals: "*" },
  { kind: "header", name: "X-A", equals: "1", pattern: "." },
  { kind: "status", equals: [[200, 299], [404, 404]] },
  { kind: "json", path: "$.c", compare: { of: "count", operator: ">=", to: 1 } },
  { kind: "json", path: "$.d", oneOf: [1, "a", null, true] },
  { kind: "header", name: "X-B", exists: false },
  { kind: "json_schema", schema: '{"type":"object"}', name: "s.json" },
  { kind: "max_latency", ms: 12.5 },
];

const FIELD: Full<ProtoField> = {
  name: "unit_price",
  json: "unitPrice",
  number: 1,
  type: "int32",
  kind: "scalar",
  repeated: true,
  packed: true,
  mapKey: "string",
  oneof: "choice",
  explicit: true,
};

const GRPC: Full<GrpcSpec> = {
  request: "a.B",
  response: "a.C",
  streamsRequests: true,
  streamsResponses: true,
  types: {
    messages: [{ name: "a.B", fields: [FIELD, { ...FIELD, kind: "enum", type: "a.E" }] }],
    enums: [{ name: "a.E", values: [["NONE", 0], ["OLD", -1]] }],
  },
  maxMessageBytes: 100,
  compressed: true,
  intervalMs: 10,
  awaitsReply: true,
};

const CALLS: Full<ModuleCalls> = {
  methods: [{
    path: "a.S/M",
    request: "a.B",
    response: "a.C",
    streamsRequests: true,
    streamsResponses: true,
  }],
  types: GRPC.types,
  maxMessageBytes: 100,
  compressed: true,
  deadlineMs: 1000,
};

const STEP: Full<HttpStep> = {
  name: "login",
  kind: "http",
  method: "post",
  url: "http://a.test/${x}",
  base: "http://a.test/",
  headers: [["X-A", "1"], ["X-A", "2"]],
  body: { kind: "text", text: '{"a":"${x}"}', isJson: true },
  isTemplate: true,
  thinkMs: 0,
  pause: { kind: "normal", meanMs: 5, stdevMs: 2 },
  timeoutMs: 250,
  maxRedirects: 2,
  extract: [
    { name: "x", from: "json", expression: "$.x", pick: "random", decode: "html", default: "[1]" },
    { name: "y", from: "regex", expression: "(?<y>.)", group: "y" },
  ],
  checks: CHECKS,
  stopsOnFailure: true,
  stream: {
    kind: "sse",
    tokens: { path: "$.token", countPath: "$.count", goodput: { ttftMs: 1, tpotMs: 2, itlMs: 3, e2eMs: 4 } },
  },
  grpc: GRPC,
};

const SCENARIO: Full<Scenario> = {
  name: "shop",
  pick: "weighted",
  flows: [{
    name: "f",
    weight: 2,
    steps: [STEP, { ...STEP, body: { kind: "base64", base64: "AAEC" } }, {
      ...STEP,
      body: {
        kind: "pieces",
        pieces: [{ kind: "text", text: "a=${x}", isForm: true }, { kind: "base64", base64: "AA==" }],
      },
    }],
    blocks: [
      { kind: "group", from: 0, to: 2, name: "g" },
      { kind: "repeat", from: 0, to: 2, times: "n", max: 3 },
      { kind: "while", from: 0, to: 1, condition: "more", max: 9 },
      { kind: "if", from: 0, to: 1, condition: "a == 1", otherwise: 1 },
      { kind: "choose", from: 0, to: 1, choices: [{ to: 1, weight: 0.5 }] },
      { kind: "parallel", from: 1, to: 2 },
    ],
  }],
  data: [{ name: "users", strategy: "unique", fields: ["a", "b"], rows: [["1", ""], ["2", "ü"]] }],
  cookies: "fresh_per_iteration",
  onExtractFailure: "continue",
  onTemplateError: "keep_literal",
  env: { TOKEN: "secret", ["__proto__"]: "x" },
  vars: { color: "red", lots: 3, words: { json: "[1]" }, nothing: null },
  cacheBust: true,
};

const TLS: Full<TlsSpec> = {
  verify: false,
  caCerts: ["PEM"],
  cert: "PEM",
  key: "KEY",
  sni: "a.test",
  minVersion: "1.2",
  maxVersion: "1.3",
  noResumption: true,
  viaNode: true,
};

const CLIENT: Full<ClientSpec> = {
  sockets: "auto",
  kind: "fetch",
  keepAlive: false,
  maxRequestsPerConnection: 100,
  connectionLifetimeMs: 1500,
  auth: {
    kind: "oauth2",
    origins: ["http://a.test"],
    tokenUrl: "http://b.test/token",
    clientId: "c",
    clientSecret: "s",
    scope: "read",
    token: "t",
    endsAtMs: 1,
  },
  timeoutMs: 1234.5,
  maxHeaderBytes: 10,
  maxBodyBytes: 11,
  tls: TLS,
  phases: true,
  leavesBody: true,
  verifyLength: true,
  maxRedirects: 3,
  expectContinue: false,
  callsApart: true,
  http2: true,
  streams: 50,
  h2WindowBytes: 65_535,
  resolve: [{ host: "a.test", port: 80, toHost: "127.0.0.1", toPort: 0 }],
  family: 6,
  unixSocket: "/run/x.sock",
  localAddresses: ["127.0.0.2", "::1"],
  proxy: { http: "http://u:p@proxy.test:3128", https: "socks5://proxy.test:1080", bypass: ["a.test"] },
  dnsRefreshMs: 500,
  perAddress: true,
  traceRatio: 0.01,
  serverTiming: true,
};

/** A plan with every field set that travels. */
export const FULL_PLAN: Full<Omit<RunPlan, "once">> = {
  version: 1,
  load: RATE,
  scenario: SCENARIO,
  module: {
    url: "file:///shop.ts",
    name: "shop.ts",
    files: [{ path: "shop.ts", text: "", sha256: "00" }],
    calls: CALLS,
  },
  client: CLIENT,
  gracefulStopMs: 100,
  warmupMs: 200,
  seed: 4_294_967_295,
  verbosity: 4,
  log: { share: 0.5, maxPerSecond: 1000 },
  vars: { token: "secret", isNew: true },
};
