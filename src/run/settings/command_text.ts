/**
 * The command that a run can be repeated with.
 *
 * @module
 */
import { isCredential } from "../../lib/credentials.ts";
import { maskFieldValue } from "../../lib/mask_text.ts";
import { MASK, maskUrl, maskUrlsIn } from "../../lib/mask_url.ts";
import type { Option, OptionTable } from "../../options/option.ts";
import { isSwitch } from "../../options/names.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { SCENARIO_FILE } from "./module_file.ts";
import type { Settings } from "./settings.ts";

/** Options that say where something goes or how it looks, not what is measured. */
export const LEFT_OUT: ReadonlySet<string> = new Set(["color", "config", "progress", "live"]);

/**
 * All options that were given, wherever they came from, as words of a shell; secrets are masked.
 * @param plain properties of options that are shown although their values may be secret
 */
export function commandText(
  { values, origins, options, operands }: Pick<Settings, "values" | "origins" | "operands"> & {
    readonly options: OptionTable;
  },
  plain: readonly string[] = [],
): string {
  const { scenario } = values;
  const first = scenario !== undefined && SCENARIO_FILE.test(scenario) ? [scenario] : [];
  const shown = [...origins].filter(([property, { source }]) =>
    !LEFT_OUT.has(property) && (property !== "scenario" || first.length === 0) &&
    // The environment still has its secrets when the command is repeated.
    !(source === "environment" && options[property]?.secret)
  ).map(([property]) => property);
  const words = shown.flatMap((property) => {
    const option = options[property];
    return option === undefined ? [] : wordsOf(
      plain.includes(property) ? shownPlain(option) : option,
      (values as Readonly<Record<string, unknown>>)[property],
    );
  });
  return ["bench", ...first, ...words, ...operands.map((operand) => maskUrl(operand))].map(quoted).join(" ");
}

function shownPlain({ secret: _, ...option }: Option): Option {
  return option;
}

function wordsOf(option: Option, value: unknown): readonly string[] {
  if (isSwitch(option)) {
    if (value === true) return [option.long];
    return option.negation === undefined ? [] : [option.negation];
  }
  const flag = option.short ?? option.long;
  const items = option.repeat ? value as readonly unknown[] : [value];
  return items.filter((item) => item !== undefined).flatMap((item) => {
    const text = textOf(option, item);
    if (!("bare" in option)) return [flag, text ?? MASK];
    // What the flag alone stands for may have no words of its own, such as any free port.
    const isBare = text === undefined || JSON.stringify(item) === JSON.stringify(option.bare);
    return [isBare ? option.long : `${option.long}=${text}`];
  });
}

/** A value as its flag takes it, secrets masked. `undefined`: it has no text, and stands for the flag alone. */
export function textOf(option: Option, item: unknown): string | undefined {
  const { type, secret } = option;
  if (secret) return MASK;
  if (type.pair !== undefined && Array.isArray(item)) {
    const line = item as unknown as HeaderLine;
    return type.format?.([line[0], isCredential(line) ? MASK : maskFieldValue(line[1])]) ?? MASK;
  }
  const text = type.format?.(item) ?? (isRule(item) ? item.expression : undefined) ??
    (typeof item === "object" ? undefined : String(item));
  if (text === undefined || (text === "" && "bare" in option)) return undefined;
  if (type.isPublic) return text;
  return maskUrlsIn(isRule(item) ? text : maskUrl(text));
}

/** Thresholds and rules remember how they were written. */
function isRule(item: unknown): item is { readonly expression: string } {
  return typeof item === "object" && item !== null && "expression" in item &&
    typeof item.expression === "string";
}

function quoted(word: string): string {
  return /^[\w./:=,@%+~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
