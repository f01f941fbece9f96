/**
 * The request that an operation of an API comes to: path, query, header fields and body, with what must be there.
 *
 * @module
 */
import { isRecord } from "../json_values.ts";
import type { OpenapiDocument, Operation, SpecObject } from "./document.ts";
import { credentialsOf } from "./security.ts";
import { jsonText, type OpenapiValues, Placeholder } from "./values.ts";
import { type FileHeaders, type FileStep, headerObject, inert, stepName } from "../scenario_file.ts";
import { countOne } from "../wording.ts";

/** What all requests of a conversion share. */
export interface RequestContext {
  readonly document: OpenapiDocument;
  readonly values: OpenapiValues;
  /** The path under which the API is. */
  readonly basePath: string;
  readonly assertStatus: boolean;
  /** Counts media types of bodies that were left out. */
  readonly lost: Map<string, number>;
}

type Named = readonly (readonly [name: string, value: unknown])[];

/** Header fields that the specification leaves to the answers, the body and the credentials. */
const NOT_PARAMETERS = /^(?:accept|content-type|authorization)$/i;

/** Makes the request of an operation. */
export function requestOf(operation: Operation, around: RequestContext): FileStep {
  const { path, method, object } = operation;
  const target = `${filledPath(path, namedIn("path", operation, around))}${
    queryOf(namedIn("query", operation, around))
  }`;
  const body = method === "GET" || method === "HEAD" ? undefined : bodyOf(object, around);
  const headers = headersOf(operation, around, body?.type);
  const status = around.assertStatus ? lowestGoodStatus(object, around.document) : undefined;
  return {
    name: stepName(method, inert(path)),
    path: `${around.basePath.replace(/\/$/, "")}${target}`,
    method,
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    ...(body === undefined ? {} : { body: body.text }),
    ...(status === undefined ? {} : { assert_status: status }),
  };
}

/** Required parameters and credentials that belong in a place, with their values. */
function namedIn(place: string, { parameters, object }: Operation, around: RequestContext): Named {
  const { document, values } = around;
  const required = parameters.filter((each) =>
    each["in"] === place && (place === "path" || each["required"] === true) &&
    !(place === "header" && NOT_PARAMETERS.test(String(each["name"])))
  );
  const credentials = credentialsOf(document, object).filter((each) => each.place === place);
  return [
    ...required.map((each) => [String(each["name"]), values.ofParameter(each)] as const),
    ...credentials.map(({ name, prefix, variable }) => [name, values.placeholder(variable, prefix)] as const),
  ];
}

function filledPath(path: string, named: Named): string {
  const values = new Map(named);
  return path.split(/(\{[^{}]*\})/).map((part) => {
    const name = part.slice(1, -1);
    return part.startsWith("{") && values.has(name) ? encoded(values.get(name)) : inert(encodeURI(part));
  }).join("");
}

/** The query with lists as repeated names, which is how they are written unless something else is said. */
function queryOf(named: Named): string {
  const pairs = named.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each) => `${encodeURIComponent(name)}=${encoded(each)}`)
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

function headersOf(operation: Operation, around: RequestContext, type?: string): FileHeaders {
  const own = namedIn("header", operation, around).map(([name, value]) => [name, plain(value)] as const);
  const cookies = namedIn("cookie", operation, around).map(([name, value]) =>
    ["Cookie", `${name}=${encoded(value)}`] as const
  );
  return headerObject([...own, ...cookies, ...(type === undefined ? [] : [["Content-Type", type] as const])]);
}

/** A body as JSON or as a form; others are counted as lost. */
function bodyOf(
  operation: SpecObject,
  { document, values, lost }: RequestContext,
): { readonly type: string; readonly text: string } | undefined {
  const content = document.resolve(document.resolve(operation["requestBody"])?.["content"]) ?? {};
  const types = Object.keys(content);
  const json = types.find((type) => /^application\/(?:[\w.+-]*\+)?json\b/i.test(type));
  const form = types.find((type) => /^application\/x-www-form-urlencoded\b/i.test(type));
  const type = json ?? form;
  if (type === undefined) {
    if (types[0] !== undefined) countOne(lost, types[0]);
    return undefined;
  }
  const value = values.ofMedia(document.resolve(content[type]) ?? {});
  if (type === json) return { type, text: jsonText(value) };
  return { type, text: queryOf(Object.entries(isRecord(value) ? value : {})).slice(1) };
}

/** A value in a URL or form: lists with commas, objects as JSON. */
function encoded(value: unknown): string {
  if (value instanceof Placeholder) return value.text;
  if (Array.isArray(value)) return value.map(encoded).join(",");
  return encodeURIComponent(typeof value === "object" ? jsonText(value) : String(value));
}

/** A value in a header field; nothing in it looks like a placeholder but placeholders. */
function plain(value: unknown): string {
  if (value instanceof Placeholder) return value.text;
  const text = typeof value === "object" ? jsonText(value) : String(value);
  return text.replaceAll("${", "$ {").replace(/\p{Cc}+/gu, " ");
}

function lowestGoodStatus(operation: SpecObject, document: OpenapiDocument): number | undefined {
  const documented = Object.keys(document.resolve(operation["responses"]) ?? {});
  const good = documented.filter((status) => /^2\d\d$/.test(status)).map(Number);
  return good.length === 0 ? undefined : Math.min(...good);
}
