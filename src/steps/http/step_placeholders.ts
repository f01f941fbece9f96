/**
 * The texts of an HTTP step that may hold placeholders.
 *
 * @module
 */
import type { CheckRule } from "../../plan/check_rule.ts";
import type { Body, HttpStep } from "../../plan/http_step.ts";
import { literalLookalikes, type Placeholder, placeholdersIn } from "../../template/template.ts";
import { expectedTexts } from "./rules/assert.ts";
import type { Findings } from "../file/findings.ts";
import type { FilePath } from "../file/scenario_text.ts";

/** All placeholders of a step, in the order URL, headers, body, checks. */
export function stepPlaceholders(step: HttpStep): readonly Placeholder[] {
  const expected = step.checks.flatMap(expectedTexts).flatMap((text) => placeholdersIn(text));
  return [...requestPlaceholders(step), ...expected];
}

/** Those of its request. */
export function requestPlaceholders(step: HttpStep): readonly Placeholder[] {
  if (!step.isTemplate) return [];
  return [
    ...placeholdersIn(step.url),
    ...linePlaceholders(step),
    ...bodyTexts(step.body).flatMap(({ text, isJson }) => placeholdersIn(text, isJson)),
  ];
}

/** Those that stand where no line break may be. */
export function linePlaceholders(step: HttpStep): readonly Placeholder[] {
  return step.isTemplate ? step.headers.flat().flatMap((text) => placeholdersIn(text)) : [];
}

/** The texts of a body that may hold placeholders. */
export function bodyTexts(
  body: Body | undefined,
): readonly { readonly text: string; readonly isJson?: true }[] {
  if (body?.kind === "text") return [body];
  return body?.kind === "pieces" ? body.pieces.filter((piece) => piece.kind === "text") : [];
}

/** Warns of what looks like a placeholder and is none. `step.url` must be as it is written in the file. */
export function warnOfLiterals(step: HttpStep, at: FilePath, findings: Findings): void {
  const lookalikes = [
    ...[step.url, ...step.headers.flat()].flatMap((text) => literalLookalikes(text)),
    ...bodyTexts(step.body).flatMap(({ text, isJson }) => literalLookalikes(text, isJson)),
  ];
  for (const { source, mistake, isOpen } of lookalikes) {
    if (mistake !== undefined) findings.addProblem(at, `Cannot read "${source}": ${mistake}`);
    else if (isOpen) findings.addWarning(at, `"${source}" has no closing brace and is sent as is`);
    else findings.addWarning(at, `"${source}" is not a placeholder and is sent as is`);
  }
  for (
    const text of [
      ...step.checks.flatMap(fixedTexts),
      ...step.extract.map(({ expression }) => expression),
    ]
  ) {
    for (const { source } of placeholdersIn(text)) {
      findings.addWarning(
        at,
        `"${source}" is not filled in: JSON paths and patterns take no placeholders`,
      );
    }
  }
}

function fixedTexts(rule: CheckRule): readonly string[] {
  const pattern = "pattern" in rule && rule.pattern !== undefined ? [rule.pattern] : [];
  return "path" in rule ? [rule.path, ...pattern] : pattern;
}
