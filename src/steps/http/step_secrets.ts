/**
 * Where a step holds credentials: in its URL, its header fields or its body, as they are written or by what will be
 * filled in. Values of environment variables always count; data columns do by their names, and extracted values by theirs
 * or by that of what they were taken from.
 *
 * @module
 */
import { SEARCHED_CHARS } from "../../lib/size_limits.ts";
import { isSecretName } from "../../lib/credentials.ts";
import { holdsCredential, secretsInBody } from "../../lib/mask_text.ts";
import { secretsInUrl } from "../../lib/mask_url.ts";
import type { Body, ExtractRule, HttpStep } from "../../plan/http_step.ts";
import { bodyTexts } from "./step_placeholders.ts";
import type { StepSecrets } from "../../plan/scenario.ts";
import { nameIn } from "../../template/json_path.ts";
import type { Reference } from "../../template/expression.ts";
import { placeholdersIn, referencesOf } from "../../template/template.ts";

/** Of a pattern this much is looked at, in characters. */
const MAX_PATTERN = 1000;

/** What is secret about a step; `variables` are the names of the extracted values that are. */
export function secretsOf(step: HttpStep, variables: ReadonlySet<string>): StepSecrets {
  const filled = (text: string, isJson?: boolean) =>
    step.isTemplate ? secretPlaceholders(text, { variables, isJson }) : [];
  const body = textOf(step.body);
  return {
    headers: new Set(
      step.headers
        .filter((header) => holdsCredential(header) || header.some((text) => filled(text).length > 0))
        .map(([name]) => name.toLowerCase()),
    ),
    url: unique([...secretsInUrl(step.url), ...filled(step.url)]),
    body: unique([
      ...secretsInBody(body),
      ...bodyTexts(step.body).flatMap(({ text, isJson }) => filled(text, isJson)),
    ]),
  };
}

/** Placeholders, as they are written, whose values are secret or made of what is. */
function secretPlaceholders(
  text: string,
  { variables, isJson = false }: {
    readonly variables: ReadonlySet<string>;
    readonly isJson: boolean | undefined;
  },
): readonly string[] {
  return placeholdersIn(text, isJson)
    .filter((placeholder) => referencesOf(placeholder).some((reference) => isSecret(reference, variables)))
    .map(({ source }) => source);
}

/** Whether a value is secret by where it comes from. */
export function isSecret(reference: Reference, variables: ReadonlySet<string>): boolean {
  switch (reference.kind) {
    case "call":
      return reference.name === "env";
    case "member":
      return isSecretName(reference.member) || variables.has(reference.name);
    case "variable":
      return isSecretName(reference.name) || variables.has(reference.name);
  }
}

function textOf(body: Body | undefined): string {
  switch (body?.kind) {
    case "text":
      return body.text.slice(0, SEARCHED_CHARS);
    case "base64":
      return decoded(body.base64);
    case "pieces":
      return body.pieces.map((piece) => piece.kind === "text" ? piece.text : decoded(piece.base64)).join("");
    default:
      return "";
  }
}

function decoded(base64: string): string {
  const bytes = atob(base64.slice(0, SEARCHED_CHARS));
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

/** Names of the values that a step extracts from what is named like a secret, whatever they themselves are called. */
export function secretsExtracted({ extract }: HttpStep): readonly string[] {
  return extract.filter((rule) => isSecretName(sourceOf(rule))).map(({ name }) => name);
}

/** What a value is taken from, by name. Of a pattern, the last name before its group that says so. */
function sourceOf({ from, expression }: ExtractRule): string {
  if (from === "json") return nameIn(expression);
  if (from === "header") return expression;
  const before = expression.slice(0, MAX_PATTERN).split(/(?<!\\)\((?!\?[:=!])/)[0]!;
  return before.match(/[\w-]+/g)?.findLast(isSecretName) ?? "";
}
