/**
 * Changes of a run that are asked for over its page's API.
 *
 * @module
 */
import { changeRequestSchema } from "../../fleet/coordination/change_request_schema.ts";
import type { RunControl } from "../../fleet/coordination/run_control.ts";
import { UsageError } from "../../lib/errors.ts";
import { rounded } from "../../lib/json/present.ts";
import { misfitText, readShape } from "../../lib/read_shape.ts";
import { changeText } from "../../result/run_change.ts";

/**
 * Does what was asked for; gives what is told of it, as JSON.
 * @throws {UsageError} that says what is wrong with it
 */
export function changeByPage(control: RunControl, request: unknown): unknown {
  const read = readShape(changeRequestSchema, request);
  if (!("output" in read)) throw new UsageError(read.misfits.map(misfitText));
  return {
    changes: control.request(read.output).map((change) => ({
      at_sec: rounded(change.atMs / 1000, 3),
      kind: change.kind,
      ...(change.scenario !== undefined && { scenario: change.scenario }),
      ...(change.value !== undefined && { value: change.value }),
      ...(change.note !== undefined && { note: change.note }),
      text: changeText(change),
    })),
  };
}
