/**
 * Steps taken apart into texts to fill in. A step's values are drawn once for each request, whatever is then made of
 * them, so that a counter counts requests.
 *
 * @module
 */
import type { Body, HeaderLine, HttpStep } from "../../plan/http_step.ts";
import type { DataValue, Scenario } from "../../plan/scenario.ts";
import type { Scope } from "../../template/scope.ts";
import {
  bindTemplate,
  drawValues,
  type Getter,
  parseJsonTemplate,
  parseTemplate,
  type Parts,
  type Placeholder,
  renderParts,
  type Slots,
} from "../../template/template.ts";
import { bindFunction, envNameOf } from "../../template/template_functions.ts";
import { jsonOf, textOf } from "../../template/value.ts";

/** A step as its user fills it in. */
export type FilledStep =
  | { readonly step: HttpStep; readonly url: URL }
  | { readonly error: string };

/** A step's texts, and where their values come from. */
export interface StepForm {
  readonly step: HttpStep;
  readonly url: Parts;
  readonly headers: readonly (readonly [name: Parts, value: Parts])[];
  /** `null` when the step has no text body. */
  readonly body: Parts | null;
  readonly slots: Slots<Scope>;
  /** The position of the cache-busting digits among the slots; −1 for none. */
  readonly busting: number;
  readonly keepsLiteral: boolean;
}

/** What was drawn for one request. */
export interface Drawn {
  /** One for each slot; a placeholder without a value stands for itself. */
  readonly values: readonly string[];
  /** What is said about values that are missing and must not be. */
  readonly error: string | undefined;
}

/**
 * Takes a step apart. `constants` are the variables that are the same through all of the run.
 *
 * @throws {UsageError} when a placeholder in it is unusable
 */
export function bindStep(
  step: HttpStep,
  scenario: Scenario,
  constants: ReadonlyMap<string, DataValue> = NO_CONSTANTS,
): StepForm {
  const slots: Slots<Scope> = { getters: [], sources: [], substitutes: [] };
  const bind = (text: string, place?: "json" | "url") =>
    bindTemplate(
      !step.isTemplate ? [text] : place === "json" ? parseJsonTemplate(text) : parseTemplate(text),
      (placeholder) => {
        const found = sourceOf(placeholder, scenario, constants);
        if (placeholder.isWhole) return typeof found === "object" ? jsonOf(found.known) : asJson(found);
        const source = typeof found === "object" ? textOf(found.known) : asText(found);
        if (place === "json") return inJson(source);
        const isKnown = typeof source === "string" && place === "url" && !text.startsWith(placeholder.source);
        return isKnown ? urlValue(source) : source;
      },
      slots,
    );
  return {
    step,
    url: bind(step.url, "url"),
    headers: step.headers.map(([name, value]) => [bind(name), bind(value)] as const),
    body: step.body?.kind === "text" ? bind(step.body.text, step.body.isJson && "json") : null,
    busting: scenario.cacheBust ? slots.getters.push(bustingDigits) - 1 : -1,
    slots,
    keepsLiteral: scenario.onTemplateError === "keep_literal",
  };
}

const NO_CONSTANTS: ReadonlyMap<string, DataValue> = new Map();

type Value = DataValue | undefined;

/** Where a placeholder's value comes from, or what it is when that is known already. */
function sourceOf(
  placeholder: Placeholder,
  scenario: Scenario,
  constants: ReadonlyMap<string, DataValue>,
): ((scope: Scope) => Value) | { readonly known: DataValue } {
  switch (placeholder.kind) {
    case "variable": {
      const known = constants.get(placeholder.name);
      return known === undefined ? ({ variables }) => variables.get(placeholder.name) : { known };
    }
    case "field": {
      const set = scenario.data.findIndex(({ name }) => name === placeholder.set);
      const field = scenario.data[set]?.fields.indexOf(placeholder.field) ?? -1;
      return ({ rows }) => field < 0 ? undefined : rows[set]?.[field];
    }
    case "call": {
      if (placeholder.name === "env") {
        const known = scenario.env?.[envNameOf(placeholder.args)];
        return known === undefined ? () => undefined : { known };
      }
      return bindFunction(placeholder.name, placeholder.args);
    }
  }
}

function asText(source: (scope: Scope) => Value): Getter<Scope> {
  return (scope) => {
    const value = source(scope);
    return value === undefined ? undefined : textOf(value);
  };
}

function asJson(source: (scope: Scope) => Value): Getter<Scope> {
  return (scope) => {
    const value = source(scope);
    return value === undefined ? undefined : jsonOf(value);
  };
}

/** The same source, written as the inside of a JSON string. */
function inJson(source: Getter<Scope> | string): Getter<Scope> | string {
  if (typeof source === "string") return escapeJson(source);
  return (scope) => {
    const value = source(scope);
    return value === undefined ? undefined : escapeJson(value);
  };
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function bustingDigits({ random }: Scope): string {
  return [1, 2, 3, 4].map(() => random.uint32().toString(16).padStart(8, "0")).join("");
}

/** Draws the values of one request. */
export function draw(form: StepForm, scope: Scope): Drawn {
  const missing: string[] = [];
  const values = drawValues(form.slots, scope, missing);
  const isMissing = missing.length > 0 && !form.keepsLiteral;
  return { values, error: isMissing ? `no value for ${[...new Set(missing)].join(", ")}` : undefined };
}

/** Characters that would end a URL's query or vanish from it. */
const NOT_IN_URL = /[#\t\r\n]/;

/** A value keeps its place whatever it holds; only one in front may be a whole URL. */
function urlText(parts: Parts, values: readonly string[]): string {
  const text = renderParts(parts, values);
  if (!NOT_IN_URL.test(text)) return text;
  const kept = values.map((value, i) => i === parts[0] ? value : urlValue(value));
  return renderParts(parts, kept);
}

function urlValue(value: string): string {
  return value.replace(/[#\t\r\n]/g, encodeURIComponent);
}

/** The URL with values in it, or what is wrong with it. */
export function urlOf({ url: parts, step, busting }: StepForm, values: readonly string[]): URL | string {
  const text = urlText(parts, values);
  const url = URL.parse(busting < 0 ? text : busted(text, values[busting]!), step.base);
  return url !== null && (url.protocol === "http:" || url.protocol === "https:")
    ? url
    : "the URL is not an http or https URL";
}

/** The step with values in it. */
export function assemble(form: StepForm, { values, error }: Drawn): FilledStep {
  const url = error === undefined ? urlOf(form, values) : error;
  if (typeof url === "string") return { error: url };
  const { step } = form;
  const headers = form.headers.map(([name, value]): HeaderLine => [
    renderParts(name, values),
    renderParts(value, values),
  ]);
  const body: Body | undefined = form.body
    ? { kind: "text", text: renderParts(form.body, values) }
    : step.body;
  // A value with a line break would add header fields of its own, or end the head.
  if (headers.some(isUnsendable)) return { error: "a header field has a line break or a name that is none" };
  return { step: { ...step, url: url.href, headers, ...(body && { body }) }, url };
}

function isUnsendable([name, value]: HeaderLine): boolean {
  return !HEADER_NAME.test(name) || LINE_BREAK.test(value);
}

/** RFC 9110, section 5.6.2: a token. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Characters that no header value may hold (RFC 9110, section 5.5). */
export const LINE_BREAK = /[\r\n\0]/;

function busted(url: string, digits: string): string {
  const [plain = ""] = url.split("#");
  return `${plain}${plain.includes("?") ? "&" : "?"}_cb=${digits}`;
}

/** A step with cookies; those that the user gave follow those that servers set. */
export function withCookies(step: HttpStep, cookies: string): HttpStep {
  if (cookies === "") return step;
  const own = step.headers.filter(isCookie).map(([, value]) => value);
  const others = step.headers.filter((header) => !isCookie(header));
  return { ...step, headers: [...others, ["Cookie", [cookies, ...own].join("; ")]] };
}

/** Whether a field holds cookies. */
export function isCookie([name]: HeaderLine): boolean {
  return name.toLowerCase() === "cookie";
}
