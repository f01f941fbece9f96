/**
 * What a module's `setup` returned, on its way to threads and workers.
 *
 * @module
 */
import { messageOf, RunError } from "../../lib/errors.ts";
import type { RunPlan } from "../../plan/run_plan.ts";

type SharedVars = NonNullable<RunPlan["vars"]>;

/** The name of the one variable that holds it. */
const NAME = "setup";

/** @throws {RunError} when it has no JSON */
export function shareValue(value: unknown): SharedVars {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    throw new RunError(
      `Setup failed: what it returned cannot be sent to threads and workers: ${messageOf(error)}`,
    );
  }
  return json === undefined ? {} : { [NAME]: { json } };
}

/** What `setup` returned, frozen; an empty object when it returned nothing. */
export function sharedValue(vars: SharedVars = {}): unknown {
  const value = vars[NAME];
  return typeof value === "object" && value !== null ? frozen(JSON.parse(value.json)) : {};
}

function frozen(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
