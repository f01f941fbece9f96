/**
 * The checks of a step in a scenario file: their keys, and the rules of the plan that they become.
 *
 * @module
 */
import * as v from "valibot";
import { messageOf } from "../../../lib/errors.ts";
import type { CheckRule, StatusRange } from "../../../plan/check_rule.ts";
import { described, duration, filled, record, section, text } from "../../file/file_schema.ts";
import { durationMs } from "../../file/file_time.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import { compileCheck } from "../rules/assert.ts";
import { mistakenWord, readExpectation } from "./read_expectation.ts";
import { checkHeaderName, type RuleFileContext } from "./rule_context.ts";

const STATUS = "a status from 100 to 599";
const status = v.pipe(v.number(STATUS), v.integer(STATUS), v.minValue(100, STATUS), v.maxValue(599, STATUS));

const STATUSES = 'a status from 100 to 599, "2xx", a range such as "200-204", or a list of them';
const statusText = v.pipe(
  v.string(STATUSES),
  v.regex(/^(?:[1-5][Xx][Xx]|[1-5]\d\d(?:-[1-5]\d\d)?)$/, STATUSES),
);
const oneStatus = v.union([status, statusText], STATUSES);
const statuses = v.union(
  [status, statusText, v.pipe(v.array(oneStatus, STATUSES), v.minLength(1, STATUSES))],
  STATUSES,
);

const comparable = v.union(
  [v.string(), v.number(), v.boolean(), v.null()],
  "a text, a number, a boolean or null",
);
const bound = described(
  v.union([v.number(), v.string()], "a number or a text"),
  "What the value is compared with",
);
const size = (what: string) =>
  described(v.union([v.number(), v.string()], 'a number or a comparison such as ">= 1"'), what);
const expectation = section({
  ">": bound,
  ">=": bound,
  "<": bound,
  "<=": bound,
  "==": bound,
  "!=": bound,
  count: size("How many values there are: elements of a list, or places that the path leads to"),
  length: size("How many characters a text has"),
  exists: described(v.boolean("true or false"), "true: there must be a value"),
  absent: described(v.boolean("true or false"), "true: there must be none"),
  one_of: described(
    v.pipe(v.array(comparable, "a list"), v.minLength(1, "at least one value")),
    "A list that contains the value",
  ),
  regex: described(filled, "Regular expression that must match"),
});

/** The keys. */
export const checkKeys = {
  assert_status: described(statuses, "The statuses that are expected"),
  assert_body_contains: described(text, "Text that the body must contain"),
  assert_body_regex: described(filled, "Regular expression that must match in the body"),
  assert_json: described(
    record(
      text,
      v.union(
        [comparable, expectation],
        `a text, a number, a boolean, null, "*" or an object with a comparison`,
      ),
      "JSON paths with the values expected there",
    ),
    `JSON paths (RFC 9535) and what must be there: a value, "*" for any, "> 3", "count >= 1". One of several is enough`,
  ),
  assert_json_schema: described(
    v.union([filled, v.looseObject({})], "a file name or an object"),
    "JSON Schema of the body, or the name of a file with it, relative to the scenario file",
  ),
  assert_header: described(
    record(
      text,
      v.union(
        [v.string(), v.number(), v.boolean(), expectation],
        "text, a number, a boolean, or an object with a regex or another comparison",
      ),
      "header names with the values expected",
    ),
    "Header names and their exact values, or a comparison",
  ),
  assert_max_latency: described(
    duration,
    "Maximum time to the end of the response: seconds, or text such as 500ms",
  ),
};

/** What stands under them. */
export type ChecksFile = v.InferOutput<v.StrictObjectSchema<typeof checkKeys, undefined>>;

/** The checks of a step. */
export async function buildChecks(
  file: ChecksFile,
  at: FilePath,
  context: RuleFileContext,
): Promise<readonly CheckRule[]> {
  const { text, findings, compilers } = context;
  const rules: CheckRule[] = [];
  const add = (rule: CheckRule, ...key: string[]) => {
    rules.push(rule);
    findings.attempt([...at, ...key], () => compileCheck(rule, { compilers, bindings: null }));
  };
  if (file.assert_status !== undefined) {
    add({ kind: "status", equals: readStatuses(file.assert_status) }, "assert_status");
  }
  // Every body holds the empty text.
  if (file.assert_body_contains) {
    add({ kind: "body_contains", text: file.assert_body_contains }, "assert_body_contains");
  }
  if (file.assert_body_regex !== undefined) {
    add({ kind: "body_regex", pattern: file.assert_body_regex }, "assert_body_regex");
  }
  for (const [path, given] of Object.entries(file.assert_json ?? {})) {
    const place = [...at, "assert_json", path];
    const all = readExpectation(given);
    const word = mistakenWord(given);
    if (word !== undefined) findings.addWarning(place, word);
    if (typeof all === "string") findings.addProblem(place, `"${path}": expected ${all}`);
    else for (const expected of all) add({ kind: "json", path, ...expected }, "assert_json", path);
  }
  if (file.assert_json_schema !== undefined) {
    const rule = await readSchema(file.assert_json_schema, [...at, "assert_json_schema"], context);
    if (rule !== undefined) add(rule, "assert_json_schema");
  }
  for (const [name, given] of Object.entries(file.assert_header ?? {})) {
    const place = [...at, "assert_header", name];
    checkHeaderName(name, place, findings);
    // As it is written: a version 1.10 is not 1.1.
    const wanted = typeof given === "object" || typeof given === "string"
      ? given
      : text.scalarText(place) ?? String(given);
    const all = readExpectation(wanted);
    const word = mistakenWord(wanted);
    if (word !== undefined) findings.addWarning(place, word);
    if (typeof all === "string") findings.addProblem(place, `"${name}": expected ${all}`);
    else {
      for (const { equals, ...expected } of all) {
        const text = equals === undefined ? {} : { equals: String(equals) };
        add({ kind: "header", name, ...text, ...expected }, "assert_header", name);
      }
    }
  }
  const latency = [...at, "assert_max_latency"];
  const ms = durationMs(file.assert_max_latency, latency, findings);
  if (ms === 0) findings.addProblem(latency, `Cannot use "assert_max_latency" of 0: expected a time above 0`);
  else if (ms !== undefined) add({ kind: "max_latency", ms }, "assert_max_latency");
  return rules;
}

type FileStatus = NonNullable<ChecksFile["assert_status"]>;

function readStatuses(given: FileStatus): number | readonly StatusRange[] {
  if (typeof given === "number") return given;
  return [given].flat().map((one): StatusRange => {
    if (typeof one === "number") return [one, one];
    if (/xx$/i.test(one)) return [Number(one[0]) * 100, Number(one[0]) * 100 + 99];
    const [from = "", to = from] = one.split("-");
    return [Number(from), Number(to)];
  });
}

async function readSchema(
  given: NonNullable<ChecksFile["assert_json_schema"]>,
  at: FilePath,
  { findings, readBytes }: RuleFileContext,
): Promise<CheckRule | undefined> {
  if (typeof given === "object") {
    return { kind: "json_schema", schema: JSON.stringify(given), name: "its schema" };
  }
  try {
    const schema = new TextDecoder().decode(await readBytes(given));
    return { kind: "json_schema", schema, name: given.replace(/^.*[\\/]/s, "") };
  } catch (error) {
    findings.addProblem(at, messageOf(error));
    return undefined;
  }
}
