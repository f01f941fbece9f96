/**
 * What the rules of a step in a scenario file are built with. What is wrong goes to the findings.
 *
 * @module
 */
import { HEADER_NAME } from "../../../lib/net/header_syntax.ts";
import type { Findings } from "../../file/findings.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import type { StepFileContext } from "../../file/step_file.ts";
import type { RuleCompilers } from "../rules/rule_compilers.ts";

/** What rules are built with. */
export interface RuleFileContext extends StepFileContext {
  readonly compilers: RuleCompilers;
}

/** Finds fault with what can be no header name. */
export function checkHeaderName(name: string, at: FilePath, findings: Findings): void {
  if (HEADER_NAME.test(name)) return;
  findings.addProblem(at, `Cannot use header name "${name}": expected letters, digits and hyphens`);
}
