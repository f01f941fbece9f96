/**
 * Values taken out of responses for later steps: by JSON path, header name, group of a pattern, cookie, or of the response
 * itself. A value that is not there is a failure with a reason that names the rule and never what was received, unless the
 * rule has a value for that.
 *
 * @module
 */
import { UsageError } from "../../../lib/errors.ts";
import type { Random } from "../../../lib/random.ts";
import { withSuggestion } from "../../../lib/suggest.ts";
import type { ExtractRule } from "../../../plan/http_step.ts";
import type { DataValue } from "../../../plan/scenario.ts";
import { jsonText, parseExactJson } from "../../../template/exact_json.ts";
import { valueOf } from "../../../template/value.ts";
import type { ResponseView } from "./response_view.ts";
import type { RuleCompilers } from "./rule_compilers.ts";

/** A rule that is ready to be applied. */
export interface Extractor {
  /** The variable to bind. */
  readonly name: string;
  /** Error key of a failure: `ExtractFailure: token: no header "X-Token"`. */
  readonly failure: string;
  readonly needsHead: boolean;
  readonly needsBody: boolean;
  /** The value, or `undefined` when the response has none. */
  take(response: ResponseView, random: Random): DataValue | undefined;
  /** What the failure adds when only a part of what was to be looked at was looked at. */
  beyond(response: ResponseView): string;
}

/**
 * Compiles a rule.
 *
 * @throws {UsageError} when its expression is malformed.
 */
export function compileExtract(rule: ExtractRule, compilers: RuleCompilers): Extractor {
  const extractor = compileSource(rule, compilers);
  if (rule.decode === undefined && rule.default === undefined) return extractor;
  const decode = rule.decode === "html" ? compilers.decodeHtml : undefined;
  const otherwise = rule.default === undefined ? undefined : valueOf(parseExactJson(rule.default));
  return {
    ...extractor,
    take(response, random) {
      const value = extractor.take(response, random);
      if (value === undefined) return otherwise;
      return decode === undefined ? value : decodedValue(value, decode);
    },
  };
}

function decodedValue(value: DataValue, decode: (text: string) => string): DataValue {
  if (typeof value === "string") return decode(value);
  if (typeof value !== "object" || value === null) return value;
  const parsed = parseExactJson(value.json);
  if (!Array.isArray(parsed)) return value;
  return valueOf(parsed.map((item) => typeof item === "string" ? decode(item) : item));
}

function compileSource(rule: ExtractRule, compilers: RuleCompilers): Extractor {
  const { name, expression } = rule;
  const failure = (reason: string) => `ExtractFailure: ${name}: ${reason}`;
  switch (rule.from) {
    case "json":
      return {
        name,
        failure: failure(`nothing at JSON path ${expression}`),
        needsHead: false,
        needsBody: true,
        take: takeJson(rule, compilers),
        beyond: ({ cut }) => cut,
      };
    case "header":
      return {
        name,
        failure: failure(`no header "${expression}"`),
        needsHead: true,
        needsBody: false,
        take: (response) => response.header(expression),
        beyond: () => "",
      };
    case "cookie":
      return {
        name,
        failure: failure(`no cookie "${expression}"`),
        needsHead: true,
        needsBody: false,
        take: (response) => response.cookie(expression),
        beyond: () => "",
      };
    case "regex":
      return compileRegex(rule, compilers, failure(`no match for ${expression}`));
    case "response":
      return {
        name,
        failure: failure("no response"),
        needsHead: false,
        needsBody: expression === "body",
        take: takeOfResponse(expression),
        beyond: () => "",
      };
  }
}

function takeJson({ expression, pick }: ExtractRule, compilers: RuleCompilers): Extractor["take"] {
  const path = compilers.path(expression);
  if (pick === undefined) {
    return ({ json }) => {
      const value = json === null ? undefined : path.first(json);
      return value === undefined || value === null ? undefined : valueOf(value);
    };
  }
  return ({ json }, random) => json === null ? undefined : pickFrom(spread(path.all(json)), pick, random);
}

/** A path to one list picks among its elements. */
function spread(found: readonly unknown[]): readonly unknown[] {
  const [only] = found;
  return found.length === 1 && Array.isArray(only) ? only : found;
}

function pickFrom(
  found: readonly unknown[],
  pick: NonNullable<ExtractRule["pick"]>,
  random: Random,
): DataValue | undefined {
  if (pick === "count") return found.length;
  if (found.length === 0) return undefined;
  if (pick === "all") return { json: jsonText(found) };
  return valueOf(pick === "last" ? found.at(-1) : found[random.integer(0, found.length - 1)]);
}

function compileRegex(rule: ExtractRule, compilers: RuleCompilers, failure: string): Extractor {
  const { name, expression, pick, group = 1 } = rule;
  const pattern = compilers.pattern(expression);
  const found = `Cannot use regular expression "${expression}"`;
  if (pattern.groups === 0 && group !== 0) {
    throw new UsageError(`${found}: expected a group in parentheses around the value`);
  }
  if (typeof group === "number" ? group > pattern.groups : !pattern.names.includes(group)) {
    const sentence = `${found}: it has no group ${group}`;
    throw new UsageError(
      typeof group === "number" ? sentence : withSuggestion(sentence, group, pattern.names),
    );
  }
  return {
    name,
    failure,
    needsHead: false,
    needsBody: true,
    take: pick === undefined
      ? (response) => pattern.firstGroup(response.text, group)
      : (response, random) => pickFrom(pattern.allGroups(response.text, group), pick, random),
    beyond: (response) => response.beyond(pattern),
  };
}

function takeOfResponse(expression: string): Extractor["take"] {
  switch (expression) {
    case "status":
      return ({ status }) => status;
    case "time":
      return ({ latencyMs }) => Math.round(latencyMs * 1000) / 1000;
    default:
      return ({ text }) => text;
  }
}
