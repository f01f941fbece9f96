/**
 * The secret values that an iteration knows, so that they can be masked wherever they turn up.
 *
 * @module
 */
import type { PreparedRequest } from "../../client/exchange/http_client.ts";
import { isCredential, isSecretName, looksSecret } from "../../lib/credentials.ts";
import { utf8Text } from "../../lib/utf8_text.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { textOf } from "../../template/value.ts";
import { bindExpression, isConstant } from "../../template/evaluate.ts";
import { type Placeholder, referencesOf } from "../../template/template.ts";
import type { ThreadContext } from "../step_kind.ts";
import type { StepOutcome } from "./step_outcome.ts";
import { stepPlaceholders } from "./step_placeholders.ts";
import { isSecret } from "./step_secrets.ts";

/** Values shorter than this say too little to be masked wherever they stand. */
const MIN_CHARACTERS = 4;

/** What tells secret values from others. */
export interface SecretRules extends Pick<RunPlan, "scenario">, Pick<ThreadContext, "secretVariables"> {}

/**
 * Values of environment variables, of the rows drawn, and of what was extracted, as far as they are secret, and what a
 * step made of them: a token in base64 is as good as the token.
 */
export function knownSecrets(
  known: SecretRules,
  outcome: SecretSources,
): readonly string[] {
  const { rows, variables } = outcome;
  const { env = {}, data } = known.scenario;
  const isHidden = hiddenIn(known);
  const fields = rows.flatMap((row, set) =>
    (data[set]?.fields ?? []).flatMap((field, i) => isSecretName(field) ? [textOf(row?.[i] ?? "")] : [])
  );
  const extracted = [...variables].map(([name, value]) => [name, textOf(value)] as const)
    .filter(([name, value]) => isHidden(name, value)).map(([, value]) => value);
  return [
    ...Object.values(env),
    ...[...fields, ...extracted, ...madeOfSecrets(known, outcome, isHidden)]
      .filter((value) => value.length >= MIN_CHARACTERS),
  ];
}

/** What a step knows. */
export type SecretSources = Pick<StepOutcome, "step" | "rows" | "variables" | "filled">;

/** What stands for placeholders that refer to something secret. */
function madeOfSecrets(
  known: SecretRules,
  { step, filled, variables }: SecretSources,
  isHidden: ReturnType<typeof hiddenIn>,
): readonly string[] {
  const isMade = (placeholder: Placeholder) =>
    referencesOf(placeholder).some((reference) =>
      isSecret(reference, known.secretVariables) ||
      (reference.kind !== "call" && variables.has(reference.name) &&
        isHidden(reference.name, textOf(variables.get(reference.name)!)))
    );
  const drawn = new Map(filled);
  return stepPlaceholders(step).filter(isMade).flatMap(({ expression, source }) => {
    const value = drawn.get(source);
    // What has no value stands for itself.
    if (value !== undefined) return value === source ? [] : [value];
    // Known before the load: from the environment, or a constant.
    const operand = bindExpression(expression, { ...known.scenario, constants: variables, source });
    return isConstant(operand) ? [textOf(operand.constant)] : [];
  }).filter((value) => !PLAIN.test(value));
}

/** What comparisons and calculations give says little, and stands everywhere. */
const PLAIN = /^(?:true|false|null|-?[\d.]{1,15})$/;

/**
 * Tells whether an extracted value is secret: by its name or that of what it was taken from, or by the look of a session
 * id, a UUID or a signed token.
 */
export function hiddenIn(
  { secretVariables }: Pick<SecretRules, "secretVariables">,
): (name: string, value: string) => boolean {
  return (name, value) => isSecretName(name) || secretVariables.has(name) || looksSecret(value);
}

/** The credentials in a request's header fields and URL, as they are and as parts of them may turn up. */
export function secretsSentBy({ headers, url }: Pick<PreparedRequest, "headers" | "url">): readonly string[] {
  const fields = headers.filter(isCredential).flatMap(([name, value]) =>
    /^cookie$/i.test(name)
      ? value.split(";").map((pair) => pair.slice(pair.indexOf("=") + 1).trim())
      : [value, ...tokensOf(value)]
  );
  const parameters = [...url.searchParams].filter(([name]) => isSecretName(name)).map(([, value]) => value);
  return [...fields, ...parameters].filter((value) => value.length >= MIN_CHARACTERS);
}

/** What stands behind the scheme of an `Authorization` field; of basic credentials the password besides. */
function tokensOf(value: string): readonly string[] {
  const [scheme = "", token = ""] = value.split(/ +/);
  if (token === "") return [];
  try {
    const [, password] = /^basic$/i.test(scheme) ? /^[^:]*:(.*)$/s.exec(userPasswordIn(token)) ?? [] : [];
    return password === undefined ? [token] : [token, password];
  } catch {
    return [token]; // No base64 after all.
  }
}

/** As {@linkcode basicAuth} wrote it, or somebody else who knows one byte a character. */
function userPasswordIn(base64: string): string {
  return utf8Text(Uint8Array.fromBase64(base64)) ?? atob(base64);
}
