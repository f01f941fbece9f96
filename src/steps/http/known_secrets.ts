/**
 * The secret values that an iteration knows, so that they can be masked wherever they turn up.
 *
 * @module
 */
import type { PreparedRequest } from "../../client/exchange/http_client.ts";
import { isCredential, isSecretName } from "../../lib/credentials.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { textOf } from "../../template/value.ts";
import type { StepOutcome } from "./step_outcome.ts";
import { secretVariables } from "./step_secrets.ts";

/** Values shorter than this say too little to be masked wherever they stand. */
const MIN_CHARACTERS = 4;

/** Values of environment variables, of the rows drawn, and of what was extracted, as far as they are secret. */
export function knownSecrets(
  known: Pick<RunPlan, "scenario" | "vars">,
  { rows, variables }: Pick<StepOutcome, "rows" | "variables">,
): readonly string[] {
  const { env = {}, data } = known.scenario;
  const isHidden = hiddenIn(known);
  const fields = rows.flatMap((row, set) =>
    (data[set]?.fields ?? []).flatMap((field, i) => isSecretName(field) ? [textOf(row?.[i] ?? "")] : [])
  );
  const extracted = [...variables].map(([name, value]) => [name, textOf(value)] as const)
    .filter(([name, value]) => isHidden(name, value)).map(([, value]) => value);
  return [
    ...Object.values(env),
    ...[...fields, ...extracted].filter((value) => value.length >= MIN_CHARACTERS),
  ];
}

/**
 * Tells whether an extracted value is secret: by its name or that of what it was taken from, or by the look of a session
 * id, a UUID or a signed token.
 */
export function hiddenIn(
  known: Pick<RunPlan, "scenario" | "vars">,
): (name: string, value: string) => boolean {
  const variables = secretVariables(known);
  return (name, value) =>
    isSecretName(name) || variables.has(name) ||
    (/^[\w.~+/=-]{20,}$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value));
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
    const [, password] = /^basic$/i.test(scheme) ? /^[^:]*:(.*)$/s.exec(atob(token)) ?? [] : [];
    return password === undefined ? [token] : [token, password];
  } catch {
    return [token]; // No base64 after all.
  }
}
