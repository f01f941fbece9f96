/**
 * Claims about responses. A broken claim gives a key under which it is counted. Keys are made of the rule, so that their
 * number is bounded and they give nothing of the response away; the status code alone is observed. What was found instead
 * can be asked for, masked.
 *
 * @module
 */
import { formatDuration } from "../../../lib/duration.ts";
import { maskFieldValue, maskNamedValue } from "../../../lib/mask_text.ts";
import type { CheckRule, StatusRange } from "../../../plan/http_step.ts";
import { nameIn } from "../../../template/json_path.ts";
import type { Scope } from "../../../template/scope.ts";
import { describeCheck, describeStatuses } from "./describe_check.ts";
import { compileExpectation, describeExpectation, measure } from "./expectation.ts";
import { bindExpected, filledRule, type RuleBindings } from "./expected_value.ts";
import { describeFound } from "./found_value.ts";
import type { ResponseView } from "./response_view.ts";
import type { RuleCompilers } from "./rule_compilers.ts";

/** A claim that is ready to be judged. */
export interface Check {
  readonly needsHead: boolean;
  readonly needsBody: boolean;
  /** The key of the broken claim, or `undefined` when it holds. */
  judge(response: ResponseView, scope: Scope): string | undefined;
  /** The key says what was found. */
  readonly tellsFound?: true;
  /** What the response has, as it may be shown. */
  describeFound(response: ResponseView): string;
  /** The claim in words, with what is filled in. */
  describe(scope: Scope): string;
}

type Judged = Omit<Check, "describe">;

/** What claims are compiled with. */
export interface CheckContext {
  readonly compilers: RuleCompilers;
  readonly bindings: RuleBindings;
}

/**
 * Compiles a claim.
 *
 * @throws {UsageError} when its path, pattern or schema is malformed.
 */
export function compileCheck(rule: CheckRule, context: CheckContext): Check {
  return {
    ...compileJudge(rule, context),
    describe: (scope) => describeCheck(filledRule(rule, context.bindings, scope)),
  };
}

function compileJudge(rule: CheckRule, context: CheckContext): Judged {
  switch (rule.kind) {
    case "status":
      return compileStatus(rule.equals);
    case "max_latency": {
      const key = `AssertMaxLatency: over ${formatDuration(rule.ms)}`;
      return {
        needsHead: false,
        needsBody: false,
        judge: ({ latencyMs }) => latencyMs > rule.ms ? key : undefined,
        describeFound: ({ latencyMs }) => formatDuration(latencyMs),
      };
    }
    case "body_contains": {
      const get = bindExpected(rule.text, context.bindings);
      return compileBody(`AssertBody: '${short(maskFieldValue(rule.text))}' not found`, ({ text }, scope) => {
        const wanted = get(scope);
        return wanted !== undefined && text.includes(String(wanted));
      });
    }
    case "body_regex": {
      const pattern = context.compilers.pattern(rule.pattern);
      const key = `AssertBodyRegex: ${short(rule.pattern)}`;
      return {
        ...compileBody(key, ({ text }) => pattern.isIn(text)),
        judge: (response) => pattern.isIn(response.text) ? undefined : key + response.beyond(pattern),
      };
    }
    case "json":
      return compileJson(rule, context);
    case "json_schema": {
      const validate = context.compilers.schema(rule.schema);
      return {
        ...compileBody(
          `AssertJsonSchema: ${short(rule.name)}`,
          ({ json }) => json !== null && validate(json.plain) === undefined,
        ),
        describeFound: ({ json }) => json === null ? "no JSON" : validate(json.plain) ?? "",
      };
    }
    case "header":
      return compileHeader(rule, context);
  }
}

function compileStatus(equals: number | readonly StatusRange[]): Judged {
  const expected = describeStatuses(equals);
  const isExpected = typeof equals === "number"
    ? (status: number) => status === equals
    : (status: number) => equals.some(([from, to]) => status >= from && status <= to);
  return {
    needsHead: false,
    needsBody: false,
    tellsFound: true,
    judge: ({ status }) =>
      isExpected(status) ? undefined : `AssertStatus: expected ${expected}, got ${status}`,
    describeFound: ({ status }) => String(status),
  };
}

function compileBody(key: string, holds: (response: ResponseView, scope: Scope) => boolean): Judged {
  return {
    needsHead: false,
    needsBody: true,
    judge: (response, scope) => holds(response, scope) ? undefined : key + response.cut,
    describeFound: ({ text }) => text === "" ? "no body" : `${text.length} other characters`,
  };
}

function compileJson(rule: Extract<CheckRule, { kind: "json" }>, context: CheckContext): Judged {
  const path = context.compilers.path(rule.path);
  const holds = compileExpectation(rule, context);
  const name = nameIn(rule.path);
  const { compare } = rule;
  const what = describeExpectation(rule, (value) => short(maskNamedValue(name, JSON.stringify(value))));
  const key = `AssertJson: ${short(rule.path)} ${wordsFor(what)}`;
  return {
    ...compileBody(key, ({ json }, scope) => {
      if (json === null) return false;
      return holds(path.all(json), scope);
    }),
    describeFound({ json }) {
      if (json === null) return "no JSON";
      const found = path.all(json);
      const size = compare === undefined || compare.of === "value" ? undefined : measure(compare.of, found);
      return size === undefined ? describeFound(name, found) : String(size);
    },
  };
}

/** What keys say of what is missing, or there although it must not be. */
function wordsFor(what: string): string {
  return what === "*" ? "missing" : what === "absent" ? "present" : what;
}

function compileHeader(rule: Extract<CheckRule, { kind: "header" }>, context: CheckContext): Judged {
  const { name } = rule;
  const holds = compileExpectation(rule, context);
  const pattern = rule.pattern === undefined ? undefined : context.compilers.pattern(rule.pattern);
  const missing = `AssertHeader: ${name} missing`;
  const what = describeExpectation(rule, (value) => `'${short(maskNamedValue(name, String(value)))}'`);
  const differs = `AssertHeader: ${name} ${wordsFor(what)}`;
  return {
    needsHead: true,
    needsBody: false,
    judge(response, scope) {
      const value = response.header(name);
      if (value === undefined) return rule.exists === false ? undefined : missing;
      if (holds([value], scope)) return undefined;
      const isCut = pattern !== undefined && value.length > pattern.maxCharacters;
      return differs + (isCut ? `, in the first ${pattern.maxCharacters} characters` : "");
    },
    describeFound(response) {
      const value = response.header(name);
      return describeFound(name, value === undefined ? [] : [value]);
    },
  };
}

/** Long texts do not make good keys. */
function short(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
