/**
 * The engines that rules are compiled with. Few rules need them, so each is loaded when one does.
 *
 * @module
 */
import { loadPatternCompiler, type PatternCompiler } from "../../../lib/safe_pattern.ts";
import type { HttpStep } from "../../../plan/http_step.ts";
import type { PathCompiler } from "../../../template/json_location.ts";
import { loadPathCompiler } from "../../../template/json_path.ts";

/** Compilers of what rules hold. */
export interface RuleCompilers {
  readonly pattern: PatternCompiler;
  readonly path: PathCompiler;
}

/** Compilers for the rules of these steps; they may know no others. */
export async function loadRuleCompilers(
  steps: readonly Pick<HttpStep, "checks" | "extract">[],
): Promise<RuleCompilers> {
  const [pattern, path] = await Promise.all([
    steps.some(hasPattern) ? loadPatternCompiler() : refusePattern,
    loadPathCompiler(steps.flatMap(pathsOf)),
  ]);
  return { pattern, path };
}

/** The rules of a step as they stand in a file. */
interface FileRules {
  readonly assert_json?: Readonly<Record<string, unknown>> | undefined;
  readonly extract?: Readonly<Record<string, object>> | undefined;
}

/** Compilers for whatever steps of a file hold. */
export async function loadFileCompilers(steps: readonly FileRules[]): Promise<RuleCompilers> {
  const paths = steps.flatMap(({ assert_json = {}, extract = {} }) => [
    ...Object.keys(assert_json),
    ...Object.values(extract).flatMap((source) => "json" in source ? [String(source.json)] : []),
  ]);
  const [pattern, path] = await Promise.all([loadPatternCompiler(), loadPathCompiler(paths)]);
  return { pattern, path };
}

function hasPattern({ checks, extract }: Pick<HttpStep, "checks" | "extract">): boolean {
  return extract.some(({ from }) => from === "regex") ||
    checks.some((rule) =>
      rule.kind === "body_regex" || (rule.kind === "header" && rule.pattern !== undefined)
    );
}

function pathsOf({ checks, extract }: Pick<HttpStep, "checks" | "extract">): readonly string[] {
  return [
    ...checks.flatMap((rule) => rule.kind === "json" ? [rule.path] : []),
    ...extract.flatMap(({ from, expression }) => from === "json" ? [expression] : []),
  ];
}

function refusePattern(source: string): never {
  throw new TypeError(`The pattern engine is not loaded, but there is a pattern: ${source}`);
}
