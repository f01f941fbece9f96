/**
 * Requests of steps with placeholders, made straight from the values drawn, without another step on the way. Where values
 * are such that they stand in the URL as they are, not even a URL is made: the head is written from pieces. Steps that
 * frame their body themselves or have placeholders in field names take the general way, with the same result.
 *
 * @module
 */
import type { CookieTarget } from "../../client/exchange/cookie_jar.ts";
import type { PreparedRequest, RequestForm } from "../../client/exchange/http_client.ts";
import { ResponseMemory } from "../../client/exchange/response_memory.ts";
import { isIdempotent } from "../../lib/net/request_methods.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { HEADER_NAME, LINE_BREAK } from "../../lib/net/header_syntax.ts";
import { type StepForm, urlOf } from "./step_form.ts";
import { type Parts, renderParts } from "../../template/template.ts";
import { type HeadForm, headFormOf } from "./head_form.ts";

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
  /** The last response to this step, whoever got it; `null`: it is not remembered. */
  readonly memory: ResponseMemory | null;
  /** How its heads are written; `null`: from a URL and fields. */
  readonly head: HeadForm | null;
}

/** What requests of a step are made for. */
export interface QuickOptions
  extends Pick<QuickForm, "index" | "wants" | "closeConnection" | "followsRedirects"> {
  /** Responses with the same bytes as the last one need not be read again. */
  readonly remembersResponses?: boolean;
}

/** The form, or `null` when the step's requests must be made the general way. */
export function quickFormOf(
  form: StepForm,
  { remembersResponses, ...options }: QuickOptions,
): QuickForm | null {
  const { step } = form;
  const has = (wanted: RegExp) => step.headers.some(([name]) => wanted.test(name));
  const hasOtherBody = step.body !== undefined && form.body?.kind !== "text";
  if (form.headers.some(isUnusual) || hasOtherBody || has(SPECIAL_FIELD)) return null;
  return {
    ...options,
    form,
    body: form.body?.kind === "text" ? form.body.parts : null,
    isIdempotent: isIdempotent(step.method),
    hasCookies: has(/^cookie$/i),
    fields: form.headers.map(([parts, value]): QuickField => {
      const name = parts.join("");
      return value.every((part) => typeof part === "string") ? [name, value.join("")] : { name, value };
    }),
    fieldValues: form.headers.flatMap(([, value]) => value.filter((part) => typeof part === "number")),
    memory: remembersResponses && step.stream === undefined ? new ResponseMemory() : null,
    head: headFormOf(form),
  };
}

/** Whether a field's name has values in it, or what is known of it cannot be sent. */
function isUnusual([name, value]: StepForm["headers"][number]): boolean {
  return name.some((part) => typeof part === "number") || !HEADER_NAME.test(name.join("")) ||
    value.some((part) => typeof part === "string" && LINE_BREAK.test(part));
}

/** Fields that say how a request is sent. */
const SPECIAL_FIELD = /^(?:content-length|transfer-encoding|expect|connection)$/i;

/** Larger bodies would make the buffer of every user grow for good. */
const MAX_BODY_BYTES = 65_536;

const encoder = new TextEncoder();

/** Who sends a request. */
export interface QuickSender {
  readonly buffer: BodyTextBuffer;
  /** The value of the `Cookie` field for a URL, or `""`. */
  cookiesFor(url: CookieTarget): string;
}

/**
 * The request; what is wrong with it, or `null` when it must be made the general way. Its body is valid until the
 * buffer's next use.
 */
export function quickRequest(
  quick: QuickForm,
  values: readonly string[],
  { buffer, cookiesFor }: QuickSender,
): QuickRequest | string | null {
  const { head, form, body } = quick;
  for (const at of quick.fieldValues) if (LINE_BREAK.test(values[at]!)) return null;
  const isPlain = head !== null && head.takes(values);
  const url = isPlain ? null : urlOf(form, values);
  if (typeof url === "string") return url;
  const cookies = cookiesFor(url ?? head!.cookieTarget(values));
  if (cookies !== "" && quick.hasCookies) return null;
  const bytes = body === null ? null : buffer.encode(renderParts(body, values));
  if (bytes !== null && bytes.length > MAX_BODY_BYTES) return null;
  return new QuickRequest(quick, { values, cookies, url, body: bytes });
}

/** One of them. Its URL and fields are made when they are asked for: few clients do. */
export class QuickRequest implements PreparedRequest {
  readonly step: number;
  readonly method: string;
  readonly origin: string;
  readonly body: Uint8Array | null;
  readonly form: RequestForm | undefined;
  readonly texts: readonly string[] | undefined;
  readonly isRepeated = false;
  readonly awaitsContinue = false;
  readonly isLast: boolean;
  readonly memory: ResponseMemory | null;
  readonly isIdempotent: boolean;
  readonly timeoutMs?: number;
  readonly maxRedirects?: number;
  readonly followsRedirects: boolean;
  readonly wantsHead: boolean;
  readonly wantsBody: boolean;
  readonly wantsCookies: boolean;
  readonly #quick: QuickForm;
  readonly #values: readonly string[];
  readonly #cookies: string;
  #url: URL | null;

  /** `url`: absent where the head's form says it. */
  constructor(quick: QuickForm, { values, cookies, url, body }: {
    readonly values: readonly string[];
    readonly cookies: string;
    readonly url: URL | null;
    readonly body: Uint8Array | null;
  }) {
    const { form: { step }, wants, head } = quick;
    this.step = quick.index;
    this.method = step.method;
    this.origin = url === null ? head!.origin : url.origin;
    this.body = body;
    this.form = url === null ? head!.formFor(cookies) : undefined;
    this.texts = url === null ? head!.texts(values, { cookies, bodyBytes: body?.length ?? 0 }) : undefined;
    this.isLast = quick.closeConnection;
    this.memory = quick.memory;
    this.isIdempotent = quick.isIdempotent;
    if (step.timeoutMs !== undefined) this.timeoutMs = step.timeoutMs;
    if (step.maxRedirects !== undefined) this.maxRedirects = step.maxRedirects;
    this.followsRedirects = step.maxRedirects === undefined ? quick.followsRedirects : step.maxRedirects > 0;
    this.wantsHead = wants.head;
    this.wantsBody = wants.body;
    this.wantsCookies = wants.cookies;
    this.#quick = quick;
    this.#values = values;
    this.#cookies = cookies;
    this.#url = url;
  }

  get url(): URL {
    return this.#url ??= urlOf(this.#quick.form, this.#values) as URL;
  }

  get headers(): readonly HeaderLine[] {
    const lines = this.ownHeaders;
    return this.#cookies === "" ? lines : [...lines, ["Cookie", this.#cookies]];
  }

  /** Its fields without the cookies that servers had set. */
  get ownHeaders(): readonly HeaderLine[] {
    return this.#quick.fields.map((field): HeaderLine =>
      "value" in field ? [field.name, renderParts(field.value, this.#values)] : field
    );
  }
}

const NO_BYTES = new Uint8Array(0);
const MIN_BODY_BYTES = 1024;

/** Holds the body of one user's request until the next one. */
export class BodyTextBuffer {
  /** Users whose requests have no text of their own, thousands of them, hold none. */
  #bytes = NO_BYTES;

  /** The text in UTF-8; valid until the next call. */
  encode(text: string): Uint8Array {
    // A UTF-16 unit takes at most three bytes.
    if (text.length * 3 > this.#bytes.length) {
      this.#bytes = new Uint8Array(Math.max(MIN_BODY_BYTES, text.length * 4));
    }
    return this.#bytes.subarray(0, encoder.encodeInto(text, this.#bytes).written);
  }
}
