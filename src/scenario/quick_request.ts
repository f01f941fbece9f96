/**
 * Requests of steps with placeholders, made in one go: the head is one text with gaps, known but for its values. Head and
 * body are written into a buffer of the user's, so that little is allocated for each request. Steps that frame their
 * body themselves or have placeholders in field names take the general way, with the same result.
 *
 * @module
 */
import type { PreparedRequest } from "../client/exchange/http_client.ts";
import { requestTarget } from "../lib/request_target.ts";
import { framingLines, isIdempotent, namesOf } from "../lib/request_framing.ts";
import type { HeaderLine } from "../plan/scenario.ts";
import { LINE_BREAK, type StepForm } from "./step_form.ts";
import { joinParts, type Parts, renderParts } from "./template.ts";

/** What of the answers is kept. */
export interface Wants {
  readonly head: boolean;
  readonly body: boolean;
  /** The heads of answers that set cookies. */
  readonly cookies: boolean;
}

/** What is the same in all requests of a step. */
export interface QuickForm {
  readonly form: StepForm;
  readonly index: number;
  readonly wants: Wants;
  readonly isIdempotent: boolean;
  readonly names: ReadonlySet<string>;
  /** The step's own fields as they go out. */
  readonly fields: Parts;
  /** Positions of the values in them. */
  readonly fieldValues: readonly number[];
  readonly closeConnection: boolean;
  readonly followsRedirects: boolean;
  /** Framing fields and the empty line of a request without body. */
  readonly end: string;
}

/** The form, or `null` when the step's requests must be made the general way. */
export function quickFormOf(
  form: StepForm,
  options: Pick<QuickForm, "index" | "wants" | "closeConnection" | "followsRedirects">,
): QuickForm | null {
  const { step } = form;
  const names = namesOf(step.headers);
  const hasOpenName = form.headers.some(([name]) => name.some((part) => typeof part === "number"));
  const isFramed = names.has("content-length") || names.has("transfer-encoding");
  const hasOtherBody = step.body !== undefined && form.body === null;
  if (hasOpenName || isFramed || hasOtherBody || names.has("expect") || names.has("connection")) return null;
  const fields = joinParts(form.headers.flatMap(([name, value]) => [name, ": ", value, "\r\n"]));
  return {
    ...options,
    form,
    isIdempotent: isIdempotent(step.method),
    names,
    fields,
    fieldValues: fields.filter((part) => typeof part === "number"),
    end: endOf(step.method, names, options.closeConnection),
  };
}

function endOf(
  method: string,
  names: ReadonlySet<string>,
  closeConnection: boolean,
  length?: number,
): string {
  const lines = framingLines({ method, names, closeConnection, ...(length !== undefined && { length }) });
  return `${lines.map((line) => `${line}\r\n`).join("")}\r\n`;
}

/** Larger bodies would make the buffer of every user grow for good. */
const MAX_BODY_BYTES = 65_536;

// deno-lint-ignore no-control-regex -- finding others is the purpose
const ASCII = /^[\x00-\x7f]*$/;
const encoder = new TextEncoder();

/** What one request is made of. */
export interface QuickParts {
  readonly values: readonly string[];
  readonly url: URL;
  /** The value of the `Cookie` field, or `""`. */
  readonly cookies: string;
  readonly buffer: RequestBuffer;
}

/** The request; `null` when it must be made the general way. Its bytes are valid until the buffer's next use. */
export function quickRequest(quick: QuickForm, parts: QuickParts): PreparedRequest | null {
  const { form: { step, headers, body }, names, wants } = quick;
  const { values, url, cookies, buffer } = parts;
  for (const at of quick.fieldValues) if (LINE_BREAK.test(values[at]!)) return null;
  let head = `${step.method} ${requestTarget(url)} HTTP/1.1\r\n`;
  if (!names.has("host")) head += `Host: ${url.host}\r\n`;
  head += renderParts(quick.fields, values);
  if (cookies !== "") {
    if (names.has("cookie")) return null;
    head += `Cookie: ${cookies}\r\n`;
  }
  const text = body === null ? "" : renderParts(body, values);
  const length = ASCII.test(text) ? text.length : encoder.encode(text).length;
  if (length > MAX_BODY_BYTES) return null;
  head += body === null ? quick.end : endOf(step.method, names, quick.closeConnection, length);
  const bytes = buffer.encode(head + text);
  const lines = headers.map((line): HeaderLine => [line[0].join(""), renderParts(line[1], values)]);
  return {
    step: quick.index,
    method: step.method,
    url,
    origin: url.origin,
    headers: cookies === "" ? lines : [...lines, ["Cookie", cookies]],
    body: body === null ? null : bytes.subarray(bytes.length - length),
    bytes,
    headBytes: bytes.length - (body === null ? 0 : length),
    awaitsContinue: false,
    isLast: quick.closeConnection,
    memory: null,
    isIdempotent: quick.isIdempotent,
    followsRedirects: quick.followsRedirects,
    wantsHead: wants.head,
    wantsBody: wants.body,
    wantsCookies: wants.cookies,
  };
}

/** Holds the bytes of one user's request until the next one. */
export class RequestBuffer {
  #bytes = new Uint8Array(1024);

  /** The text in UTF-8; valid until the next call. */
  encode(text: string): Uint8Array {
    // A UTF-16 unit takes at most three bytes.
    if (text.length * 3 > this.#bytes.length) this.#bytes = new Uint8Array(text.length * 4);
    return this.#bytes.subarray(0, encoder.encodeInto(text, this.#bytes).written);
  }
}
