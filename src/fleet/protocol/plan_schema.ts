/**
 * What a plan from the wire may look like. A plan that a remote node accepts has no bodies in files: a node reads no
 * files for its master.
 *
 * @module
 */
import { MAX_PLAN_STEPS } from "../../lib/size_limits.ts";
import * as v from "valibot";
import { blockSchema } from "../../plan/block_schema.ts";
import { clientSchema } from "../../plan/client_spec.ts";
import { moduleCallsSchema } from "../../plan/grpc/grpc_schema.ts";
import { loadSchema } from "../../plan/load_schema.ts";
import type { CodeFile, CodeModule } from "../../plan/code_step.ts";
import type { LogSpec, RunPlan } from "../../plan/run_plan.ts";
import type { DataSet, DataValue, Flow, Scenario } from "../../plan/scenario.ts";
import {
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
} from "../../lib/shape.ts";
import { stepShape } from "../../steps/plan_shapes.ts";

const flow = shape<Flow>()({
  name: text,
  weight: number,
  steps: list(stepShape, MAX_PLAN_STEPS, 1),
  blocks: maybe(list(blockSchema, MAX_PLAN_STEPS)),
});

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
  flows: list(flow, MAX_PLAN_STEPS, 1),
  data: list(dataSet),
  cookies: oneOf("ignore", "persistent", "fresh_per_iteration"),
  onExtractFailure: oneOf("abort_iteration", "continue"),
  onTemplateError: oneOf("abort_iteration", "keep_literal"),
  env: maybe(dictionary(text)),
  vars: maybe(dictionary(dataValue)),
  cacheBust: flag,
});

/** A whole plan, as it travels: what is done once is not for workers. */
export const runPlanSchema: Schema<RunPlan> = shape<Omit<RunPlan, "once">>()({
  version: oneOf(1),
  load: loadSchema,
  scenario,
  module: maybe(
    shape<CodeModule>()({
      url: text,
      name: text,
      files: maybe(list(shape<CodeFile>()({ path: text, text, sha256: text }), 1000, 1)),
      calls: maybe(moduleCallsSchema),
    }),
  ),
  client: clientSchema,
  gracefulStopMs: number,
  warmupMs: number,
  seed: count,
  verbosity: count,
  log: maybe(shape<LogSpec>()({ share: number, maxPerSecond: count })),
  vars: maybe(dictionary(dataValue)),
});
