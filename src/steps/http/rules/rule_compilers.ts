/**
 * The engines that rules are compiled with. Few rules need them, so each is loaded when one does.
 *
 * @module
 */
import type { SchemaCompiler } from "../../../lib/json/json_schema.ts";
import { loadPatternCompiler, type PatternCompiler } from "../../../lib/safe_pattern.ts";
import type { HttpStep } from "../../../plan/http_step.ts";
import type { PathCompiler } from "../../../template/json_location.ts";
import { loadPathCompiler } from "../../../template/json_path.ts";

/** Compilers of what rules hold. */
export interface RuleCompilers {
  readonly pattern: PatternCompiler;
  readonly path: PathCompiler;
  readonly schema: SchemaCompiler;
  /** Undoes the entities of HTML. */
  decodeHtml(text: string): string;
}

type RuledStep = Pick<HttpStep, "checks" | "extract" | "stream">;

/** Compilers for the rules of these steps; they may know no others. */
export async function loadRuleCompilers(
  steps: readonly RuledStep[],
): Promise<RuleCompilers> {
  return await loadCompilers({
    paths: steps.flatMap(pathsOf),
    hasPattern: steps.some(hasPattern),
    hasSchema: steps.some(({ checks }) => checks.some((rule) => "schema" in rule)),
    hasEntities: steps.some(({ extract }) => extract.some(({ decode }) => decode === "html")),
  });
}

/** The rules of a step as they stand in a file. */
interface FileRules {
  readonly assert_json?: Readonly<Record<string, unknown>> | undefined;
  readonly assert_json_schema?: unknown;
  readonly extract?: Readonly<Record<string, object>> | undefined;
}

/** Compilers for whatever steps of a file hold. */
export async function loadFileCompilers(steps: readonly FileRules[]): Promise<RuleCompilers> {
  return await loadCompilers({
    paths: steps.flatMap(({ assert_json = {}, extract = {} }) => [
      ...Object.keys(assert_json),
      ...Object.values(extract).flatMap((source) => "json" in source ? [String(source.json)] : []),
    ]),
    hasPattern: true,
    hasSchema: steps.some((step) => step.assert_json_schema !== undefined),
    hasEntities: false,
  });
}

interface Needs {
  readonly paths: readonly string[];
  readonly hasPattern: boolean;
  readonly hasSchema: boolean;
  readonly hasEntities: boolean;
}

async function loadCompilers({ paths, hasPattern, hasSchema, hasEntities }: Needs): Promise<RuleCompilers> {
  const [pattern, path] = await Promise.all([
    hasPattern || hasSchema ? loadPatternCompiler() : refusePattern,
    loadPathCompiler(paths),
  ]);
  return {
    pattern,
    path,
    schema: hasSchema
      ? (await import("../../../lib/json/json_schema.ts")).schemaCompiler(pattern)
      : refuseSchema,
    decodeHtml: hasEntities ? (await import("./html_entities.ts")).decodeHtml : refuseEntities,
  };
}

function hasPattern({ checks, extract }: Pick<HttpStep, "checks" | "extract">): boolean {
  return extract.some(({ from }) => from === "regex") ||
    checks.some((rule) => "pattern" in rule && rule.pattern !== undefined);
}

function refuseSchema(): never {
  throw new TypeError("The engine of JSON Schemas is not loaded, but there is a schema");
}

function refuseEntities(): never {
  throw new TypeError("The entities of HTML are not loaded, but there is a rule that undoes them");
}

function pathsOf({ checks, extract, stream }: RuledStep): readonly string[] {
  return [
    ...(stream?.tokens
      ? [stream.tokens.path, ...(stream.tokens.countPath ? [stream.tokens.countPath] : [])]
      : []),
    ...checks.flatMap((rule) => "path" in rule ? [rule.path] : []),
    ...extract.flatMap(({ from, expression }) => from === "json" ? [expression] : []),
  ];
}

function refusePattern(source: string): never {
  throw new TypeError(`The pattern engine is not loaded, but there is a pattern: ${source}`);
}
