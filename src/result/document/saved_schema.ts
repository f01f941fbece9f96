/**
 * What a saved run looks like in a file.
 *
 * @module
 */
import * as v from "valibot";
import {
  amount,
  atLeast,
  count,
  flag,
  list,
  maybe,
  oneOf,
  type Schema,
  shape,
  text,
  time,
} from "../../lib/shape.ts";
import { totalSchema } from "../../metrics/snapshot_codec.ts";
import { shownSettings } from "../../plan/client_spec.ts";
import { loadSchema } from "../../plan/load_schema.ts";
import {
  abortSchema,
  certificateSchema,
  clientHealthSchema,
  fleetSummarySchema,
  lostWorkerSchema,
  untilVerdictSchema,
} from "../run_schema.ts";
import { runChangeSchema } from "../run_change_schema.ts";
import type { ReadRun, SavedPlan, SavedSocketLoad } from "./saved_run.ts";

type SavedFlow = SavedPlan["flows"][number];

const flow = shape<SavedFlow>()({
  name: text,
  steps: list(
    shape<SavedFlow["steps"][number]>()({
      kind: maybe(oneOf("http", "code", "websocket", "replay")),
      name: text,
      method: text,
      url: text,
      thinkMs: maybe(amount),
      socket: maybe(
        shape<SavedSocketLoad>()({
          messages: atLeast(0, 1_000_000),
          intervalMs: amount,
          expectsReply: flag,
          inFlight: atLeast(1),
          replyTimeoutMs: amount,
          isCorrelated: flag,
        }),
      ),
    }),
  ),
});

const plan = shape<SavedPlan>()({
  load: loadSchema,
  name: maybe(text),
  cookies: oneOf("ignore", "persistent", "fresh_per_iteration"),
  flows: list(flow),
  client: oneOf("raw", "fetch"),
  ...shownSettings,
  http2: maybe(flag),
  gracefulStopMs: amount,
  warmupMs: amount,
  seed: count,
});

const run = shape<ReadRun["run"]>()({
  startedAtMs: time,
  durationMs: time,
  interrupted: flag,
  threads: count,
  health: clientHealthSchema,
  lost: list(lostWorkerSchema),
  fleet: maybe(fleetSummarySchema),
  certificate: maybe(certificateSchema),
  warmupRequests: maybe(count),
  aborted: maybe(abortSchema),
  until: maybe(list(untilVerdictSchema)),
  changes: maybe(list(runChangeSchema, 10_000)),
});

const WINDOWS = /^(?:[\d.e-]+:[\d.e-]+:[\d.e-]*(?: [\d.e-]+:[\d.e-]+:[\d.e-]*)*)?$/;

/** A run inside its JSON result. */
export const savedRunSchema: Schema<ReadRun> = shape<ReadRun>()({
  plan,
  total: totalSchema,
  run,
  windows: v.pipe(
    v.string("Expected the windows' times"),
    v.regex(WINDOWS, "Expected the windows' times"),
  ) as unknown as Schema<string>,
});
