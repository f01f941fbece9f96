/**
 * The request that an operation of an API comes to: path, query, header fields and body, with what must be there and with
 * the defaults of what may.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { textOf } from "../json_values.ts";
import { type FileStep, headerObject, inert, stepName } from "../scenario_file.ts";
import { countOne } from "../wording.ts";
import type { OpenapiDocument, Operation, SpecObject } from "./document.ts";
import { formBody, multipartBody } from "./form.ts";
import { jsonParameter, type Place, styledText } from "./parameter_styles.ts";
import { credentialsOf } from "./security.ts";
import { jsonText, type OpenapiValues } from "./values.ts";

/** What all requests of a conversion share. */
export interface RequestContext {
  readonly document: OpenapiDocument;
  readonly values: OpenapiValues;
  readonly assertStatus: boolean;
  /** Counts media types of bodies that were left out. */
  readonly lost: Map<string, number>;
  /** Counts media types of forms of which no part is required. */
  readonly empty: Map<string, number>;
  /** Names of files that bodies are to hold. */
  readonly files: Set<string>;
  /** Names of parts whose content type is not sent. */
  readonly untyped: Set<string>;
}

/** Header fields that the specification leaves to the responses, the body and the credentials. */
const NOT_PARAMETERS = /^(?:accept|content-type|authorization)$/i;

/** Makes the request of an operation; `base` is where its server has the API. */
export function requestOf(
  operation: Operation,
  base: URL,
  around: RequestContext,
): Omit<FileStep, "path"> & { readonly target: string } {
  const { path, method, object } = operation;
  const query = textsIn("query", operation, around).map(([, text]) => text).filter((text) => text !== "")
    .join("&");
  const target = `${filledPath(operation, around)}${query === "" ? "" : `?${query}`}`;
  const body = method === "GET" || method === "HEAD" ? undefined : bodyOf(object, around);
  const { contentType, ...bodyKeys } = body ?? {};
  const headers = headersOf(operation, around, contentType);
  const status = around.assertStatus ? lowestGoodStatus(object, around.document) : undefined;
  const id = textOf(object["operationId"])?.replace(/\p{Cc}+/gu, " ").trim();
  return {
    name: id ? inert(id).slice(0, MAX_NAME) : stepName(method, inert(path)),
    target: `${base.pathname.replace(/\/$/, "")}${target}`,
    method,
    ...(headers.length > 0 ? { headers: headerObject(headers) } : {}),
    ...bodyKeys,
    ...(status === undefined ? {} : { assert_status: status }),
  };
}

const MAX_NAME = 200;

/** The bodies that can be made, the first that an operation takes before the others. */
const BODY_TYPES = [
  /^application\/(?:[\w.+-]*\+)?json\b/i,
  /^application\/x-www-form-urlencoded\b/i,
  /^multipart\/form-data\b/i,
];

/** The keys for a body, and the content type that they do not bring themselves. */
type RequestBody = Pick<FileStep, "body" | "form" | "multipart"> & { readonly contentType?: string };

/** The parameters and credentials of a place that are sent, each as {@linkcode styledText} writes it. */
function textsIn(
  place: Place,
  { parameters, object }: Operation,
  { document, values }: RequestContext,
): readonly (readonly [name: string, text: string])[] {
  const own = parameters.filter((each) =>
    each["in"] === place && !(place === "header" && NOT_PARAMETERS.test(String(each["name"])))
  ).flatMap((each) => {
    const name = String(each["name"]);
    const value = values.ofParameter(each, place === "path" || each["required"] === true);
    return value === undefined ? [] : [[name, parameterText(place, each, value)] as const];
  });
  const credentials = credentialsOf(document, object).filter((each) => each.place === place);
  return [
    ...own,
    ...credentials.map(({ name, prefix, variable }) =>
      [name, styledText({ place, name }, values.placeholder(variable, { prefix }))] as const
    ),
  ];
}

function parameterText(place: Place, parameter: SpecObject, value: unknown): string {
  const name = String(parameter["name"]);
  const explode = parameter["explode"];
  const allowReserved = parameter["allowReserved"] === true;
  const [type] = isRecord(parameter["content"]) ? Object.keys(parameter["content"]) : [];
  if (type !== undefined && /json/i.test(type)) return jsonParameter({ place, name, allowReserved }, value);
  return styledText({
    place,
    name,
    style: textOf(parameter["style"]),
    explode: typeof explode === "boolean" ? explode : undefined,
    allowReserved,
  }, value);
}

/** The path with its parameters filled in; one that the description does not declare is to be filled in, too. */
function filledPath(operation: Operation, around: RequestContext): string {
  const texts = new Map(textsIn("path", operation, around));
  return operation.path.split(/(\{[^{}]+\})/).map((part, index) => {
    if (index % 2 === 0) return inert(encodeURI(part.toWellFormed()));
    const name = part.slice(1, -1);
    return texts.get(name) ?? around.values.placeholder(name).text;
  }).join("");
}

function headersOf(operation: Operation, around: RequestContext, type?: string): readonly HeaderLine[] {
  const cookies = textsIn("cookie", operation, around).map(([, text]): HeaderLine => ["Cookie", text]);
  return [
    ...textsIn("header", operation, around),
    ...cookies,
    ...(type === undefined ? [] : [["Content-Type", type] as const]),
  ];
}

/** A body as JSON or as a form; others are counted as lost. */
function bodyOf(
  operation: SpecObject,
  { document, values, lost, empty, files, untyped }: RequestContext,
): RequestBody | undefined {
  const content = document.resolve(document.resolve(operation["requestBody"])?.["content"]) ?? {};
  const types = Object.keys(content);
  const [json, form, multipart] = BODY_TYPES.map((pattern) => types.find((type) => pattern.test(type)));
  const type = json ?? form ?? multipart;
  if (type === undefined) {
    if (types[0] !== undefined) countOne(lost, types[0]);
    return undefined;
  }
  const media = document.resolve(content[type]) ?? {};
  if (type === json) return { body: jsonText(values.ofMedia(media)), contentType: type };
  const encodings = document.resolve(media["encoding"]) ?? {};
  if (type === form) return formBody(values.ofForm(media), encodings, type);
  const made = multipartBody(values.ofForm(media), encodings);
  if (made === undefined) countOne(empty, type);
  for (const file of made?.files ?? []) files.add(file);
  for (const name of made?.untyped ?? []) untyped.add(name);
  return made && { multipart: made.multipart };
}

function lowestGoodStatus(operation: SpecObject, document: OpenapiDocument): number | undefined {
  const documented = Object.keys(document.resolve(operation["responses"]) ?? {});
  const good = documented.filter((status) => /^2\d\d$/.test(status)).map(Number);
  return good.length === 0 ? undefined : Math.min(...good);
}
