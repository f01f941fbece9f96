/**
 * Steps taken apart into texts to fill in. A step's values are drawn once for each request, whatever is then made of
 * them, so that a counter counts requests.
 *
 * @module
 */
import { HEADER_NAME, LINE_BREAK } from "../../lib/net/header_syntax.ts";
import type { HeaderLine, HttpStep } from "../../plan/http_step.ts";
import type { DataValue, Scenario } from "../../plan/scenario.ts";
import { describeMissing } from "../../template/missing_value.ts";
import type { Scope } from "../../template/scope.ts";
import { drawValues, type Parts, renderParts, type Slots } from "../../template/template.ts";
import { bindBody, type FormBody, joinPieces } from "./body_form.ts";
import { TextBinder } from "./text_binder.ts";

/** A step as its user fills it in; `bytes`: its body, when it is not that of the step. */
export type FilledStep =
  | { readonly step: HttpStep; readonly url: URL; readonly bytes?: Uint8Array }
  | { readonly error: string };

/** A step's texts, and where their values come from. */
export interface StepForm {
  readonly step: HttpStep;
  readonly url: Parts;
  readonly headers: readonly (readonly [name: Parts, value: Parts])[];
  readonly body: FormBody | null;
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
  constants?: ReadonlyMap<string, DataValue>,
): StepForm {
  const slots: Slots<Scope> = { getters: [], sources: [], substitutes: [] };
  const binder = new TextBinder(step.isTemplate, { ...scenario, ...(constants && { constants }) }, slots);
  return {
    step,
    url: binder.bindUrl(step.url),
    headers: step.headers.map(([name, value]) => [binder.bindText(name), binder.bindText(value)] as const),
    body: step.body === undefined ? null : bindBody(step.body, binder),
    busting: scenario.cacheBust ? slots.getters.push(bustingDigits) - 1 : -1,
    slots,
    keepsLiteral: scenario.onTemplateError === "keep_literal",
  };
}

function bustingDigits({ random }: Scope): string {
  return [1, 2, 3, 4].map(() => random.uint32().toString(16).padStart(8, "0")).join("");
}

/** Draws the values of one request. */
export function draw(form: StepForm, scope: Scope): Drawn {
  const missing: string[] = [];
  const values = drawValues(form.slots, scope, missing);
  const isMissing = missing.length > 0 && !form.keepsLiteral;
  return {
    values,
    error: isMissing ? `no value for ${[...new Set(missing)].map(describeMissing).join(", ")}` : undefined,
  };
}

/** The URL with values in it, or what is wrong with it. */
export function urlOf({ url: parts, step, busting }: StepForm, values: readonly string[]): URL | string {
  const text = renderParts(parts, values);
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
  const { body } = form;
  const text = body?.kind === "text" ? renderParts(body.parts, values) : undefined;
  // A value with a line break would add header fields of its own, or end the head.
  if (headers.some(isUnsendable)) return { error: "a header has a line break or an invalid name" };
  return {
    step: { ...step, url: url.href, headers, ...(text !== undefined && { body: { kind: "text", text } }) },
    url,
    ...(body?.kind === "pieces" && { bytes: joinPieces(body.pieces, values) }),
  };
}

function isUnsendable([name, value]: HeaderLine): boolean {
  return !HEADER_NAME.test(name) || LINE_BREAK.test(value);
}

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
