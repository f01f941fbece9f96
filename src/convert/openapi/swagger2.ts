/**
 * Swagger 2.0 (https://spec.openapis.org/oas/v2.0) as OpenAPI 3.0, as far as requests need it: servers, parameters,
 * bodies and credentials. Definitions stay where they are, so that references to them hold.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import { listOf, textOf } from "../json_values.ts";

type Parts = Readonly<Record<string, unknown>>;

/** Follows a reference, if the value is one; `undefined`: it leads nowhere. */
type Resolve = (value: unknown) => Parts | undefined;

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch"];
/** How items of lists are joined; the others are `csv`, which has a style of its own, and `multi`. */
const DELIMITERS: Readonly<Record<string, string>> = { ssv: " ", tsv: "\t", pipes: "|" };
/** Keys of parameters that belong to their schemas since 3.0. */
const SCHEMA_KEYS = ["type", "format", "items", "default", "enum"];

/**
 * Whether a parsed document says that it is Swagger 2.0.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([{ swagger: "2.0" }, { swagger: 2 }, { swagger: "1.2" }].map(isSwagger2), [true, true, false]);
 * ```
 */
export function isSwagger2(root: Parts): boolean {
  return /^2(?:\.0)?$/.test(String(root["swagger"])); // YAML reads an unquoted 2.0 as a number
}

/** The document as OpenAPI 3.0; `resolve` follows references within the given one. */
export function upgradeSwagger2(root: Parts, resolve: Resolve): Parts {
  const paths = Object.entries(isRecord(root["paths"]) ? root["paths"] : {}).map(([path, value]) => {
    const item = resolve(value);
    return [path, item === undefined ? value : upgradeItem(item, root, resolve)];
  });
  return {
    ...root,
    openapi: "3.0.0",
    servers: serversOf(root, root["schemes"]),
    paths: Object.fromEntries(paths),
    components: { securitySchemes: securitySchemes(root, resolve) },
  };
}

/** The server, relative to where the description is as far as nothing else is said. */
function serversOf(root: Parts, schemes: unknown): readonly Parts[] {
  const host = textOf(root["host"]);
  const basePath = textOf(root["basePath"]);
  if (host === undefined) return basePath === undefined ? [] : [{ url: basePath }];
  const scheme = listOf(schemes).find((each) => each === "http" || each === "https");
  const path = (basePath ?? "/").replace(/^\/*/, "/");
  return [{ url: `${scheme === undefined ? "" : `${scheme}:`}//${host}${path}` }];
}

function upgradeItem(item: Parts, root: Parts, resolve: Resolve): Parts {
  const operations = METHODS.flatMap((method) => {
    const operation = resolve(item[method]);
    return operation === undefined ? [] : [[method, upgradeOperation(operation, item, root, resolve)]];
  });
  return Object.fromEntries(operations);
}

function upgradeOperation(operation: Parts, item: Parts, root: Parts, resolve: Resolve): Parts {
  const lost: unknown[] = [];
  const all = new Map<string, Parts>();
  for (const given of [...listOf(item["parameters"]), ...listOf(operation["parameters"])]) {
    const parameter = resolve(given);
    if (parameter === undefined) lost.push(given);
    else all.set(`${parameter["in"]} ${parameter["name"]}`, parameter);
  }
  const parameters = [...all.values()];
  const at = (place: string) => parameters.filter((each) => each["in"] === place);
  const types = listOf(operation["consumes"] ?? root["consumes"]).filter((type) => typeof type === "string");
  const content = bodyContent(at("body")[0], types) ?? formContent(at("formData"), types);
  return {
    ...operation,
    parameters: [
      ...lost,
      ...parameters.filter((each) => each["in"] !== "body" && each["in"] !== "formData").map(
        upgradeParameter,
      ),
    ],
    ...(content === undefined ? {} : { requestBody: { content } }),
    ...(operation["schemes"] === undefined ? {} : { servers: serversOf(root, operation["schemes"]) }),
  };
}

/** A parameter in a query, path or header. */
function upgradeParameter(parameter: Parts): Parts {
  const { name, in: place, required, collectionFormat } = parameter;
  return { name, in: place, required, explode: collectionFormat === "multi", ...valueOf(parameter) };
}

function bodyContent(body: Parts | undefined, types: readonly string[]): Parts | undefined {
  if (body === undefined) return undefined;
  const media = { schema: body["schema"] };
  return Object.fromEntries((types.length > 0 ? types : ["application/json"]).map((type) => [type, media]));
}

/** A form with what must be in it, and with what has a default, as of other parameters. */
function formContent(fields: readonly Parts[], types: readonly string[]): Parts | undefined {
  if (fields.length === 0) return undefined;
  const properties = fields.map((field) => {
    if (field["type"] === "file") return [field["name"], { type: "string", format: "binary" }];
    const { schema, example } = valueOf(field, ",");
    return [field["name"], example === undefined ? schema : { ...schema, example }];
  });
  const required = fields.filter((field) => field["required"] === true || field["default"] !== undefined);
  const isMultipart = fields.some((field) => field["type"] === "file") ||
    (types.some((type) => /^multipart\/form-data\b/i.test(type)) &&
      !types.some((type) => /^application\/x-www-form-urlencoded\b/i.test(type)));
  return {
    [isMultipart ? "multipart/form-data" : "application/x-www-form-urlencoded"]: {
      schema: {
        type: "object",
        properties: Object.fromEntries(properties),
        required: required.map((field) => field["name"]),
      },
    },
  };
}

/** What a parameter's value may be, and its example. Lists that no style of 3.0 writes become joined texts. */
function valueOf(parameter: Parts, csv?: string): { readonly schema: Parts; readonly example?: unknown } {
  const format = textOf(parameter["collectionFormat"]) ?? "csv";
  const delimiter = format === "csv"
    ? csv
    : Object.hasOwn(DELIMITERS, format)
    ? DELIMITERS[format]
    : undefined;
  const isJoined = parameter["type"] === "array" && delimiter !== undefined;
  const joined = (value: unknown) => isJoined && Array.isArray(value) ? value.join(delimiter) : value;
  const example = joined(parameter["x-example"] ?? parameter["example"]);
  const byDefault = joined(parameter["default"]);
  const keys = SCHEMA_KEYS.filter((key) => parameter[key] !== undefined);
  const items = isRecord(parameter["items"]) ? parameter["items"] : {};
  return {
    schema: {
      ...(isJoined ? items : Object.fromEntries(keys.map((key) => [key, parameter[key]]))),
      ...(byDefault === undefined ? {} : { default: byDefault }),
    },
    ...(example === undefined ? {} : { example }),
  };
}

function securitySchemes(root: Parts, resolve: Resolve): Parts {
  const schemes = Object.entries(isRecord(root["securityDefinitions"]) ? root["securityDefinitions"] : {});
  return Object.fromEntries(schemes.map(([name, value]) => {
    const scheme = resolve(value);
    return [name, scheme?.["type"] === "basic" ? { type: "http", scheme: "basic" } : value];
  }));
}
