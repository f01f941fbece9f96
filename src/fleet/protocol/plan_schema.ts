/**
 * What a plan from the wire may look like. A plan that a remote node accepts has no bodies in files: a node reads no
 * files for its master.
 *
 * @module
 */
import * as v from "valibot";
import type {
  ClientSpec,
  DurationLoad,
  LoadSpec,
  LogSpec,
  PacerSpec,
  ProxySpec,
  RateLoad,
  RequestsLoad,
  ResolveRule,
  RunPlan,
  TlsSpec,
  UsersLoad,
} from "../../plan/run_plan.ts";
import type {
  Body,
  CheckRule,
  DataSet,
  DataValue,
  ExtractRule,
  Flow,
  HeaderLine,
  Scenario,
  Step,
} from "../../plan/scenario.ts";
import {
  atLeast,
  count,
  dictionary,
  flag,
  list,
  maybe,
  number,
  oneOf,
  type Schema,
  shape,
  text,
  variant,
} from "../../lib/shape.ts";

type Pacer<Kind extends PacerSpec["kind"]> = Extract<PacerSpec, { readonly kind: Kind }>;

const pacer = variant<PacerSpec>()("kind", [
  shape<Pacer<"constant">>()({ kind: oneOf("constant"), rate: number }),
  shape<Pacer<"linear">>()({ kind: oneOf("linear"), from: number, to: number, durationMs: number }),
  shape<Pacer<"sine">>()({
    kind: oneOf("sine"),
    rate: number,
    cycles: number,
    min: number,
    durationMs: number,
  }),
  shape<Pacer<"step">>()({ kind: oneOf("step"), levels: list(number), durationMs: number }),
  shape<Pacer<"sawtooth">>()({
    kind: oneOf("sawtooth"),
    rate: number,
    cycles: number,
    min: number,
    durationMs: number,
  }),
  shape<Pacer<"square">>()({
    kind: oneOf("square"),
    rate: number,
    cycles: number,
    low: number,
    durationMs: number,
  }),
  shape<Pacer<"spike">>()({
    kind: oneOf("spike"),
    rate: number,
    intervalMs: number,
    spikeMs: number,
    multiplier: number,
    baseline: number,
  }),
  shape<Pacer<"business-hours">>()({ kind: oneOf("business-hours"), rate: number, durationMs: number }),
  shape<Pacer<"points">>()({
    kind: oneOf("points"),
    points: list(v.tuple([number, number]) as unknown as Schema<readonly [number, number]>),
  }),
]);

const load = variant<LoadSpec>()("kind", [
  shape<DurationLoad>()({ kind: oneOf("duration"), connections: count, durationMs: number }),
  shape<RequestsLoad>()({
    kind: oneOf("requests"),
    connections: count,
    unit: oneOf("requests", "iterations"),
    amount: count,
  }),
  shape<UsersLoad>()({
    kind: oneOf("users"),
    users: count,
    durationMs: number,
    rampUpMs: number,
    thinkMs: number,
    thinkJitter: number,
  }),
  shape<RateLoad>()({
    kind: oneOf("rate"),
    pacer,
    durationMs: maybe(number),
    amount: maybe(count),
    maxConnections: count,
    description: maybe(text),
    targetRate: number,
    rampTargetRate: maybe(number),
  }),
]);

const tls = shape<TlsSpec>()({
  verify: flag,
  caCerts: list(text),
  cert: maybe(text),
  key: maybe(text),
  sni: maybe(text),
  minVersion: maybe(oneOf("1.2", "1.3")),
  maxVersion: maybe(oneOf("1.2", "1.3")),
  viaNode: maybe(oneOf(true)),
});

const port = atLeast(0, 65_535);
const resolveRule = shape<ResolveRule>()({ host: text, port, toHost: text, toPort: port });

const client = shape<ClientSpec>()({
  kind: oneOf("raw", "fetch"),
  keepAlive: flag,
  timeoutMs: number,
  maxHeaderBytes: count,
  maxBodyBytes: maybe(atLeast(1, 268_435_456)),
  tls,
  phases: flag,
  leavesBody: maybe(oneOf(true)),
  verifyLength: flag,
  maxRedirects: count,
  expectContinue: maybe(flag),
  http2: flag,
  streams: maybe(atLeast(1)),
  h2WindowBytes: maybe(count),
  resolve: list(resolveRule),
  family: maybe(oneOf(4, 6)),
  unixSocket: maybe(text),
  localAddresses: maybe(list(text)),
  proxy: maybe(shape<ProxySpec>()({ http: maybe(text), https: maybe(text), bypass: list(text) })),
  dnsRefreshMs: maybe(number),
  perAddress: flag,
});

const header = v.tuple([v.string(), v.string()]) as unknown as Schema<HeaderLine>;

/** Bodies on the wire: all but files, which the master puts into the plan as bytes. */
const body = v.union([
  shape<Extract<Body, { kind: "text" }>>()({ kind: oneOf("text"), text, isJson: maybe(oneOf(true)) }),
  shape<Extract<Body, { kind: "base64" }>>()({ kind: oneOf("base64"), base64: text }),
]) as unknown as Schema<Body>;

const extractRule = shape<ExtractRule>()({
  name: text,
  from: oneOf("json", "header", "regex"),
  expression: text,
});

type Check<Kind extends CheckRule["kind"]> = Extract<CheckRule, { readonly kind: Kind }>;

const scalar = v.union([
  v.string(),
  v.pipe(v.number(), v.finite()),
  v.boolean(),
  v.null(),
]) as unknown as Schema<
  string | number | boolean | null
>;

const checkRule = variant<CheckRule>()("kind", [
  shape<Check<"status">>()({ kind: oneOf("status"), equals: count }),
  shape<Check<"body_contains">>()({ kind: oneOf("body_contains"), text }),
  shape<Check<"body_regex">>()({ kind: oneOf("body_regex"), pattern: text }),
  shape<Check<"json">>()({ kind: oneOf("json"), path: text, equals: scalar }),
  shape<Check<"header">>()({ kind: oneOf("header"), name: text, equals: maybe(text), pattern: maybe(text) }),
  shape<Check<"max_latency">>()({ kind: oneOf("max_latency"), ms: number }),
]);

/** Nothing but HTTP leaves a worker. A URL with placeholders may be none yet; the client looks at it again. */
function isHttpStep({ url, base, isTemplate }: Step): boolean {
  const isHttp = (text: string | undefined) => /^https?:$/.test(URL.parse(text ?? "")?.protocol ?? "");
  if (base !== undefined && !isHttp(base)) return false;
  const whole = URL.parse(url, base);
  return whole === null ? isTemplate : isHttp(whole.href);
}

const step = v.pipe(
  shape<Step>()({
    name: text,
    method: text,
    url: text,
    base: maybe(text),
    headers: list(header),
    body: maybe(body),
    isTemplate: flag,
    thinkMs: maybe(number),
    extract: list(extractRule),
    checks: list(checkRule),
  }),
  v.check(isHttpStep, "Expected an http or https URL"),
) as unknown as Schema<Step>;

/** Of a flow; and flows. */
const MAX_STEPS = 1_000_000;

const flow = shape<Flow>()({ name: text, weight: number, steps: list(step, MAX_STEPS, 1) });

const dataValue: Schema<DataValue> = v.union([
  text,
  number,
  flag,
  v.null(),
  shape<Exclude<DataValue, string | number | boolean | null>>()({ json: text }),
]);

const dataSet = shape<DataSet>()({
  name: text,
  strategy: oneOf("loop", "sequential", "random", "unique"),
  fields: list(text),
  rows: list(list(dataValue)),
});

const scenario = shape<Scenario>()({
  name: maybe(text),
  pick: oneOf("rotate", "weighted"),
  flows: list(flow, MAX_STEPS, 1),
  data: list(dataSet),
  cookies: oneOf("ignore", "persistent", "fresh_per_iteration"),
  onExtractFailure: oneOf("abort_iteration", "continue"),
  onTemplateError: oneOf("abort_iteration", "keep_literal"),
  env: maybe(dictionary(text)),
  cacheBust: flag,
});

/** A whole plan. */
export const runPlanSchema: Schema<RunPlan> = shape<RunPlan>()({
  version: oneOf(1),
  load,
  scenario,
  client,
  gracefulStopMs: number,
  warmupMs: number,
  seed: count,
  verbosity: count,
  log: maybe(shape<LogSpec>()({ share: number, maxPerSecond: count })),
});
