/**
 * One HTTP request of a flow, and what is made of its response.
 *
 * @module
 */
import type { CheckRule } from "./check_rule.ts";
import type { StreamSpec } from "./stream_spec.ts";
import type { StepBase } from "./step_base.ts";

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
}
