/**
 * What reports, thresholds and exports call the checks of steps.
 *
 * @module
 */
import { maskUrlsIn } from "../../lib/mask_url.ts";
import { httpStepsOf, type Scenario } from "../../plan/scenario.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import { describeCheck } from "./rules/assert.ts";

/** The names of a step's checks, in their order: what each claims, and of which step it is where several have some. */
export function checkNames({ name, checks }: HttpStep, scenario: Scenario): readonly string[] {
  const isOnly = httpStepsOf(scenario).filter((step) => step.checks.length > 0).length === 1;
  return checks.map((rule) => isOnly ? describeCheck(rule) : `${maskUrlsIn(name)}: ${describeCheck(rule)}`);
}
