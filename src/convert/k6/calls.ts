/**
 * Calls of a k6 script: requests, checks, pauses, groups, metrics, files.
 *
 * @module
 */
import { OWN_URL } from "../script_text.ts";
import { convertStreamEvent, grpcCallText, grpcStreamText } from "./grpc.ts";
import type { K6Names } from "./imports.ts";
import { convertMember } from "./members.ts";
import { metricsIn } from "./metrics.ts";
import { connectText, convertListener } from "./sockets.ts";
import { type Edits, keyOf, nameOf, type Node, propertyOf, stringOf, walk } from "./syntax.ts";

/** A script that is being rewritten. */
export interface Rewriting {
  readonly text: string;
  readonly program: Node;
  readonly edits: Edits;
  readonly remarks: string[];
  readonly names: K6Names;
  /** Variables that hold gRPC clients and streams. */
  readonly grpc: { readonly clients: ReadonlySet<string>; readonly streams: ReadonlySet<string> };
  /** The module's own functions that take `bench`. */
  readonly helpers: ReadonlySet<string>;
}

/** Methods of `k6/http` whose second argument is a body. */
const WITH_BODY = new Set(["post", "put", "patch", "del", "options"]);

/** Rewrites all calls, the inner ones first: what is around them takes them in as they are then. */
export function convertCalls(rewriting: Rewriting): void {
  const { program, edits, remarks, names } = rewriting;
  const metrics = metricsIn(program, names);
  const lost = new Set<string>();
  const calling: Calling = {
    ...rewriting,
    metrics,
    lost,
    textOf: ({ start, end }) => edits.apply(start, end),
  };
  const params = new Set<string>();
  const calls: { node: Node; parents: readonly Node[] }[] = [];
  walk(program, (node, parents) => {
    calls.push({ node, parents });
    for (const name of paramNames(node, names)) params.add(name);
  });
  for (const { node, parents } of calls.toReversed()) {
    if (node.type === "CallExpression") convertCall(node, parents, calling);
    else if (
      node.type === "NewExpression" && names.socketClasses.has(nameOf(node["callee"]) ?? "")
    ) convertSocket(node, calling);
    else if (node.type === "TaggedTemplateExpression") {
      const { tag } = node as unknown as { tag: Node };
      // Names of requests come of their paths.
      const isUrl = tag.type === "MemberExpression" && names.http.has(nameOf(tag["object"]) ?? "") &&
        nameOf(tag["property"]) === "url";
      if (isUrl) edits.replace(tag.start, tag.end, "");
    } else if (node.type === "MemberExpression") convertMember(node, parents, calling);
    else if (
      node.type === "NewExpression" && names.classes.get(nameOf(node["callee"]) ?? "") === "SharedArray"
    ) {
      const make = node["arguments"][1] as Node | undefined;
      if (make !== undefined) edits.replace(node.start, node.end, `(${calling.textOf(make)})()`);
    } else if (node.type === "NewExpression") {
      const stream = grpcStreamText(node, names.grpc, calling.textOf);
      if (stream !== undefined) edits.replace(node.start, node.end, stream);
    } else if (node.type === "Identifier" && (nameOf(node) === "__VU" || nameOf(node) === "__ITER")) {
      edits.replace(node.start, node.end, nameOf(node) === "__VU" ? "(bench.user + 1)" : "bench.iteration");
    } else if (node.type === "VariableDeclarator" && params.has(nameOf(node["id"]) ?? "")) {
      convertParams(node["init"], calling);
    } else if (node.type === "VariableDeclaration") {
      const declared = node["declarations"] as readonly Node[];
      if (
        declared.length === 1 && metrics.has(nameOf(declared[0]!["id"]) ?? "") &&
        declared[0]!["init"]?.type === "NewExpression"
      ) {
        const outer = parents.at(-1)?.type === "ExportNamedDeclaration" ? parents.at(-1)! : node;
        edits.replace(outer.start, outer.end, "");
      }
    }
  }
  for (const key of lost) remarks.push(`parameter ${key} of requests: no counterpart, left out`);
  if (/\bhttp\.(?:cookieJar|setResponseCallback|expectedStatuses|file)\b/.test(rewriting.text)) {
    remarks.push(
      "cookie jars, response callbacks and http.file: see expect and multipart in docs/scripts.md",
    );
  }
}

/** What parts of calls are written with. */
interface Writing {
  readonly edits: Edits;
  /** Parameters of requests that were left out, by their keys. */
  readonly lost: Set<string>;
  /** A part as it is by now. */
  textOf(part: Node): string;
}

interface Calling extends Rewriting, Writing {
  readonly metrics: ReadonlyMap<string, { kind: string; name: string }>;
}

function convertCall(node: Node, parents: readonly Node[], calling: Calling): void {
  const { edits, names, helpers, metrics, remarks, textOf } = calling;
  const callee: Node = node["callee"];
  const args = node["arguments"] as readonly Node[];
  const wait = (text: string) =>
    edits.replace(
      node.start,
      node.end,
      parents.at(-1)?.type === "MemberExpression" ? `(await ${text})` : `await ${text}`,
    );
  const name = nameOf(callee);
  convertListener(node, edits, remarks);
  if (name !== undefined) {
    switch (names.functions.get(name)) {
      case "check":
        return edits.replace(node.start, node.end, `bench.check(${args.slice(0, 2).map(textOf).join(", ")})`);
      case "sleep":
        return wait(`bench.pause(${args.map(textOf).join(", ")})`);
      case "group":
        return wait(`bench.group(${textOf(args[0]!)}, ${asAsync(args[1]!, textOf(args[1]!))})`);
      case "fail":
        return edits.replace(node.start, node.end, `bench.fail(${args.map(textOf).join(", ")})`);
    }
    if (helpers.has(name)) return wait(`${name}(${["bench", ...args.map(textOf)].join(", ")})`);
    if (name === "open" && args.length > 0) {
      const read = args.length > 1 ? "readFileSync" : "readTextFileSync";
      edits.replace(node.start, node.end, `Deno.${read}(new URL(${textOf(args[0]!)}, ${OWN_URL}))`);
    }
    return;
  }
  if (callee.type !== "MemberExpression") return;
  const { clients, streams } = calling.grpc;
  const taker = (part: Node) => asAsync(part, textOf(part));
  if (convertStreamEvent(node, parents, { edits, remarks, streams, textOf: taker })) return;
  const call = grpcCallText(node, { clients, streams, textOf });
  if (call !== undefined) {
    return call.waits ? wait(call.text) : edits.replace(node.start, node.end, call.text);
  }
  const object = nameOf(callee["object"]);
  const method = nameOf(callee["property"]) ?? "";
  const loop = waitingLoop(node, parents, { method, textOf, remarks });
  if (loop !== undefined) return edits.replace(node.start, node.end, loop);
  if (object !== undefined && names.http.has(object)) {
    const request = requestText(method, args, calling);
    if (request !== undefined) return wait(request);
    remarks.push(`http.${method}: no counterpart, left as it is`);
    return;
  }
  if (object !== undefined && names.sockets.has(object) && method === "connect") {
    const connect = connectText(args, textOf, (params) => optionTexts(undefined, params, calling)[0] ?? "{}");
    if (connect !== undefined) return wait(connect);
    remarks.push(`${object}.connect on line ${lineOf(node, edits)}: unusual arguments, left as it is`);
    return;
  }
  const metric = metrics.get(object ?? "");
  if (metric !== undefined && method === "add") {
    const add = metric.kind === "gauge" ? "set" : "add";
    const value = args[0] === undefined
      ? ""
      : metric.kind === "rate"
      ? `Boolean(${textOf(args[0])})`
      : textOf(args[0]);
    return edits.replace(
      node.start,
      node.end,
      `bench.metric.${metric.kind}(${JSON.stringify(metric.name)}).${add}(${value})`,
    );
  }
  if (method === "json" && args.length === 1) {
    const path = stringOf(args[0]);
    const isPlain = path !== undefined && /^[A-Za-z_$][\w$]*(?:\.(?:[A-Za-z_$][\w$]*|\d+))*$/.test(path);
    if (isPlain) {
      edits.replace(node.start, node.end, `${textOf(callee)}().${path.replace(/\.(\d+)/g, "[$1]")}`);
    } else remarks.push("response.json(selector): take the value out of response.json() yourself");
  }
  if (object === "console" && parents.some(({ type }) => /Function/.test(type))) {
    edits.replace(callee.start, callee.end, "bench.log");
  }
  if (method === "html" || method === "submitForm" || method === "clickLink") {
    remarks.push(`response.${method}(): pages are text here; use response.text()`);
  }
}

/** `new WebSocket(url, protocols, params)`. */
function convertSocket(node: Node, writing: Writing): void {
  const { edits, textOf } = writing;
  const [url, protocols, params] = node["arguments"] as readonly Node[];
  if (url === undefined) return;
  const options = optionTexts(undefined, params, writing);
  const texts = [
    textOf(url),
    ...(protocols === undefined ? [] : [protocols["value"] === null ? "[]" : textOf(protocols)]),
    ...options,
  ];
  edits.replace(node.start, node.end, `openSocket(${["bench", ...texts].join(", ")})`);
}

/** The line that a part of the script begins on. */
function lineOf({ start }: Node, { original }: Edits): number {
  return original.slice(0, start).split("\n").length;
}

/** A request; `undefined`: it cannot be said. */
function requestText(
  method: string,
  args: readonly Node[],
  writing: Writing,
): string | undefined {
  const { textOf } = writing;
  const [first, second, third, fourth] = args;
  switch (method) {
    case "get":
    case "head":
      return first &&
        `bench.http.${method}(${[textOf(first), ...optionTexts(undefined, second, writing)].join(", ")})`;
    case "request":
    case "asyncRequest":
      return first && second &&
        `bench.http.request(${
          [textOf(first), textOf(second), ...optionTexts(third, fourth, writing)].join(", ")
        })`;
    case "batch":
      return first?.type === "ArrayExpression" ? batchText(first, writing) : undefined;
    default:
      if (!WITH_BODY.has(method) || first === undefined) return undefined;
      return method === "options"
        ? `bench.http.request("OPTIONS", ${
          [textOf(first), ...optionTexts(second, third, writing)].join(", ")
        })`
        : `bench.http.${method}(${[textOf(first), ...optionTexts(second, third, writing)].join(", ")})`;
  }
}

/** The last argument of a request: what k6 has as body and parameters; none when there is nothing to say. */
function optionTexts(
  body: Node | undefined,
  params: Node | undefined,
  writing: Writing,
): readonly string[] {
  const parts = [...bodyTexts(body, writing), ...paramTexts(params, writing)];
  if (parts.length === 0) return [];
  const [only] = parts;
  return [parts.length === 1 && only!.startsWith("...") ? only!.slice(3) : `{ ${parts.join(", ")} }`];
}

function bodyTexts(body: Node | undefined, { textOf }: Writing): readonly string[] {
  if (
    body === undefined || (body.type === "Literal" && body["value"] === null) || nameOf(body) === "undefined"
  ) return [];
  if (body.type === "ObjectExpression") return [`form: ${textOf(body)}`];
  const callee = body["callee"];
  const isJson = body.type === "CallExpression" && nameOf(callee?.object) === "JSON" &&
    nameOf(callee?.property) === "stringify";
  return isJson ? [`json: ${textOf(body["arguments"][0])}`] : [`body: ${textOf(body)}`];
}

function paramTexts(params: Node | undefined, { textOf, lost }: Writing): readonly string[] {
  if (
    params === undefined || nameOf(params) === "undefined" ||
    (params.type === "Literal" && params["value"] === null)
  ) return [];
  if (params.type !== "ObjectExpression") return [`...${textOf(params)}`];
  return (params["properties"] as readonly Node[]).flatMap((property) => {
    const key = keyOf(property);
    if (key === "timeout" && msOf(property) !== undefined) return [`timeout: "${msOf(property)}ms"`];
    if (key === "headers" || key === "timeout" || property.type === "SpreadElement") {
      return [textOf(property)];
    }
    const name = key === "tags" && property["value"].type === "ObjectExpression"
      ? propertyOf(property["value"], "name")
      : undefined;
    if (name === undefined && key !== undefined) lost.add(key);
    return name === undefined ? [] : [`name: ${textOf(name["value"])}`];
  });
}

/** What k6 knows as parameters of a request. */
const PARAMS = new Set(
  "auth compression cookies headers jar redirects responseCallback responseType tags timeout".split(" "),
);

/** Variables that a call takes the parameters of a request from. */
function paramNames({ type, callee, arguments: args }: Node, { http, sockets }: K6Names): readonly string[] {
  if (type === "CallExpression" && args.length === 3 && sockets.has(nameOf(callee?.["object"]) ?? "")) {
    return [nameOf(args[1])].filter((name) => name !== undefined);
  }
  if (type !== "CallExpression" || !http.has(nameOf(callee?.["object"]) ?? "")) return [];
  const method = nameOf(callee["property"]) ?? "";
  const found: readonly (Node | undefined)[] = method === "batch"
    ? ((args[0]?.["elements"] ?? []) as readonly Node[]).map((item) =>
      item.type === "ArrayExpression" ? item["elements"][3] : propertyOf(item, "params")?.["value"]
    )
    : [args[method === "get" || method === "head" ? 1 : WITH_BODY.has(method) ? 2 : 3]];
  return found.map((node) => nameOf(node)).filter((name) => name !== undefined);
}

/** Rewrites parameters that a variable holds. */
function convertParams(value: Node | null, writing: Writing): void {
  if (value?.type !== "ObjectExpression") return;
  const properties = value["properties"] as readonly Node[];
  const isAsItWas = properties.every((property) => {
    const key = keyOf(property);
    return key === "headers" || key === undefined || (key === "timeout" && msOf(property) === undefined);
  });
  if (isAsItWas || !properties.every((property) => PARAMS.has(keyOf(property) ?? "headers"))) return;
  const parts = paramTexts(value, writing);
  writing.edits.replace(value.start, value.end, parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`);
}

/** The number of a timeout; k6 takes it as ms. */
function msOf(property: Node): number | undefined {
  const value = property["value"]?.["value"];
  return typeof value === "number" ? value : undefined;
}

/** Several requests side by side. */
function batchText(list: Node, writing: Writing): string | undefined {
  const { textOf } = writing;
  const requests = (list["elements"] as readonly Node[]).map((item) => {
    if (item.type === "ArrayExpression") {
      const [method, url, body, params] = item["elements"] as readonly Node[];
      return method && url &&
        `bench.http.request(${
          [textOf(method), textOf(url), ...optionTexts(body, params, writing)].join(", ")
        })`;
    }
    if (item.type === "ObjectExpression") {
      const [method, url, body, params] = ["method", "url", "body", "params"].map((key) =>
        propertyOf(item, key)?.["value"]
      );
      return method && url &&
        `bench.http.request(${
          [textOf(method), textOf(url), ...optionTexts(body, params, writing)].join(", ")
        })`;
    }
    return `bench.http.get(${textOf(item)})`;
  });
  return requests.some((request) => request === undefined)
    ? undefined
    : `Promise.all([${requests.join(", ")}])`;
}

/** A function for each item of a list that has come to wait for requests; `undefined`: it is none. */
function waitingLoop(
  { callee, arguments: [each] }: Node,
  parents: readonly Node[],
  { method, textOf, remarks }: {
    readonly method: string;
    readonly textOf: (part: Node) => string;
    readonly remarks: string[];
  },
): string | undefined {
  if (!/^(?:forEach|map|filter|find|some|every|flatMap|reduce)$/.test(method)) return undefined;
  if (!/^(?:Arrow)?FunctionExpression$/.test(each?.type ?? "") || each["async"]) return undefined;
  const text = textOf(each);
  if (!/\bawait\b/.test(text)) return undefined;
  const list = textOf(callee["object"]);
  if (method === "map") return `await Promise.all(${list}.map(async ${text}))`;
  if (method === "forEach" && parents.at(-1)?.type === "ExpressionStatement") {
    // Names that the script hardly has.
    return `for (const [$at, $item] of [...${list}].entries()) await (async ${text})($item, $at)`;
  }
  remarks.push(`${method}() with a function that sends requests: it does not wait for them; write a loop`);
  return `${list}.${method}(async ${text})`;
}

/** A function that may wait. */
function asAsync(node: Node, text: string): string {
  return /Function/.test(node.type) && !node["async"] ? `async ${text}` : text;
}
