/**
 * The header fields of a step in a scenario file: its own, and those that all steps have.
 *
 * @module
 */
import { HEADER_NAME, LINE_BREAK } from "../../../lib/net/header_syntax.ts";
import type { HeaderLine } from "../../../plan/http_step.ts";
import { placeholdersIn } from "../../../template/template.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import type { StepFileContext } from "../../file/step_file.ts";

type Scalar = string | number | boolean;

/** Header fields as they stand in a file. */
export type HeadersFile = Readonly<Record<string, Scalar | readonly Scalar[] | null>>;

/** A step's header fields; its own replace common ones of the same name. `at` is the step's place in the file. */
export function mergedHeaders(
  given: HeadersFile = {},
  at: FilePath,
  { text, commonHeaders, findings }: StepFileContext,
): readonly HeaderLine[] {
  const own = Object.entries(given).flatMap(([name, given]): HeaderLine[] => {
    if (given === null) return [];
    const place = [...at, "headers", name];
    // A version 1.10 is not the number 1.1, an id 007 not 7.
    const spelled = (value: Scalar, path: FilePath) =>
      typeof value === "string" ? value : text.scalarText(path) ?? String(value);
    return typeof given === "object"
      ? given.map((value, i): HeaderLine => [name, spelled(value, [...place, i])])
      : [[name, spelled(given, place)]];
  });
  for (const [name, value] of own) {
    const place = [...at, "headers", name];
    if (placeholdersIn(name).length === 0 && !HEADER_NAME.test(name)) {
      findings.addProblem(place, `Cannot use header name "${name}": expected letters, digits and hyphens`);
    }
    if (LINE_BREAK.test(value)) {
      findings.addProblem(place, `Cannot use the value of header "${name}": it has a line break`);
    }
  }
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  return [...commonHeaders.filter(([name]) => !names.has(name.toLowerCase())), ...own];
}
