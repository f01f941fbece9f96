/**
 * Texts of a step with their placeholders bound: where each value comes from, and how it is written in its place.
 *
 * @module
 */
import type { DataValue } from "../../plan/scenario.ts";
import { bindExpression, type Bindings, isConstant } from "../../template/evaluate.ts";
import type { Scope } from "../../template/scope.ts";
import {
  bindTemplate,
  escapeJson,
  parseJsonTemplate,
  parseTemplate,
  type Parts,
  type Placeholder,
  type Slots,
  type Source,
} from "../../template/template.ts";
import { jsonOf, textOf } from "../../template/value.ts";
import { encodeInUrl, urlPlaces } from "./url_places.ts";

/** Binds the texts of one step. */
export class TextBinder {
  readonly #isTemplate: boolean;
  readonly #bindings: Omit<Bindings, "source">;
  readonly #slots: Slots<Scope>;

  /** Values are added to `slots`. `isTemplate`: the texts may hold placeholders. */
  constructor(isTemplate: boolean, bindings: Omit<Bindings, "source">, slots: Slots<Scope>) {
    this.#isTemplate = isTemplate;
    this.#bindings = bindings;
    this.#slots = slots;
  }

  /** Values go in as they are. */
  bindText(text: string): Parts {
    return this.#bind(
      text,
      parseTemplate,
      (placeholder) => this.#source(placeholder, textOf, (source) => source),
    );
  }

  /** A JSON text without white space. */
  bindJson(text: string): Parts {
    return this.#bind(
      text,
      parseJsonTemplate,
      (placeholder) =>
        placeholder.isWhole
          ? this.#source(placeholder, jsonOf, (source) => JSON.stringify(source))
          : this.#source(placeholder, (value) => escapeJson(textOf(value)), escapeJson),
    );
  }

  /** A value of a form. */
  bindForm(text: string): Parts {
    if (!this.#isTemplate) return [encodeInForm(text)];
    const template = parseTemplate(text).map((part) => typeof part === "string" ? encodeInForm(part) : part);
    return bindTemplate(
      template,
      (placeholder) => this.#source(placeholder, (value) => encodeInForm(textOf(value)), encodeInForm),
      this.#slots,
    );
  }

  /** What is filled in is encoded for its place, unless it is encoded already or wanted raw. */
  bindUrl(text: string): Parts {
    const template = this.#isTemplate ? parseTemplate(text) : [text];
    const places = urlPlaces(template);
    return bindTemplate(
      template,
      (placeholder, at) => {
        const { expression } = placeholder;
        const isReady = expression.kind === "call" && /^(?:raw|urlencode)$/.test(expression.name);
        const place = isReady && places[at] !== "start" ? "query_name" : places[at]!;
        return this.#source(placeholder, (value) => encodeInUrl(textOf(value), place), (source) => source);
      },
      this.#slots,
    );
  }

  #bind(
    text: string,
    parse: typeof parseTemplate,
    lookup: (placeholder: Placeholder) => Source<Scope>,
  ): Parts {
    return bindTemplate(this.#isTemplate ? parse(text) : [text], lookup, this.#slots);
  }

  /** `write`: how a value is written; `substitute`: how the placeholder itself is where it has none. */
  #source(
    { expression, source }: Placeholder,
    write: (value: DataValue) => string,
    substitute: (source: string) => string,
  ): Source<Scope> {
    const operand = bindExpression(expression, { ...this.#bindings, source });
    if (isConstant(operand)) return write(operand.constant);
    const { get } = operand;
    return {
      get(scope) {
        const value = get(scope);
        return value === undefined ? undefined : write(value);
      },
      substitute: substitute(source),
    };
  }
}

/** A text as forms write it. */
export function encodeInForm(text: string): string {
  return /^[A-Za-z0-9*._-]*$/.test(text)
    ? text
    : new URLSearchParams([["", text.toWellFormed()]]).toString().slice(1);
}
