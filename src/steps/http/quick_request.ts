/**
 * Requests of steps with placeholders, made straight from the values drawn, without another step on the way. Steps that
 * frame their body themselves or have placeholders in field names take the general way, with the same result.
 *
 * @module
 */
import type { PreparedRequest } from "../../client/exchange/http_client.ts";
import { isIdempotent } from "../../lib/net/request_methods.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { LINE_BREAK } from "../../lib/net/header_syntax.ts";
import type { StepForm } from "./step_form.ts";
import { type Parts, renderParts } from "../../template/template.ts";

/** What of the responses is kept. */
export interface Wants {
  readonly head: boolean;
  readonly body: boolean;
  /** The heads of responses that set cookies. */
  readonly cookies: boolean;
}

/** A field of a step: the line itself where it is the same in all requests. */
type QuickField = HeaderLine | { readonly name: string; readonly value: Parts };

/** What is the same in all requests of a step. */
export interface QuickForm {
  readonly form: StepForm;
  /** `null` when the step has none. */
  readonly body: Parts | null;
  readonly index: number;
  readonly wants: Wants;
  readonly isIdempotent: boolean;
  /** The step has a `Cookie` field of its own. */
  readonly hasCookies: boolean;
  readonly fields: readonly QuickField[];
  /** Positions of the values in the step's fields. */
  readonly fieldValues: readonly number[];
  readonly closeConnection: boolean;
  readonly followsRedirects: boolean;
  /** What the step says of its own timeout and redirects; `null`: nothing. */
  readonly limits: Pick<PreparedRequest, "timeoutMs" | "maxRedirects"> | null;
}

/** The form, or `null` when the step's requests must be made the general way. */
export function quickFormOf(
  form: StepForm,
  options: Pick<QuickForm, "index" | "wants" | "closeConnection" | "followsRedirects">,
): QuickForm | null {
  const { step } = form;
  const has = (wanted: RegExp) => step.headers.some(([name]) => wanted.test(name));
  const hasOpenName = form.headers.some(([name]) => name.some((part) => typeof part === "number"));
  const hasOtherBody = step.body !== undefined && form.body?.kind !== "text";
  if (hasOpenName || hasOtherBody || has(SPECIAL_FIELD)) return null;
  return {
    ...options,
    limits: limitsOf(step),
    form,
    body: form.body?.kind === "text" ? form.body.parts : null,
    isIdempotent: isIdempotent(step.method),
    hasCookies: has(/^cookie$/i),
    fields: form.headers.map(([parts, value]): QuickField => {
      const name = parts.join("");
      return value.every((part) => typeof part === "string") ? [name, value.join("")] : { name, value };
    }),
    fieldValues: form.headers.flatMap(([, value]) => value.filter((part) => typeof part === "number")),
  };
}

function limitsOf({ timeoutMs, maxRedirects }: StepForm["step"]): QuickForm["limits"] {
  if (timeoutMs === undefined && maxRedirects === undefined) return null;
  return {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(maxRedirects !== undefined && { maxRedirects }),
  };
}

/** Fields that say how a request is sent. */
const SPECIAL_FIELD = /^(?:content-length|transfer-encoding|expect|connection)$/i;

/** Larger bodies would make the buffer of every user grow for good. */
const MAX_BODY_BYTES = 65_536;

const encoder = new TextEncoder();

/** What one request is made of. */
export interface QuickParts {
  readonly values: readonly string[];
  readonly url: URL;
  /** The value of the `Cookie` field, or `""`. */
  readonly cookies: string;
  readonly buffer: BodyTextBuffer;
}

/** The request; `null` when it must be made the general way. Its body is valid until the buffer's next use. */
export function quickRequest(quick: QuickForm, parts: QuickParts): PreparedRequest | null {
  const { form: { step }, body, wants } = quick;
  const { values, url, cookies, buffer } = parts;
  for (const at of quick.fieldValues) if (LINE_BREAK.test(values[at]!)) return null;
  if (cookies !== "" && quick.hasCookies) return null;
  const bytes = body === null ? null : buffer.encode(renderParts(body, values));
  if (bytes !== null && bytes.length > MAX_BODY_BYTES) return null;
  const lines = quick.fields.map((field): HeaderLine =>
    "value" in field ? [field.name, renderParts(field.value, values)] : field
  );
  if (cookies !== "") lines.push(["Cookie", cookies]);
  return {
    step: quick.index,
    method: step.method,
    url,
    origin: url.origin,
    headers: lines,
    body: bytes,
    isRepeated: false,
    awaitsContinue: false,
    isLast: quick.closeConnection,
    memory: null,
    isIdempotent: quick.isIdempotent,
    followsRedirects: step.maxRedirects === undefined ? quick.followsRedirects : step.maxRedirects > 0,
    ...quick.limits,
    wantsHead: wants.head,
    wantsBody: wants.body,
    wantsCookies: wants.cookies,
  };
}

/** Holds the body of one user's request until the next one. */
export class BodyTextBuffer {
  #bytes = new Uint8Array(1024);

  /** The text in UTF-8; valid until the next call. */
  encode(text: string): Uint8Array {
    // A UTF-16 unit takes at most three bytes.
    if (text.length * 3 > this.#bytes.length) this.#bytes = new Uint8Array(text.length * 4);
    return this.#bytes.subarray(0, encoder.encodeInto(text, this.#bytes).written);
  }
}
