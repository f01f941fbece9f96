/**
 * Text as it may be shown although secrets went into it.
 *
 * @module
 */
import { isSecretName, MASK } from "./mask_url.ts";

/**
 * The text with each secret masked, also where it is written as a URL or JSON writes it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(maskSecrets("a b=x&k=a%20b", ["a b", ""]), "***=x&k=***");
 * ```
 */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.flatMap(spellings));
  forms.delete("");
  // The longest first: a shorter one may be part of it.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return ordered.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

function spellings(secret: string): readonly string[] {
  const text = secret.toWellFormed();
  const form = new URLSearchParams({ "": text }).toString().slice(1);
  return [secret, encodeURIComponent(text), encodeURI(text), form, JSON.stringify(secret).slice(1, -1)];
}

/** `"name": "value"`, also with a number as value. */
const JSON_FIELD = /"((?:[^"\\]|\\.){1,100})"(\s*:\s*)("(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*)/g;
/** `name=value` of a form or a query. */
const FORM_FIELD = /(^|[?&;\s"'])([\w.[\]-]{1,100})=([^&;\s"'<>]+)/g;
/** A part of a multipart form. */
const FORM_PART = /( name="([^"\r\n]{1,100})"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n)([^]*?)(?=\r\n--|$)/g;
/** A JSON web token (RFC 7519), as its first letters tell. */
const WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/**
 * A body, whole or cut, without the values of fields that are named like a secret: those of JSON, of forms and of queries.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(maskFields('{"user":"ann","password":"x"}'), '{"user":"ann","password":"***"}');
 * assertEquals(maskFields("user=ann&password=x"), "user=ann&password=***");
 * ```
 */
export function maskFields(text: string): string {
  return text
    .replace(JSON_FIELD, (whole, name: string, colon: string) => {
      return isSecretName(name) ? `"${name}"${colon}"${MASK}"` : whole;
    })
    .replace(FORM_FIELD, (whole, before: string, name: string) => {
      return isSecretName(name) ? `${before}${name}=${MASK}` : whole;
    })
    .replace(FORM_PART, (whole, head: string, name: string) => isSecretName(name) ? `${head}${MASK}` : whole)
    .replace(WEB_TOKEN, MASK);
}
