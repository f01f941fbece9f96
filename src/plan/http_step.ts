/**
 * One HTTP request of a flow, and what is made of its response; and what it looks like when it comes over a wire.
 *
 * @module
 */
import * as v from "valibot";
import { count, flag, list, maybe, number, oneOf, type Schema, shape, text, variant } from "../lib/shape.ts";
import { pauseSchema } from "./block_schema.ts";
import { type CheckRule, checkRuleSchema } from "./check_rule.ts";
import type { GrpcSpec } from "./grpc/grpc_spec.ts";
import { grpcSchema } from "./grpc/grpc_schema.ts";
import type { StepBase } from "./step_base.ts";
import { streamSchema } from "./stream_schema.ts";
import type { StreamSpec } from "./stream_spec.ts";

/** A header field as it goes on the wire. Order and repeats are kept. */
export type HeaderLine = readonly [name: string, value: string];

/**
 * A request body: text, bytes in base64, a file that is sent as it is read, or pieces of the first two, one behind the
 * other. `bytes` is the file's size. A text that `isJson` was made of a JSON value: what is filled into its strings is
 * escaped as JSON, and a string that is nothing but a placeholder becomes the value, with its type.
 */
export type Body =
  | { readonly kind: "text"; readonly text: string; readonly isJson?: true }
  | { readonly kind: "base64"; readonly base64: string }
  | { readonly kind: "file"; readonly path: string; readonly bytes: number }
  | { readonly kind: "pieces"; readonly pieces: readonly BodyPiece[] };

/** A part of a body. `isForm`: it is written as a value of a form, what is filled in included. */
export type BodyPiece =
  | { readonly kind: "text"; readonly text: string; readonly isForm?: true }
  | { readonly kind: "base64"; readonly base64: string };

/** Takes a value out of a response and binds it to a variable of the user. */
export interface ExtractRule {
  /** Later steps of the same iteration read it as `${name}`. */
  readonly name: string;
  /** The body as JSON, the header fields, the body as text, a cookie of the user, or the response itself. */
  readonly from: "json" | "header" | "regex" | "cookie" | "response";
  /** A JSON path, a header name, a pattern with groups, a cookie's name; of a response `status`, `time` or `body`. */
  readonly expression: string;
  /** Which of several values; absent: the first. `count`: how many there are. */
  readonly pick?: "random" | "last" | "all" | "count";
  /** Number or name of the pattern's group; absent: 1. */
  readonly group?: number | string;
  /** What is undone in texts. */
  readonly decode?: "html";
  /** JSON of what is bound where there is no value; absent: that is a failure. */
  readonly default?: string;
}

/** One HTTP request of a flow. Text fields may hold `${…}` placeholders when `isTemplate` says so. */
export interface HttpStep extends StepBase {
  /** Tells the kinds of step apart. */
  readonly kind: "http";
  /** As it goes on the wire; case counts. */
  readonly method: string;
  /** Absolute URL, `http:` or `https:`, without user info or fragment. */
  readonly url: string;
  /** What a URL with placeholders is relative to, once it is filled in. Only then `url` may be no URL yet. */
  readonly base?: string;
  /** Sent in this order; values may be secrets. */
  readonly headers: readonly HeaderLine[];
  /** Absent: the request has none. */
  readonly body?: Body;
  /** Whole-request timeout; absent: that of all requests. */
  readonly timeoutMs?: number;
  /** Redirects to follow, 0 for none; absent: as many as for all requests. */
  readonly maxRedirects?: number;
  /** URL, headers and a text body may hold placeholders. */
  readonly isTemplate: boolean;
  /** Applied to every whole response, in this order. */
  readonly extract: readonly ExtractRule[];
  /** All are judged; without one of kind `status`, a status of 400 or more fails too. */
  readonly checks: readonly CheckRule[];
  /** A failure of the step ends the iteration; absent: only a value that was not found does. */
  readonly stopsOnFailure?: true;
  /** The response's events are timed; absent: it is read as one. */
  readonly stream?: StreamSpec;
  /** It is a gRPC call; absent: a plain request. */
  readonly grpc?: GrpcSpec;
}

const header = v.tuple([v.string(), v.string()]) as unknown as Schema<HeaderLine>;

const bodyPiece = variant<BodyPiece>()("kind", [
  shape<Extract<BodyPiece, { kind: "text" }>>()({ kind: oneOf("text"), text, isForm: maybe(oneOf(true)) }),
  shape<Extract<BodyPiece, { kind: "base64" }>>()({ kind: oneOf("base64"), base64: text }),
]);

/** Bodies on the wire: all but files, which the master puts into the plan as bytes. */
const body = v.union([
  shape<Extract<Body, { kind: "text" }>>()({ kind: oneOf("text"), text, isJson: maybe(oneOf(true)) }),
  shape<Extract<Body, { kind: "base64" }>>()({ kind: oneOf("base64"), base64: text }),
  shape<Extract<Body, { kind: "pieces" }>>()({ kind: oneOf("pieces"), pieces: list(bodyPiece) }),
]) as unknown as Schema<Body>;

/** A rule that takes a value out of what was received. */
export const extractRule: Schema<ExtractRule> = shape<ExtractRule>()({
  name: text,
  from: oneOf("json", "header", "regex", "cookie", "response"),
  expression: text,
  pick: maybe(oneOf("random", "last", "all", "count")),
  group: maybe(v.union([v.string(), v.number()]) as unknown as Schema<string | number>),
  decode: maybe(oneOf("html")),
  default: maybe(text),
});

/** Nothing but HTTP leaves a worker. A URL with placeholders may be none yet; the client looks at it again. */
function isHttpStep({ url, base, isTemplate }: HttpStep): boolean {
  const isHttp = (text: string | undefined) => /^https?:$/.test(URL.parse(text ?? "")?.protocol ?? "");
  if (base !== undefined && !isHttp(base)) return false;
  const whole = URL.parse(url, base);
  return whole === null ? isTemplate : isHttp(whole.href);
}

/**
 * An HTTP step of a plan from the wire. Nothing but HTTP leaves a worker, and no body is in a file: a node reads no files
 * for its master. Plans that were made before there were other kinds do not name the kind.
 */
export const httpStepSchema: Schema<HttpStep> = v.pipe(
  shape<HttpStep>()({
    kind: v.optional(oneOf("http"), "http") as unknown as Schema<"http">,
    name: text,
    method: text,
    url: text,
    base: maybe(text),
    headers: list(header),
    body: maybe(body),
    isTemplate: flag,
    thinkMs: maybe(number),
    pause: maybe(pauseSchema),
    timeoutMs: maybe(number),
    maxRedirects: maybe(count),
    extract: list(extractRule),
    checks: list(checkRuleSchema),
    stopsOnFailure: maybe(oneOf(true)),
    stream: maybe(streamSchema),
    grpc: maybe(grpcSchema),
  }),
  v.check(isHttpStep, "Expected an http or https URL"),
) as unknown as Schema<HttpStep>;
