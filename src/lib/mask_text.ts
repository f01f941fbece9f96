/**
 * Text as it may be shown although secrets went into it.
 *
 * @module
 */
import { MASK } from "./mask_url.ts";

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
