/**
 * Chooses the place where a run takes place.
 *
 * @module
 */
import { localRunner, type Runner, type RunnerContext } from "./runner.ts";
import type { MainValues } from "../settings/settings.ts";

/**
 * Opens the place that the options ask for; a master waits for its workers. Nothing of fleets is loaded before one is
 * asked for.
 * @throws {RunError} when it cannot listen, or the workers do not come.
 */
export async function openRunner(values: MainValues, context: RunnerContext): Promise<Runner> {
  if (!values.master) return localRunner(values);
  const { openFleet } = await import("./open_fleet.ts");
  return await openFleet(values, context);
}
