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
import type { DataSet, DataValue, Flow, Scenario } from "../../plan/scenario.ts";
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
import { stepShape } from "../../steps/plan_shapes.ts";

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

/** Of a flow; and flows. */
const MAX_STEPS = 1_000_000;

const flow = shape<Flow>()({ name: text, weight: number, steps: list(stepShape, MAX_STEPS, 1) });

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
