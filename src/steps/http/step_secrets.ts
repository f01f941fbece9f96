/**
 * Where a step holds credentials: in its URL, its header fields or its body, as they are written or by what will be
 * filled in. Values of environment variables always count; data columns and extracted values do by their names.
 *
 * @module
 */
import { isCredential, isSecretName } from "../../lib/credentials.ts";
import { secretsInBody } from "../../lib/mask_text.ts";
import { secretsInUrl } from "../../lib/mask_url.ts";
import type { Body, HttpStep } from "../../plan/http_step.ts";
import { type Scenario, type StepSecrets, stepsOf } from "../../plan/scenario.ts";
import { placeholdersIn } from "../../template/template.ts";

/** Of a body this much is looked at, in characters. */
const MAX_SEARCHED = 65_536;

/** What is secret about a step. */
export function secretsOf(step: HttpStep): StepSecrets {
  const filled = (text: string) => step.isTemplate ? secretPlaceholders(text) : [];
  const body = textOf(step.body);
  return {
    headers: new Set(
      step.headers
        .filter((header) => isCredential(header) || header.some((text) => filled(text).length > 0))
        .map(([name]) => name.toLowerCase()),
    ),
    url: unique([...secretsInUrl(step.url), ...filled(step.url)]),
    body: unique([...secretsInBody(body), ...(step.body?.kind === "text" ? filled(body) : [])]),
  };
}

/** All of it in words, such as `header authorization` and `field password`. */
export function describeSecrets({ headers, url, body }: StepSecrets): readonly string[] {
  const named = (kind: string) => (name: string) => name.startsWith("${") ? name : `${kind} ${name}`;
  return [...[...headers].map(named("header")), ...url.map(named("parameter")), ...body.map(named("field"))];
}

/** Placeholders, as they are written, whose values are secret. */
function secretPlaceholders(text: string): readonly string[] {
  return placeholdersIn(text).filter((placeholder) => {
    switch (placeholder.kind) {
      case "call":
        return placeholder.name === "env";
      case "field":
        return isSecretName(placeholder.field);
      case "variable":
        return isSecretName(placeholder.name);
    }
  }).map(({ source }) => source);
}

function textOf(body: Body | undefined): string {
  if (body?.kind === "text") return body.text.slice(0, MAX_SEARCHED);
  if (body?.kind !== "base64") return "";
  const bytes = atob(body.base64.slice(0, MAX_SEARCHED));
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

/** The same for every step by its index, found out when it is asked for. */
export function stepSecrets(scenario: Scenario): (step: number) => StepSecrets {
  const steps = stepsOf(scenario);
  const known = new Map<number, StepSecrets>();
  return (index) => {
    const found = known.get(index) ?? secretsOf(steps[index]!);
    known.set(index, found);
    return found;
  };
}
