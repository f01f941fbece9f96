/**
 * Heads of a step's requests written without a URL on the way, where its values are such that they stand in it as they are.
 *
 * @module
 */
import type { PreparedRequest, RequestForm } from "../../client/exchange/http_client.ts";
import type { CookieTarget } from "../../client/exchange/cookie_jar.ts";
import { requestTarget } from "../../lib/net/request_target.ts";
import { type Parts, renderParts } from "../../template/template.ts";
import { type StepForm, urlOf } from "./step_form.ts";

/** A value of the URL: the position of its slot, and where it stands. */
interface UrlSlot {
  readonly slot: number;
  readonly isQuery: boolean;
}

/** What marks are made of; texts that hold it are left to the general way. */
const MARK = "bench_value_";
const LENGTH_MARK = `${MARK}length_`;
const COOKIE_MARK = `${MARK}cookie_`;

function markOf(slot: number): string {
  return `${MARK}${slot}_`;
}

/** One for each slot, that of cache-busting digits included. */
function marksOf({ slots }: StepForm): readonly string[] {
  return slots.getters.map((_, slot) => markOf(slot));
}

/** The form of a step's heads; `null` when a value may be anywhere but in path, query and fields. */
export function headFormOf(form: StepForm): HeadForm | null {
  const literals = [form.url, ...form.headers.flat()].flat().filter((part) => typeof part === "string");
  if (literals.some((text) => text.includes(MARK))) return null;
  // A value could complete an escape, even that of a dot.
  if (form.url.some((part) => typeof part === "string" && /%(?![\da-f]{2})/i.test(part))) return null;
  const url = urlOf(form, marksOf(form));
  if (typeof url === "string") return null;
  const target = requestTarget(url);
  const wanted = form.url.filter((part) => typeof part === "number");
  if (form.busting >= 0) wanted.push(form.busting);
  // All of them, and so none in the host or the fragment.
  if (!wanted.every((slot) => target.includes(markOf(slot)))) return null;
  return new HeadForm(form, { url, target, slots: wanted });
}

/** How the heads of a step are written. */
export class HeadForm {
  readonly origin: string;
  readonly #form: StepForm;
  readonly #url: URL;
  readonly #slots: readonly UrlSlot[];
  readonly #pathname: Parts;
  readonly #forms: (RequestForm | undefined)[] = [];

  /** `url`: one with marks for values; `slots`: those that stand in it. */
  constructor(
    form: StepForm,
    { url, target, slots }: {
      readonly url: URL;
      readonly target: string;
      readonly slots: readonly number[];
    },
  ) {
    const question = target.indexOf("?");
    this.origin = url.origin;
    this.#form = form;
    this.#url = url;
    this.#slots = slots.map((slot) => ({
      slot,
      isQuery: question >= 0 && target.indexOf(markOf(slot)) > question,
    }));
    this.#pathname = partsOf(url.pathname);
  }

  /** Whether the values stand in the URL as they are. */
  takes(values: readonly string[]): boolean {
    for (const { slot, isQuery } of this.#slots) {
      if (!(isQuery ? isPlainInQuery(values[slot]!) : isPlainInPath(values[slot]!))) return false;
    }
    return true;
  }

  /** What decides about the cookies of a request with these values. */
  cookieTarget(values: readonly string[]): CookieTarget {
    const { protocol, hostname } = this.#url;
    return { protocol, hostname, pathname: renderParts(this.#pathname, values) };
  }

  /** The texts of a request: its values, the length of its body, its cookies. */
  texts(
    values: readonly string[],
    { cookies, bodyBytes }: { readonly cookies: string; readonly bodyBytes: number },
  ): readonly string[] {
    return this.#form.body === null && cookies === "" ? values : [...values, String(bodyBytes), cookies];
  }

  /** The form of requests with or without cookies that servers set. */
  formFor(cookies: string): RequestForm {
    const which = cookies === "" ? 0 : 1;
    return this.#forms[which] ??= this.#makeForm(cookies !== "");
  }

  #makeForm(hasCookies: boolean): RequestForm {
    const { step, headers, body } = this.#form;
    const all = marksOf(this.#form);
    const fields: PreparedRequest["headers"] = [
      ...headers.map(([name, value]) => [renderParts(name, all), renderParts(value, all)] as const),
      ...(hasCookies ? [["Cookie", COOKIE_MARK] as const] : []),
      ...(body === null ? [] : [["Content-Length", LENGTH_MARK] as const]),
    ];
    const texts = [...fields.flat(), this.#url.href].join("\n");
    const marks = [...all, LENGTH_MARK, COOKIE_MARK].map((mark) => texts.includes(mark) ? mark : undefined);
    return {
      sample: { method: step.method, url: this.#url, headers: fields, body: null, awaitsContinue: false },
      marks,
    };
  }
}

/** A text with marks, in parts. */
function partsOf(text: string): Parts {
  return text.split(new RegExp(`${MARK}(\\d+)_`)).map((part, i) => i % 2 === 0 ? part : Number(part));
}

/** Kinds of characters: letters, digits and what means nothing in a path; a dot; what means nothing in a query. */
const CLEAR = 1, DOT = 2, QUERY = 4;

const KINDS = kindsOfCharacters();

function kindsOfCharacters(): Uint8Array {
  const kinds = new Uint8Array(128);
  const add = (characters: string, kind: number) => {
    for (const one of characters) kinds[one.charCodeAt(0)]! |= kind;
  };
  const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$()*,";
  // No colon: a path that begins with a word and one is a URL.
  add(`${plain}&+;=`, CLEAR);
  add(".", DOT);
  add(`${plain}&+;=.:@/?%`, QUERY);
  return kinds;
}

/** Whether a value is a part of a path as it is: with something in it that no dot segment has. */
function isPlainInPath(value: string): boolean {
  let has = 0;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    const kind = unit < 128 ? KINDS[unit]! & (CLEAR | DOT) : 0;
    if (kind === 0) return false;
    has |= kind;
  }
  return (has & CLEAR) !== 0;
}

function isPlainInQuery(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit > 127 || (KINDS[unit]! & QUERY) === 0) return false;
  }
  return value !== "";
}
