/**
 * Finds query parameters and body fields that look like credentials, by their names. Headers are judged in
 * `header_rules.ts`.
 *
 * @module
 */
import { SEARCHED_CHARS } from "../lib/size_limits.ts";
import { isSecretName } from "../lib/credentials.ts";
import { utf8Text } from "../lib/utf8_text.ts";

/** A body and what it says it is. */
export interface TypedBody {
  readonly content: string | Uint8Array;
  readonly contentType?: string;
}

/** The names of query parameters and body fields that look like credentials. */
export function credentialFields(url: URL, body: TypedBody | undefined): ReadonlySet<string> {
  const names = [...url.searchParams.keys(), ...(body === undefined ? [] : fieldsOf(body))];
  return new Set(names.filter(isSecretName));
}

/** Field names in the beginning of a form or JSON body. */
function fieldsOf({ content, contentType = "" }: TypedBody): string[] {
  const text = typeof content === "string" ? content : utf8Text(content) ?? "";
  const type = contentType.toLowerCase();
  const pattern = type.includes("urlencoded")
    ? /(?:^|&)([^=&]{1,100})=/g
    : type.includes("multipart")
    ? /; name="([^"\r\n]{1,100})"/g
    : /"([\w.-]{1,100})"\s{0,10}:/g;
  return [...text.slice(0, SEARCHED_CHARS).matchAll(pattern)].map((match) => match[1] ?? "");
}
