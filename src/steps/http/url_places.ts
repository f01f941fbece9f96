/**
 * What placeholders of a URL are in it, so that a value keeps its place whatever it holds.
 *
 * @module
 */
import type { Template } from "../../template/template.ts";

/**
 * A part of a URL: what is filled in at `start` may be a whole URL or a path; at `authority` a host or port; in a `path` it
 * is one segment or a part of it; in a `query` the value of a parameter; `query_name`: its name, or several parameters.
 */
export type UrlPlace = "start" | "authority" | "path" | "query" | "query_name";

/**
 * The place of each part of a URL's text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTemplate } from "../../template/template.ts";
 * const places = urlPlaces(parseTemplate("/items/${id}?q=${text}&${more}"));
 * assertEquals([places[1], places[3], places[5]], ["path", "query", "query_name"]);
 * ```
 */
export function urlPlaces(template: Template): readonly UrlPlace[] {
  let before = "";
  return template.map((part, i) => {
    const place = i === 0 && typeof part !== "string" ? "start" : placeBehind(before);
    // What a placeholder gives is like a letter.
    before += typeof part === "string" ? part : "x";
    return place;
  });
}

function placeBehind(text: string): UrlPlace {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*$/i.test(text)) return "authority";
  const query = /\?([^#]*)$/.exec(text)?.[1];
  if (query === undefined) return "path";
  return query.slice(query.lastIndexOf("&") + 1).includes("=") ? "query" : "query_name";
}

/** What a segment holds besides letters and digits (RFC 3986, section 3.3). */
const NOT_IN_SEGMENT = /[^A-Za-z0-9\-._~!$&'()*+,;=:@]/gu;
/** In a query `+` is a blank to most servers, and `;` parts parameters for some. */
const NOT_IN_QUERY_VALUE = /[^A-Za-z0-9\-._~!$'()*,:@/?]/gu;
/** Characters that would end a URL's query or vanish from it. */
const NOT_IN_URL = /[#\t\r\n]/g;

/** Nothing to encode in any place. */
const PLAIN = /^[A-Za-z0-9\-._~]*$/;

/** A value as it is written in its place. */
export function encodeInUrl(value: string, place: UrlPlace): string {
  if (PLAIN.test(value)) return value;
  switch (place) {
    case "path":
      return value.toWellFormed().replace(NOT_IN_SEGMENT, encodeURIComponent);
    case "query":
      return value.toWellFormed().replace(NOT_IN_QUERY_VALUE, encodeURIComponent);
    case "query_name":
      return value.replace(NOT_IN_URL, encodeURIComponent);
    case "start":
    case "authority":
      return value;
  }
}
