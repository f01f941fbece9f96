/**
 * gRPC in a k6 script: clients, which have no counterpart, and the calls that are made with them.
 *
 * @module
 */
import { type Edits, keyOf, nameOf, type Node, propertyOf, stringOf, valueOf, walk } from "./syntax.ts";

/** Local names of what `k6/net/grpc` exports. */
export interface GrpcNames {
  /** The whole module. */
  readonly modules: ReadonlySet<string>;
  /** `Client`, `Stream` and `StatusOK`s by their local names. */
  readonly members: ReadonlyMap<string, string>;
}

/** What the clients of a script say about the run. */
export interface GrpcOptions {
  readonly url?: string;
  readonly proto?: readonly string[];
  readonly "proto-path"?: readonly string[];
  readonly protoset?: readonly string[];
}

/** The part of a rewriting that calls need. */
interface GrpcRewriting {
  readonly program: Node;
  readonly edits: Edits;
  readonly remarks: string[];
}

/** Variables that hold clients. */
export function grpcClientsIn(program: Node, names: GrpcNames): ReadonlySet<string> {
  return new Set(variablesOf(program, (node) => classOf(node, names) === "Client"));
}

/** Takes clients out of the text; gives what they say about the run. */
export function convertGrpcClients(
  { program, edits, remarks }: GrpcRewriting,
  { names, clients }: { readonly names: GrpcNames; readonly clients: ReadonlySet<string> },
): GrpcOptions {
  const urls = new Set<string>();
  const protos: string[] = [];
  const folders = new Set<string>();
  const sets: string[] = [];
  const textOf = (node: Node | undefined) => stringOf(node) ?? constantOf(program, nameOf(node));
  walk(program, (node, parents) => {
    if (node.type === "VariableDeclaration") {
      const declared = node["declarations"] as readonly Node[];
      if (declared.length === 1 && classOf(declared[0]!["init"], names) === "Client") {
        const outer = parents.at(-1)?.type === "ExportNamedDeclaration" ? parents.at(-1)! : node;
        edits.replace(outer.start, outer.end, "");
      }
    }
    const method = methodOf(node, clients);
    if (method === undefined) return;
    const args = node["arguments"] as readonly Node[];
    const remove = () => edits.replace(...statementOf(node, parents), "");
    switch (method) {
      case "load": {
        const [folder] = (valueOf(args[0]) ?? []) as readonly unknown[];
        for (const file of args.slice(1).map(textOf)) {
          if (file === undefined) {
            remarks.push("client.load: a file whose name is computed; write options.proto");
          } else protos.push(typeof folder === "string" ? `${folder.replace(/\/$/, "")}/${file}` : file);
        }
        if (typeof folder === "string") folders.add(folder);
        return remove();
      }
      case "loadProtoset": {
        const file = textOf(args[0]);
        if (file !== undefined) sets.push(file);
        return remove();
      }
      case "connect": {
        const address = textOf(args[0]);
        const isPlain = args[1] !== undefined &&
          valueOf(propertyOf(args[1], "plaintext")?.["value"]) === true;
        if (address === undefined) {
          remarks.push(
            "client.connect: the address is computed; give it on the command line, as grpc://HOST:PORT",
          );
        } else urls.add(`${isPlain ? "grpc" : "grpcs"}://${address}`);
        if (args[1] !== undefined && propertyOf(args[1], "tls") !== undefined) {
          remarks.push("client.connect: tls: see --ca-bundle, --cert and --key");
        }
        return remove();
      }
      case "close":
      case "healthCheck":
        if (method === "healthCheck") {
          remarks.push("client.healthCheck: call grpc.health.v1.Health/Check; left out");
        }
        return remove();
    }
  });
  if (urls.size > 1) remarks.push("client.connect: several addresses; write whole grpc:// URLs at the calls");
  const [url] = urls;
  return {
    ...(url !== undefined && { url }),
    ...(protos.length > 0 && { proto: protos }),
    ...(folders.size > 0 && { "proto-path": [...folders] }),
    ...(sets.length > 0 && { protoset: sets }),
  };
}

/** A call of a client or a stream, rewritten; `undefined`: it is none. */
export function grpcCallText(
  node: Node,
  { clients, streams, textOf }: {
    readonly clients: ReadonlySet<string>;
    readonly streams: ReadonlySet<string>;
    readonly textOf: (part: Node) => string;
  },
): { readonly text: string; readonly waits: boolean } | undefined {
  const args = node["arguments"] as readonly Node[];
  const method = methodOf(node, clients);
  if (method === "invoke" || method === "asyncInvoke") {
    const [name, message, params] = args;
    const parts = [name, message].filter((part) => part !== undefined).map(textOf);
    return {
      text: `bench.grpc.call(${[...parts, ...optionText(params, textOf)].join(", ")})`,
      waits: method === "invoke",
    };
  }
  const done = methodOf(node, streams);
  const stream = nameOf(node["callee"]?.["object"]);
  if (done === "write" && args[0] !== undefined) {
    return { text: `${stream}.send(${textOf(args[0])})`, waits: true };
  }
  return done === "end" ? { text: `${stream}.end()`, waits: true } : undefined;
}

/** Variables that hold streams. */
export function grpcStreamsIn(program: Node, names: GrpcNames): ReadonlySet<string> {
  return new Set(variablesOf(program, (node) => classOf(node, names) === "Stream"));
}

/** `new Stream(client, method, params)`; `undefined`: it is none. */
export function grpcStreamText(
  node: Node,
  names: GrpcNames,
  textOf: (part: Node) => string,
): string | undefined {
  if (classOf(node, names) !== "Stream") return undefined;
  const [, method, params] = node["arguments"] as readonly Node[];
  if (method === undefined) return undefined;
  const options = optionText(params, textOf);
  return `bench.grpc.stream(${
    [textOf(method), ...(options.length > 0 ? ["undefined"] : []), ...options].join(", ")
  })`;
}

/**
 * Rewrites `stream.on("data", …)`: messages are taken in a loop of their own, which the function waits for at its end.
 * Whether it was one.
 */
export function convertStreamEvent(
  node: Node,
  parents: readonly Node[],
  { edits, remarks, streams, textOf }: Pick<GrpcRewriting, "edits" | "remarks"> & {
    readonly streams: ReadonlySet<string>;
    /** A function that may wait, as text. */
    readonly textOf: (part: Node) => string;
  },
): boolean {
  if (methodOf(node, streams) !== "on") return false;
  const stream = nameOf(node["callee"]["object"])!;
  const [event, handler] = node["arguments"] as readonly Node[];
  const body: Node | undefined = parents.findLast(({ type }) => /Function/.test(type))?.["body"];
  const [from, to] = statementOf(node, parents);
  const kind = stringOf(event);
  if (handler === undefined || body?.type !== "BlockStatement" || (kind !== "data" && kind !== "end")) {
    if (kind === "error") {
      remarks.push(
        "stream.on('error'): a call that fails is counted by itself; (await stream.finish()).error says why",
      );
    } else remarks.push(`stream.on(${kind ?? "…"}): no counterpart, left out`);
    edits.replace(from, to, "");
    return true;
  }
  const taker = textOf(handler);
  if (kind === "data") {
    edits.replace(
      from,
      to,
      `const ${stream}Data = (async () => {\n    for await (const message of ${stream}) await (${taker})(message);\n  })();`,
    );
    // The end is waited for once: by what is done then, if there is something.
    if (!hasEvent(body, stream, "end")) edits.insert(body.end - 1, `  await ${stream}Data;\n`);
  } else {
    const waiting = hasEvent(body, stream, "data") ? `  await ${stream}Data;\n` : "";
    edits.replace(from, to, "");
    edits.insert(body.end - 1, `${waiting}  await (${taker})();\n`);
  }
  return true;
}

/** Whether a function listens to an event of a stream. */
function hasEvent(body: Node, stream: string, event: string): boolean {
  let has = false;
  walk(body, (node) => {
    if (methodOf(node, new Set([stream])) === "on" && stringOf(node["arguments"][0]) === event) has = true;
  });
  return has;
}

/** A status, such as `grpc.StatusOK`; `undefined`: it is none. */
export function grpcStatusText(node: Node, { modules, members }: GrpcNames): string | undefined {
  const name = node.type === "MemberExpression" && modules.has(nameOf(node["object"]) ?? "")
    ? nameOf(node["property"])
    : members.get(nameOf(node) ?? "");
  const words = /^Status(\w+)$/.exec(name ?? "")?.[1]?.replace(/([a-z])(?=[A-Z])/g, "$1_").toUpperCase();
  return words === undefined ? undefined : JSON.stringify(words === "CANCELED" ? "CANCELLED" : words);
}

/** The class of which a node makes an object: `Client` or `Stream`. */
function classOf(node: Node | null | undefined, { modules, members }: GrpcNames): string | undefined {
  if (node?.type !== "NewExpression") return undefined;
  const callee: Node = node["callee"];
  return callee.type === "MemberExpression" && modules.has(nameOf(callee["object"]) ?? "")
    ? nameOf(callee["property"])
    : members.get(nameOf(callee) ?? "");
}

/** The method that a call calls of one of some variables. */
function methodOf(node: Node, variables: ReadonlySet<string>): string | undefined {
  if (node.type !== "CallExpression" || node["callee"]?.type !== "MemberExpression") return undefined;
  return variables.has(nameOf(node["callee"]["object"]) ?? "")
    ? nameOf(node["callee"]["property"])
    : undefined;
}

function variablesOf(program: Node, fits: (init: Node | null) => boolean): readonly string[] {
  const found: string[] = [];
  walk(program, (node) => {
    if (node.type === "VariableDeclarator" && fits(node["init"])) found.push(nameOf(node["id"]) ?? "");
    if (node.type === "AssignmentExpression" && fits(node["right"])) found.push(nameOf(node["left"]) ?? "");
  });
  return found;
}

/** The text that a constant of the module has. */
function constantOf(program: Node, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  for (const node of program["body"] as readonly Node[]) {
    if (node.type !== "VariableDeclaration" || node["kind"] !== "const") continue;
    for (const { id, init } of node["declarations"]) if (nameOf(id) === name) return stringOf(init);
  }
  return undefined;
}

/** Where the statement stands that a call is; else the call itself. */
function statementOf(node: Node, parents: readonly Node[]): [number, number] {
  const parent = parents.at(-1);
  const outer = parent?.type === "AwaitExpression" ? parents.at(-2) : parent;
  return outer?.type === "ExpressionStatement" ? [outer.start, outer.end] : [node.start, node.end];
}

/** What k6 has as parameters of a call, as options. */
function optionText(params: Node | undefined, textOf: (part: Node) => string): readonly string[] {
  if (params === undefined || stringOf(params) !== undefined || valueOf(params) === null) return [];
  if (nameOf(params) === "undefined") return [];
  if (params.type !== "ObjectExpression") return [textOf(params)];
  const parts = (params["properties"] as readonly Node[]).flatMap((property) => {
    const key = keyOf(property);
    const value: Node = property["value"];
    if (key === "metadata") return [textOf(property)];
    if (key === "timeout") {
      return [`deadline: ${typeof value["value"] === "number" ? `"${value["value"]}ms"` : textOf(value)}`];
    }
    const name = key === "tags" && value.type === "ObjectExpression" ? propertyOf(value, "name") : undefined;
    return name === undefined ? [] : [`name: ${textOf(name["value"])}`];
  });
  return parts.length === 0 ? [] : [`{ ${parts.join(", ")} }`];
}
