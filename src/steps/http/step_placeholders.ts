/**
 * The texts of an HTTP step that may hold placeholders.
 *
 * @module
 */
import type { CheckRule, HttpStep } from "../../plan/http_step.ts";
import { literalLookalikes, type Placeholder, placeholdersIn } from "../../template/template.ts";
import type { Findings } from "../file/findings.ts";
import type { FilePath } from "../file/scenario_text.ts";

/** All placeholders of a step, in the order URL, headers, body. */
export function stepPlaceholders(step: HttpStep): readonly Placeholder[] {
  if (!step.isTemplate) return [];
  const texts = [step.url, ...step.headers.flat(), ...(step.body?.kind === "text" ? [step.body.text] : [])];
  return texts.flatMap(placeholdersIn);
}

/** Warns of what looks like a placeholder and is none. `step.url` must be as it is written in the file. */
export function warnOfLiterals(step: HttpStep, at: FilePath, findings: Findings): void {
  const texts = [step.url, ...step.headers.flat(), ...(step.body?.kind === "text" ? [step.body.text] : [])];
  for (const source of new Set(texts.flatMap(literalLookalikes))) {
    findings.addWarning(at, `"${source}" is not a placeholder and is sent as it is`);
  }
  for (const text of [...step.checks.flatMap(textsOf), ...step.extract.map(({ expression }) => expression)]) {
    for (const { source } of placeholdersIn(text)) {
      findings.addWarning(at, `"${source}" is not filled in: rules about answers hold no placeholders`);
    }
  }
}

function textsOf(rule: CheckRule): readonly string[] {
  switch (rule.kind) {
    case "body_contains":
      return [rule.text];
    case "body_regex":
      return [rule.pattern];
    case "json":
      return [rule.path, String(rule.equals)];
    case "header":
      return [rule.equals ?? rule.pattern ?? ""];
    case "status":
    case "max_latency":
      return [];
  }
}
