/**
 * The kinds of check there are. A broken claim gives a key under which it is counted. Keys are made of the rule, so that
 * their number is bounded and they give nothing of the response away; the status code alone is observed. What was found
 * instead can be asked for, masked.
 *
 * @module
 */
import { listed } from "../../../lib/number_format.ts";
import { GRPC_STATUSES } from "../../../client/grpc/status.ts";
import { formatDuration } from "../../../lib/duration.ts";
import { maskFieldValue, maskNamedValue } from "../../../lib/mask_text.ts";
import type { Check, CheckRule, Comparable, Expectation, StatusRange } from "../../../plan/check_rule.ts";
import { nameIn } from "../../../template/json_path.ts";
import type { Scope } from "../../../template/scope.ts";
import type { CheckContext, CheckKind, Fill, Judged } from "./check_kind.ts";
import { compileExpectation, describeExpectation, measure } from "./expectation.ts";
import { bindExpected } from "./expected_value.ts";
import { describeFound } from "./found_value.ts";
import type { ResponseView } from "./response_view.ts";

/** The kinds, by their names. */
export const CHECK_KINDS: { readonly [Kind in CheckRule["kind"]]: CheckKind<Check<Kind>> } = {
  status: {
    compile: ({ equals }) => compileStatus(equals),
    describe: ({ equals }) => `status is ${describeStatuses(equals)}`,
  },
  body_contains: {
    compile({ text: expected }, { bindings }) {
      const get = bindExpected(expected, bindings);
      return compileBody(`AssertBody: '${short(maskFieldValue(expected))}' not found`, ({ text }, scope) => {
        const wanted = get(scope);
        return wanted !== undefined && text.includes(String(wanted));
      });
    },
    describe: ({ text }) => `body contains ${JSON.stringify(maskFieldValue(text))}`,
    fill: (rule, filled) => ({ ...rule, text: String(filled(rule.text)) }),
  },
  body_regex: {
    compile({ pattern: source }, { compilers }) {
      const pattern = compilers.pattern(source);
      const key = `AssertBodyRegex: ${short(source)}`;
      return {
        ...compileBody(key, ({ text }) => pattern.isIn(text)),
        judge: (response) => pattern.isIn(response.text) ? undefined : key + response.beyond(pattern),
      };
    },
    describe: ({ pattern }) => `body matches ${pattern}`,
  },
  json: {
    compile: compileJson,
    describe: (rule) =>
      rule.equals === "*" || rule.exists === true
        ? `JSON has ${rule.path}`
        : `JSON ${rule.path} ${
          wordsOf(rule, (value) => maskNamedValue(nameIn(rule.path), JSON.stringify(value)))
        }`,
    fill: fillExpectation,
  },
  json_schema: {
    compile({ schema, name }, { compilers }) {
      const validate = compilers.schema(schema);
      return {
        ...compileBody(
          `AssertJsonSchema: ${short(name)}`,
          ({ json }) => json !== null && validate(json.plain) === undefined,
        ),
        describeFound: ({ json }) => json === null ? "no JSON" : validate(json.plain) ?? "",
      };
    },
    describe: ({ name }) => `JSON is as ${name} says`,
  },
  header: {
    compile: compileHeader,
    describe: (rule) =>
      `header ${rule.name} ${
        wordsOf(rule, (value) => JSON.stringify(maskNamedValue(rule.name, String(value))))
      }`,
    fill: fillExpectation,
  },
  max_latency: {
    compile({ ms }) {
      const key = `AssertMaxLatency: over ${formatDuration(ms)}`;
      return {
        needsHead: false,
        needsBody: false,
        judge: ({ latencyMs }) => latencyMs > ms ? key : undefined,
        describeFound: ({ latencyMs }) => formatDuration(latencyMs),
      };
    },
    describe: ({ ms }) => `response within ${formatDuration(ms)}`,
  },
  grpc_status: {
    compile({ oneOf }) {
      const expected = grpcStatuses(oneOf);
      return {
        needsHead: false,
        needsBody: false,
        tellsFound: true,
        judge: ({ grpcStatus }) =>
          oneOf.includes(grpcStatus)
            ? undefined
            : `AssertGrpcStatus: expected ${expected}, got ${grpcStatuses([grpcStatus])}`,
        describeFound: ({ grpcStatus }) => grpcStatuses([grpcStatus]),
      };
    },
    describe: ({ oneOf }) => `gRPC status is ${grpcStatuses(oneOf)}`,
  },
};

function grpcStatuses(numbers: readonly number[]): string {
  return numbers.map((number) => GRPC_STATUSES[number] ?? "UNKNOWN").join(" or ");
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

function compileJson(rule: Check<"json">, context: CheckContext): Judged {
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
    describeFound({ json }, hide) {
      if (json === null) return "no JSON";
      const found = path.all(json);
      const size = compare === undefined || compare.of === "value" ? undefined : measure(compare.of, found);
      return size === undefined ? describeFound(name, found, hide) : String(size);
    },
  };
}

/** What keys say of what is missing, or there although it must not be. */
function wordsFor(what: string): string {
  return what === "*" ? "missing" : what === "absent" ? "present" : what;
}

function compileHeader(rule: Check<"header">, context: CheckContext): Judged {
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
    describeFound(response, hide) {
      const value = response.header(name);
      return describeFound(name, value === undefined ? [] : [value], hide);
    },
  };
}

/** What expectations hold is replaced, not what they are about. */
function fillExpectation<Rule extends Expectation>(rule: Rule, filled: Fill): Rule {
  return {
    ...rule,
    ...(rule.equals !== undefined && { equals: filled(rule.equals) }),
    ...(rule.oneOf && { oneOf: rule.oneOf.map((value) => filled(value)) }),
    ...(rule.compare && { compare: { ...rule.compare, to: filled(rule.compare.to) } }),
  };
}

function wordsOf(expectation: Expectation, show: (value: Comparable) => string): string {
  const words = describeExpectation(expectation, show);
  if (words === "*") return "is there";
  if (words === "absent") return "is absent";
  return words.replace(/^== /, "is ").replace(/^~ /, "matches ").replace(/^one of /, "is one of ");
}

/**
 * Statuses as they are written.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(describeStatuses(404), "404");
 * assertEquals(describeStatuses([[200, 299], [304, 304], [401, 403]]), "2xx, 304 or 401-403");
 * ```
 */
export function describeStatuses(equals: number | readonly StatusRange[]): string {
  if (typeof equals === "number") return String(equals);
  const all = equals.map(([from, to]) =>
    from === to ? String(from) : from % 100 === 0 && to === from + 99 ? `${from / 100}xx` : `${from}-${to}`
  );
  return listed(all, "or");
}

/** Long texts do not make good keys. */
function short(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
