/**
 * Links to traces, made of a template such as `https://jaeger.example/trace/{trace_id}`.
 *
 * @module
 */

/** What identifies a traced request. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

const SAMPLE: TraceIds = { traceId: "0".repeat(32), spanId: "0".repeat(16) };
const ID = /^[\da-f]{16,32}$/;

/** What is wrong with a template, for "expected …"; `undefined`: nothing. */
export function templateProblem(template: string): string | undefined {
  const expected = "expected a URL such as https://jaeger.example/trace/{trace_id}";
  if (!template.includes("{trace_id}")) return `${expected}: {trace_id} is missing`;
  const unknown = /\{(?!(?:trace_id|span_id)\})[^{}]*\}/.exec(template)?.[0];
  if (unknown !== undefined) return `${expected}: ${unknown} is neither {trace_id} nor {span_id}`;
  const url = URL.parse(filled(template, SAMPLE));
  if (url === null || !/^https?:$/.test(url.protocol)) return `${expected}, with http:// or https://`;
  if (url.username + url.password !== "") {
    return "expected a URL without user name and password: reports show it";
  }
  return undefined;
}

/**
 * The link to a trace; `undefined` where the template is none that may be linked to.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const ids = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };
 * assertEquals(traceLink("http://localhost:16686/trace/{trace_id}", ids), `http://localhost:16686/trace/${ids.traceId}`);
 * assertEquals(traceLink("javascript:alert('{trace_id}')", ids), undefined);
 * ```
 */
export function traceLink(template: unknown, ids: TraceIds): string | undefined {
  if (typeof template !== "string" || templateProblem(template) !== undefined) return undefined;
  if (!ID.test(ids.traceId) || !ID.test(ids.spanId)) return undefined;
  return URL.parse(filled(template, ids))?.href;
}

function filled(template: string, { traceId, spanId }: TraceIds): string {
  return template.replaceAll("{trace_id}", traceId).replaceAll("{span_id}", spanId);
}
