/**
 * The extractions of a step in a scenario file: their keys, and the rules of the plan that they become.
 *
 * @module
 */
import * as v from "valibot";
import type { ExtractRule } from "../../../plan/http_step.ts";
import { described, filled, name, record, section } from "../../file/file_schema.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import { compileExtract } from "../rules/extract.ts";
import { checkHeaderName, type RuleFileContext } from "./rule_context.ts";

const PICKS = ["first", "last", "random", "all", "count"] as const;
const PARTS = ["status", "time", "body"] as const;
const extraction = section({
  json: described(filled, "JSON path (RFC 9535)"),
  header: described(filled, "Header name"),
  regex: described(filled, "Regular expression with a group around the value"),
  cookie: described(filled, "Name of a cookie that the response sets or the user keeps"),
  response: described(
    v.picklist(PARTS, `one of ${PARTS.join(", ")}`),
    "The status, the time in ms, or the whole body",
  ),
  pick: described(
    v.picklist(PICKS, `one of ${PICKS.join(", ")}`),
    "Which of several values to take; random ones follow the seed",
  ),
  group: described(
    v.union([v.pipe(v.number(), v.integer(), v.minValue(0)), filled], "the number or name of a group"),
    "Which group of the regular expression; the first if not given",
  ),
  decode: described(v.picklist(["html"], "html"), "Decode HTML entities such as &amp;"),
  default: described(v.unknown(), "Value when the response has none"),
});

/** The keys. */
export const extractKeys = {
  extract: described(
    record(name, extraction, "variable names with what to extract"),
    "Variables for later steps, taken from the response",
  ),
};

/** What stands under them. */
export type ExtractionsFile = v.InferOutput<v.StrictObjectSchema<typeof extractKeys, undefined>>;

const SOURCES = ["json", "header", "regex", "cookie", "response"] as const;

/** The extractions of a step. */
export function buildExtractions(
  file: ExtractionsFile,
  at: FilePath,
  { findings, compilers }: RuleFileContext,
): readonly ExtractRule[] {
  return Object.entries(file.extract ?? {}).flatMap(([name, given]): ExtractRule[] => {
    const place = [...at, "extract", name];
    const [from, ...others] = SOURCES.filter((source) => given[source] !== undefined);
    if (from === undefined || others.length > 0) {
      findings.addProblem(place, `Expected exactly one of ${SOURCES.slice(0, -1).join(", ")} and response`);
      return [];
    }
    const { pick, group, decode } = given;
    if (pick !== undefined && from !== "json" && from !== "regex") {
      findings.addProblem(place, `Cannot use "pick" with "${from}", which has one value`);
    }
    if (group !== undefined && from !== "regex") {
      findings.addProblem(place, `Cannot use "group" with "${from}": groups are parts of a regex`);
    }
    const rule: ExtractRule = {
      name,
      from,
      expression: given[from]!,
      ...(pick !== undefined && pick !== "first" && { pick }),
      ...(group !== undefined && { group }),
      ...(decode !== undefined && { decode }),
      ...(given.default !== undefined && { default: JSON.stringify(given.default) }),
    };
    findings.attempt(place, () => compileExtract(rule, compilers));
    if (from === "header") checkHeaderName(rule.expression, place, findings);
    return [rule];
  });
}
