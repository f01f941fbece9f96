/**
 * What a k6 script imports, and what stands in its place.
 *
 * @module
 */
import type { GrpcNames } from "./grpc.ts";
import { SOCKET_MODULES, TIMER_MODULES } from "./sockets.ts";
import { type Edits, nameOf, type Node } from "./syntax.ts";
import { type ImportedName, writtenOut } from "./written_out.ts";

/** k6's names in a script, by the local name. */
export interface K6Names {
  /** Local names of `k6/http`. */
  readonly http: ReadonlySet<string>;
  /** Local names of `k6/ws`. */
  readonly sockets: ReadonlySet<string>;
  /** Local names of the class of `k6/websockets`. */
  readonly socketClasses: ReadonlySet<string>;
  /** `check`, `sleep`, `group`, `fail` by their local names. */
  readonly functions: ReadonlyMap<string, string>;
  /** `Counter`, `Gauge`, `Rate`, `Trend`, `SharedArray` by theirs. */
  readonly classes: ReadonlyMap<string, string>;
  /** Those of `k6/net/grpc`. */
  readonly grpc: GrpcNames;
  /** What `k6/execution` has by local names: `""` for all of it, or one of its parts. */
  readonly execution: ReadonlyMap<string, string>;
}

/** Modules that only say how results are shown, which is the business of options here. */
const REPORTERS = /\/(?:k6-summary|k6-reporter)\/|^k6-html-reporter/;

/** Takes k6's imports out of the text. */
export function convertImports(program: Node, edits: Edits, remarks: string[]): K6Names {
  const http = new Set<string>();
  const sockets = new Set<string>();
  const socketClasses = new Set<string>();
  const functions = new Map<string, string>();
  const classes = new Map<string, string>();
  const execution = new Map<string, string>();
  const grpc = { modules: new Set<string>(), members: new Map<string, string>() };
  for (const node of program["body"] as readonly Node[]) {
    if (node.type !== "ImportDeclaration") continue;
    const source: string = node["source"].value;
    const isRelative = /^\.{0,2}\//.test(source);
    if (isRelative) {
      remarks.push(`import of ${JSON.stringify(source)}: what it exports is not converted; convert it, too`);
      continue;
    }
    const others: ImportedName[] = [];
    for (const specifier of node["specifiers"] as readonly Node[]) {
      const local = nameOf(specifier["local"])!;
      const imported = nameOf(specifier["imported"]) ?? "default";
      const socketKind = SOCKET_MODULES[source];
      if (source === "k6/http") http.add(local);
      else if (socketKind === "connect") sockets.add(local);
      else if (socketKind === "class" && imported === "WebSocket") socketClasses.add(local);
      else if (TIMER_MODULES.has(source)) continue;
      else if (source === "k6") functions.set(local, imported);
      else if (source === "k6/metrics" || source === "k6/data") classes.set(local, imported);
      else if (source === "k6/net/grpc") {
        if (imported === "default" || specifier.type === "ImportNamespaceSpecifier") grpc.modules.add(local);
        else grpc.members.set(local, imported);
      } else if (source === "k6/execution") execution.set(local, imported === "default" ? "" : imported);
      else others.push({ local, imported });
    }
    const { text, missing } = writtenOut(source, others);
    for (const name of REPORTERS.test(source) ? [] : missing) {
      remarks.push(
        `import of ${name} from ${JSON.stringify(source)}: no counterpart; write what you need of it`,
      );
    }
    edits.replace(node.start, node.end, text);
  }
  return { http, sockets, socketClasses, functions, classes, grpc, execution };
}
