/**
 * What reports, thresholds and exports call the checks of steps.
 *
 * @module
 */
import { maskSecrets } from "../../lib/mask_text.ts";
import { maskUrlsIn } from "../../lib/mask_url.ts";
import { httpStepsOf, type Scenario } from "../../plan/scenario.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import { secretsSentBy } from "./known_secrets.ts";
import { describeCheck } from "./rules/assert.ts";

/** What a scenario's requests send that is secret, by scenario: a check may expect to get it back. */
const sentSecrets = new WeakMap<Scenario, readonly string[]>();

function secretsSentIn(scenario: Scenario): readonly string[] {
  const known = sentSecrets.get(scenario);
  if (known !== undefined) return known;
  const secrets = httpStepsOf(scenario).flatMap(({ headers, url, base }) =>
    secretsSentBy({ headers, url: URL.parse(url, base) ?? NOWHERE })
  ).filter((secret) => !secret.includes("${"));
  sentSecrets.set(scenario, secrets);
  return secrets;
}

const NOWHERE = new URL("http://nowhere.invalid/");

/** The names of a step's checks, in their order: `log in: status is 200`. */
export function checkNames({ name, checks }: HttpStep, scenario: Scenario): readonly string[] {
  const secrets = secretsSentIn(scenario);
  return checks.map((rule) => `${maskUrlsIn(name)}: ${maskSecrets(describeCheck(rule), secrets)}`);
}
