/**
 * Requests of Postman collections as steps: URL, headers, login, body, and tests that only check the status.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import { isCredential } from "../../lib/credentials.ts";
import { basicAuth } from "../../lib/net/basic_auth.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { textOf } from "../json_values.ts";
import { boundaryFor, type FormPart, multipartForm } from "../multipart.ts";
import { type FileBody, fileBody, type FileStep, headerLists } from "../scenario_file.ts";
import { countOne } from "../wording.ts";
import { extractsIn } from "./extracts.ts";
import type { PostmanVariables } from "./variables.ts";

/** What is known around a request. */
export interface RequestContext {
  readonly variables: PostmanVariables;
  /** The login of the nearest folder, or of the collection. */
  readonly auth: unknown;
  readonly preserveHeaders: boolean;
  /** Steps can take values out of responses. */
  readonly extracts: boolean;
  /** What was left out, by what it is. */
  readonly leftOut: Map<string, number>;
}

type Parts = Readonly<Record<string, unknown>>;

/** A request's step but for its name and its place on the base URL; `undefined`: it has no URL. */
export function postmanStep(
  item: Parts,
  context: RequestContext,
):
  | (Pick<FileStep, "method" | "headers" | "assert_status" | "extract"> & FileBody & { readonly url: string })
  | undefined {
  const given = item["request"];
  const request: Parts = typeof given === "string" ? { url: given } : isRecord(given) ? given : {};
  const { variables } = context;
  let url = variables.fill(urlOf(request["url"]));
  if (url === "") return undefined;
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(url) && !url.startsWith("${")) url = `http://${url}`;
  const headers: HeaderLine[] = enabled(request["header"]).map(([name, value]): HeaderLine => [
    variables.fill(name),
    variables.fill(value),
  ]);
  const login = authOf(request["auth"] ?? context.auth, context);
  if (
    login?.header !== undefined &&
    !headers.some(([name]) => name.toLowerCase() === login.header![0].toLowerCase())
  ) {
    headers.push(login.header);
  }
  if (login?.query !== undefined) {
    url += `${url.includes("?") ? "&" : "?"}${login.query.map(encodeText).join("=")}`;
  }
  const body = bodyOf(request["body"], context);
  if (body?.contentType !== undefined && !headers.some(([name]) => /^content-type$/i.test(name))) {
    headers.push(["Content-Type", body.contentType]);
  }
  const kept = headers.filter((line) => {
    const isKept = context.preserveHeaders || line[1].includes("${") || !isCredential(line);
    if (!isKept) {
      countOne(context.leftOut, `credentials of the header ${line[0]} (--preserve-headers keeps them)`);
    }
    return isKept;
  });
  const { status, paths } = testsIn(item["event"], context);
  for (const name of paths.keys()) variables.take(name);
  return {
    url,
    method: (textOf(request["method"]) ?? "GET").toUpperCase(),
    ...(kept.length > 0 && { headers: headerLists(kept) }),
    ...body?.file,
    ...(status !== undefined && { assert_status: status }),
    ...(paths.size > 0 &&
      { extract: Object.fromEntries(Array.from(paths, ([name, json]) => [name, { json }])) }),
  };
}

/** The URL as a text; parts that are switched off are left out. */
function urlOf(url: unknown): string {
  if (typeof url === "string") return url;
  if (!isRecord(url)) return "";
  const { protocol, host, port, path, query } = url;
  const joined = (value: unknown, by: string) =>
    Array.isArray(value)
      ? value.map((part) => isRecord(part) ? textOf(part["value"]) ?? "" : String(part)).join(by)
      : textOf(value) ?? "";
  const hostText = joined(host, ".");
  if (hostText === "") return textOf(url["raw"]) ?? "";
  const values = new Map(enabled(url["variable"]));
  const pathText = joined(path, "/").replace(
    /(^|\/):([\w-]+)/g,
    (whole, slash: string, name: string) => values.has(name) ? `${slash}${values.get(name)}` : whole,
  );
  const scheme = typeof protocol === "string" ? `${protocol.replace(/:?\/*$/, "")}://` : "";
  const search = enabled(query).map(([name, value]) => `${name}=${value}`).join("&");
  return `${scheme}${hostText}${typeof port === "string" && port !== "" ? `:${port}` : ""}` +
    `${pathText === "" ? "" : `/${pathText.replace(/^\//, "")}`}${search === "" ? "" : `?${search}`}`;
}

/** Names and values of a list, or of the lines of a text, without those that are switched off. */
function enabled(list: unknown): readonly (readonly [string, string])[] {
  if (typeof list === "string") {
    return list.split(/\r?\n/).flatMap((line) => {
      const [, name, value = ""] = /^\s*([^:\s]+)\s*:\s*(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value] as const];
    });
  }
  return (Array.isArray(list) ? list : []).flatMap((item) => {
    if (!isRecord(item) || item["disabled"] === true) return [];
    const name = textOf(item["key"]);
    const value = item["value"];
    return name === undefined || name === ""
      ? []
      : [[name, value === undefined || value === null ? "" : String(value)] as const];
  });
}

/** A login as a header or a parameter; `undefined`: there is none that can be said so. */
function authOf(
  auth: unknown,
  { variables, leftOut }: RequestContext,
): { readonly header?: HeaderLine; readonly query?: readonly [string, string] } | undefined {
  if (!isRecord(auth)) return undefined;
  const kind = textOf(auth["type"]) ?? "noauth";
  const given = auth[kind];
  // Version 2.0 has an object, 2.1 a list.
  const values = new Map(
    isRecord(given)
      ? Object.entries(given).map(([key, value]) => [key, String(value)] as const)
      : enabled(given),
  );
  // Nobody has logged in yet.
  if ([...values.values()].some((text) => variables.isPending(text))) return undefined;
  const value = (name: string) => variables.fill(values.get(name) ?? "");
  switch (kind) {
    case "noauth":
      return undefined;
    case "bearer":
      return { header: ["Authorization", `Bearer ${value("token")}`] };
    case "basic": {
      const pair = `${value("username")}:${value("password")}`;
      return {
        header: [
          "Authorization",
          pair.includes("${") ? `Basic \${base64(${spelled(pair)})}` : basicAuth(pair),
        ],
      };
    }
    case "apikey":
      return value("in") === "query"
        ? { query: [value("key"), value("value")] }
        : { header: [value("key"), value("value")] };
    default:
      countOne(leftOut, `login of the kind ${kind} (bench has --auth for some)`);
      return undefined;
  }
}

/** A text with placeholders as an expression of scenarios: its parts put together. */
function spelled(text: string): string {
  const parts = text.split(/(\$\{[^}]*\})/).filter((part) => part !== "").map((part) =>
    part.startsWith("${") ? part.slice(2, -1) : JSON.stringify(part)
  );
  return parts.length === 1 ? parts[0]! : `concat(${parts.join(", ")})`;
}

function bodyOf(
  body: unknown,
  context: RequestContext,
): { readonly file: FileBody; readonly contentType?: string } | undefined {
  if (!isRecord(body) || body["disabled"] === true) return undefined;
  const { variables, leftOut } = context;
  switch (textOf(body["mode"])) {
    case "raw": {
      const text = textOf(body["raw"]) ?? "";
      if (text === "") return undefined;
      const options = isRecord(body["options"]) ? body["options"]["raw"] : undefined;
      const language = isRecord(options) ? textOf(options["language"]) : undefined;
      const type = language === "json"
        ? "application/json"
        : language === "xml"
        ? "application/xml"
        : "text/plain";
      return { file: filled(text, variables), contentType: type };
    }
    case "urlencoded": {
      const pairs = enabled(body["urlencoded"]);
      const text = pairs.map(([name, value]) =>
        `${encodeText(variables.fill(name))}=${encodeText(variables.fill(value))}`
      )
        .join("&");
      return { file: bodyFile(text, text.includes("${")), contentType: "application/x-www-form-urlencoded" };
    }
    case "formdata":
      return formOf(body["formdata"], context);
    case "graphql": {
      const graphql = isRecord(body["graphql"]) ? body["graphql"] : {};
      const query = JSON.stringify(textOf(graphql["query"]) ?? "");
      const given = textOf(graphql["variables"])?.trim() ?? "";
      const text = `{"query":${query},"variables":${given === "" ? "{}" : given}}`;
      return { file: filled(text, variables), contentType: "application/json" };
    }
    case "file":
      countOne(leftOut, "body out of a file");
      return undefined;
    default:
      return undefined;
  }
}

function formOf(
  list: unknown,
  { variables, leftOut }: RequestContext,
): { readonly file: FileBody; readonly contentType: string } | undefined {
  const items = (Array.isArray(list) ? list : []).filter(isRecord).filter(({ disabled }) =>
    disabled !== true
  );
  const files = items.filter(({ type }) => type === "file");
  if (files.length > 0) leftOut.set("files of forms", (leftOut.get("files of forms") ?? 0) + files.length);
  const parts = items.filter(({ type }) => type !== "file").map((item): FormPart => {
    const contentType = textOf(item["contentType"]);
    return {
      name: textOf(item["key"]) ?? "",
      content: variables.fill(textOf(item["value"]) ?? ""),
      ...(contentType !== undefined && { contentType }),
    };
  });
  if (parts.length === 0) return undefined;
  const boundary = boundaryFor(parts);
  const text = new TextDecoder().decode(multipartForm(parts, boundary));
  return {
    file: bodyFile(text, parts.some(({ content }) => typeof content === "string" && content.includes("${"))),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

function filled(text: string, variables: PostmanVariables): FileBody {
  const result = variables.fill(text);
  return bodyFile(result, result.includes("${") && !text.includes("${"));
}

/** A text whose placeholders are meant stays one. */
function bodyFile(text: string, isTemplate: boolean): FileBody {
  return isTemplate ? { body: text } : fileBody(text);
}

/** A form's name or value, or a parameter's; placeholders stay. */
function encodeText(text: string): string {
  return text.split(/(\$\{[^}]*\})/).map((part) => part.startsWith("${") ? part : encodeURIComponent(part))
    .join("");
}

const STATUS_TESTS = [
  /pm\.response\.to\.have\.status\(\s*(\d{3})\s*\)/,
  /pm\.expect\(\s*pm\.response\.(?:code|status)\s*\)\.to\.(?:be\.)?(?:equal|eql|eq)\(\s*(\d{3})\s*\)/,
  /tests\[[^\]]*\]\s*=\s*responseCode\.code\s*={2,3}\s*(\d{3})/,
];

/** The status that tests ask for; what else they do is told. */
function testsIn(
  events: unknown,
  { leftOut, extracts }: RequestContext,
): { readonly status: number | undefined; readonly paths: ReadonlyMap<string, string> } {
  let status: number | undefined;
  const paths = new Map<string, string>();
  for (const { isTest, text: whole } of scriptsIn(events)) {
    if (!isTest) {
      countOne(leftOut, `script before a request`);
      continue;
    }
    const found = extracts ? extractsIn(whole) : { paths: new Map<string, string>(), rest: whole };
    for (const [name, path] of found.paths) paths.set(name, path);
    const text = found.rest;
    for (const pattern of STATUS_TESTS) status ??= Number(pattern.exec(text)?.[1]) || undefined;
    const rest = STATUS_TESTS.reduce((left, pattern) => left.replace(new RegExp(pattern, "g"), ""), text);
    if (/pm\.(?!test\b)\w|postman\.|tests\[/.test(rest)) countOne(leftOut, `test of more than the status`);
  }
  return { status, paths };
}

/** The scripts of a request that have something in them. */
export function scriptsIn(events: unknown): readonly { readonly isTest: boolean; readonly text: string }[] {
  return (Array.isArray(events) ? events : []).flatMap((event) => {
    if (!isRecord(event) || !isRecord(event["script"])) return [];
    const { exec } = event["script"];
    const text = Array.isArray(exec) ? exec.join("\n") : textOf(exec) ?? "";
    return text.trim() === "" ? [] : [{ isTest: event["listen"] === "test", text }];
  });
}
