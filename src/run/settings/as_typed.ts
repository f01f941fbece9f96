/**
 * Problems that name a flag the way it was typed: `-c` for whoever wrote `-c`.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import type { OptionTable } from "../../options/option.ts";
import type { Resolved } from "../../options/resolve.ts";

/** An error whose problems name the flags that were typed; anything but a usage error as it is. */
export function asTyped(
  error: unknown,
  { origins, options }: Pick<Resolved, "origins"> & { readonly options: OptionTable },
): unknown {
  if (!(error instanceof UsageError)) return error;
  const others = [...origins].flatMap(([property, { source, text }]) => {
    const long = options[property]?.long;
    return source === "command line" && long !== undefined && long !== text ? [[long, text] as const] : [];
  });
  const renamed = others.reduce<readonly string[]>(
    (problems, [long, text]) =>
      problems.map((problem) => problem.replace(new RegExp(`(?<![\\w-])${long}(?![\\w-])`, "g"), text)),
    error.problems,
  );
  const typed = new UsageError(renamed);
  if (error.help !== undefined) typed.help = error.help;
  return typed;
}
