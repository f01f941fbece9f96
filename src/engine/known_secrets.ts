/**
 * The secret values that an iteration knows, so that they can be masked wherever they turn up.
 *
 * @module
 */
import { isSecretName } from "../lib/credentials.ts";
import type { Scenario } from "../plan/scenario.ts";
import type { StepOutcome } from "../scenario/iteration.ts";
import { textOf } from "../scenario/value.ts";

/** Values shorter than this say too little to be masked wherever they stand. */
const MIN_CHARACTERS = 4;

/** Values of environment variables, of the rows drawn, and of what was extracted, as far as they are secret. */
export function knownSecrets(
  { env = {}, data }: Scenario,
  { rows, variables }: Pick<StepOutcome, "rows" | "variables">,
): readonly string[] {
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

/** Whether an extracted value is secret: by its name, or by the look of a session id, a UUID or a signed token. */
export function isHidden(name: string, value: string): boolean {
  return isSecretName(name) ||
    (/^[\w.~+/=-]{20,}$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value));
}
