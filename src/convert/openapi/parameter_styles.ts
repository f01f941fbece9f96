/**
 * How values of parameters are written: the styles of the OpenAPI specification, with and without `explode`
 * (https://spec.openapis.org/oas/v3.1.1.html#style-examples). Delimiters are percent-encoded where a URL asks for it.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import { jsonText, Placeholder } from "./values.ts";

/** Where a parameter stands in a request. */
export type Place = "path" | "query" | "header" | "cookie";

/** How a parameter is written. */
export interface ParameterStyle {
  readonly place: Place;
  readonly name: string;
  /** One of the specification's; absent, unknown or unfit for the place: the place's default. */
  readonly style?: string | undefined;
  /** Absent: as the style has it. */
  readonly explode?: boolean | undefined;
  /** Leave the reserved characters of RFC 3986 as they are. */
  readonly allowReserved?: boolean | undefined;
}

const STYLES: Readonly<Record<Place, readonly [byDefault: string, ...others: string[]]>> = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form"],
};

/**
 * A value as it stands in the request: with its name in a query or cookie, where pairs are joined by `&`; alone in a
 * path or header. Empty where nothing is to be sent.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const color = { place: "query", name: "color", explode: false } as const;
 * assertEquals(styledText(color, ["blue", "black"]), "color=blue,black");
 * assertEquals(styledText({ ...color, place: "path", style: "label" }, "blue"), ".blue");
 * ```
 */
export function styledText(parameter: ParameterStyle, value: unknown): string {
  const styles = STYLES[parameter.place];
  const style = styles.find((each) => each === parameter.style) ?? styles[0];
  const explode = parameter.explode ?? style === "form";
  const text = (each: unknown) =>
    parameter.place === "header" ? plain(each) : encoded(each, parameter.allowReserved);
  const name = encoded(parameter.name);
  const items = Array.isArray(value) ? value.map(text) : undefined;
  const members = isMap(value)
    ? Object.entries(value).map(([key, each]) => [text(key), text(each)] as const)
    : undefined;
  const facts: Facts = { name, explode, items, members, text: text(value) };
  switch (style) {
    case "simple":
      return listed(facts, ",", ",");
    case "label":
      return `.${listed(facts, explode ? "." : ",", explode ? "." : ",")}`;
    case "matrix":
      return matrix(facts);
    case "spaceDelimited":
      return explode ? form(facts) : delimited(facts, "%20");
    case "pipeDelimited":
      return explode ? form(facts) : delimited(facts, "%7C");
    case "deepObject":
      return isMap(value) ? deepPairs(name, value, text).join("&") : form({ ...facts, explode: true });
    default:
      return explode ? form(facts) : delimited(facts, ",");
  }
}

/** A value, written; `items` of a list and `members` of an object in their place. */
interface Facts {
  readonly name: string;
  readonly explode: boolean;
  readonly items: readonly string[] | undefined;
  readonly members: readonly (readonly [key: string, value: string])[] | undefined;
  readonly text: string;
}

function listed({ items, members, explode, text }: Facts, ofItems: string, ofMembers: string): string {
  if (items !== undefined) return items.join(ofItems);
  if (members === undefined) return text;
  return explode ? pairs(members).join(ofMembers) : members.flat().join(",");
}

function matrix({ name, explode, items, members, text }: Facts): string {
  const named = (value: string) => value === "" ? `;${name}` : `;${name}=${value}`;
  if (items !== undefined) return explode ? items.map(named).join("") : named(items.join(","));
  if (members === undefined) return named(text);
  return explode ? pairs(members).map((pair) => `;${pair}`).join("") : named(members.flat().join(","));
}

function form({ name, items, members, text }: Facts): string {
  if (items !== undefined) return items.map((item) => `${name}=${item}`).join("&");
  return members === undefined ? `${name}=${text}` : pairs(members).join("&");
}

function delimited({ name, items, members, text }: Facts, delimiter: string): string {
  return `${name}=${items?.join(delimiter) ?? members?.flat().join(delimiter) ?? text}`;
}

function pairs(members: readonly (readonly [string, string])[]): readonly string[] {
  return members.map(([key, value]) => `${key}=${value}`);
}

/** `name[key]=value`, and objects within objects as `name[key][inner]=value`. */
function deepPairs(
  name: string,
  value: Readonly<Record<string, unknown>>,
  text: (value: unknown) => string,
): readonly string[] {
  return Object.entries(value).flatMap(([key, each]) => {
    const inner = `${name}%5B${text(key)}%5D`;
    if (isMap(each)) return deepPairs(inner, each, text);
    return (Array.isArray(each) ? each : [each]).map((item) => `${inner}=${text(item)}`);
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && !(value instanceof Placeholder);
}

/** A parameter whose value is a JSON text, as its media type says. */
export function jsonParameter({ place, name, allowReserved }: ParameterStyle, value: unknown): string {
  if (place === "header") return jsonText(value);
  const text = encodedJson(value, allowReserved);
  return place === "path" ? text : `${encoded(name)}=${text}`;
}

/** A value in a URL or form; objects and lists within others as JSON. */
function encoded(value: unknown, allowReserved = false): string {
  if (value instanceof Placeholder) return value.text;
  return typeof value === "object" && value !== null
    ? encodedJson(value, allowReserved)
    : percentEncoded(scalarText(value), allowReserved);
}

function encodedJson(value: unknown, allowReserved = false): string {
  // Only placeholders look like ones in JSON that is made here.
  return jsonText(value).split(/(\$\{[^{}]*\})/).map((part, index) =>
    index % 2 === 1 ? part : percentEncoded(part, allowReserved)
  ).join("");
}

function percentEncoded(text: string, allowReserved: boolean): string {
  const all = encodeURIComponent(text.toWellFormed());
  // Not `#`, which would end the URL, nor what a scenario would take for a placeholder.
  return allowReserved
    ? all.replace(/%(?:3A|2F|3F|40|26|2B|2C|3B|3D|5B|5D)/g, (escape) => decodeURIComponent(escape))
    : all;
}

/** A value in a header field; nothing in it looks like a placeholder but placeholders. */
function plain(value: unknown): string {
  if (value instanceof Placeholder) return value.text;
  if (typeof value === "object" && value !== null) return jsonText(value);
  return scalarText(value).replaceAll("${", "$ {").replace(/\p{Cc}+/gu, " ");
}

function scalarText(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
