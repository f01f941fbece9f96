/**
 * The checks and extractions of a step in a scenario file as rules of the plan. What is wrong goes to the findings.
 *
 * @module
 */
import { messageOf } from "../../../lib/errors.ts";
import type { CheckRule, ExtractRule, StatusRange } from "../../../plan/http_step.ts";
import type { Findings } from "../../file/findings.ts";
import { durationMs } from "../../file/file_time.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import type { StepFileContext } from "../../file/step_file.ts";
import type { HttpStepFile } from "./file_schema.ts";
import { mistakenWord, readExpectation } from "./read_expectation.ts";
import { compileCheck } from "../rules/assert.ts";
import { compileExtract } from "../rules/extract.ts";
import type { RuleCompilers } from "../rules/rule_compilers.ts";
import { HEADER_NAME } from "../../../lib/net/header_syntax.ts";

/** What rules are built with. */
export interface RuleFileContext extends StepFileContext {
  readonly compilers: RuleCompilers;
}

const SOURCES = ["json", "header", "regex", "cookie", "response"] as const;

/** The extractions of a step. */
export function buildExtractions(
  file: HttpStepFile,
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

function checkHeaderName(name: string, at: FilePath, findings: Findings): void {
  if (HEADER_NAME.test(name)) return;
  findings.addProblem(at, `Cannot use header name "${name}": expected letters, digits and hyphens`);
}

/** The checks of a step. */
export async function buildChecks(
  file: HttpStepFile,
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

type FileStatus = NonNullable<HttpStepFile["assert_status"]>;

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
  given: NonNullable<HttpStepFile["assert_json_schema"]>,
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
