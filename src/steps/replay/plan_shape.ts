/**
 * What the replay of a log may look like in a plan from the wire.
 *
 * @module
 */
import * as v from "valibot";
import { flag, list, maybe, number, oneOf, type Schema, shape, text, variant } from "../../lib/shape.ts";
import { pauseSchema } from "../../plan/block_schema.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { LogFields, LogFormat, ReplayStep } from "../../plan/replay_step.ts";

const header = v.tuple([v.string(), v.string()]) as unknown as Schema<HeaderLine>;

const fields = shape<LogFields>()({
  time: text,
  method: maybe(text),
  target: maybe(text),
  request: maybe(text),
  status: maybe(text),
  host: maybe(text),
});

const format = variant<LogFormat>()("kind", [
  shape<Extract<LogFormat, { kind: "pattern" }>>()({ kind: oneOf("pattern"), pattern: text }),
  shape<Extract<LogFormat, { kind: "json" }>>()({ kind: oneOf("json"), fields }),
  shape<Extract<LogFormat, { kind: "csv" }>>()({ kind: oneOf("csv"), fields, columns: list(text) }),
]);

/** A log that is replayed. */
export const replayStepShape: Schema<ReplayStep> = shape<ReplayStep>()({
  kind: oneOf("replay"),
  name: text,
  thinkMs: maybe(number),
  pause: maybe(pauseSchema),
  url: text,
  headers: list(header),
  path: text,
  format,
  isWhole: flag,
  beginsMs: number,
  speed: number,
  loops: flag,
  keepsHosts: flag,
  skip: maybe(text),
});
