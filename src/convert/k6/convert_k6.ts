/**
 * Rewrites k6 scripts as modules of this program: what k6 has as globals and imports is handed in as `bench`, requests are
 * awaited, options have their names here. What cannot be said is left as it is, with a remark.
 *
 * @module
 */
import { convertCalls, type Rewriting } from "./calls.ts";
import { readsPhases } from "./members.ts";
import { convertGrpcClients, grpcClientsIn, grpcStreamsIn } from "./grpc.ts";
import { convertImports } from "./imports.ts";
import { metricsIn } from "./metrics.ts";
import { convertOptions } from "./options.ts";
import { executedIn } from "./scenarios.ts";
import { socketTexts } from "./sockets.ts";
import { UsageError } from "../../lib/errors.ts";
import { Edits, nameOf, type Node, parseModule, valueOf, walk } from "./syntax.ts";

/** A module, and what is to be said about it. */
export interface ConvertedScript {
  readonly text: string;
  readonly remarks: readonly string[];
}

/** @throws {UsageError} when the text is no JavaScript module, or exports nothing that k6 would call */
export function convertK6(text: string, name: string): ConvertedScript {
  const program = parseModule(text, name);
  if (!(program["body"] as readonly Node[]).some(({ type }) => /^Export/.test(type))) {
    throw new UsageError(`Cannot rewrite ${name}: expected a k6 script, and it exports no function`);
  }
  const edits = new Edits(text);
  const remarks: string[] = [];
  const names = convertImports(program, edits, remarks);
  const grpc = {
    clients: grpcClientsIn(program, names.grpc),
    streams: grpcStreamsIn(program, names.grpc),
  };
  const helpers = findHelpers(program, names, [...grpc.clients, ...grpc.streams]);
  const rewriting: Rewriting = { text, program, edits, remarks, names, grpc, helpers };
  const besides = {
    ...convertGrpcClients(rewriting, { names: names.grpc, clients: grpc.clients }),
    ...(readsPhases(program) && { "latency-breakdown": true }),
  };
  convertCalls(rewriting);
  const { hasScenarios, hasOptions } = convertExports(rewriting, besides);
  const body = edits.apply().replace(/^\s*\n/, "").replace(/\n{3,}/g, "\n\n");
  const types = hasScenarios ? "Bench, Options, Scenarios" : "Bench, Options";
  const own = hasOptions || Object.keys(besides).length === 0 ? "" : `${optionsText(besides)}\n\n`;
  const head = `import type { ${types} } from "@x/bench/script";\n\n${own}`;
  const used = new Set<"connect" | "class">();
  if (/\bconnectSocket\(/.test(body)) used.add("connect");
  if (/\bopenSocket\(/.test(body)) used.add("class");
  return {
    text: `${head}${body.trimEnd()}\n${used.size === 0 ? "" : `${socketTexts(used)}\n`}`,
    remarks: [...new Set(remarks)].map((remark) => `${name}: ${remark}`),
  };
}

/** Functions of the module's own that use what is handed in, directly or through others. */
function findHelpers(
  program: Node,
  names: Rewriting["names"],
  others: readonly string[],
): ReadonlySet<string> {
  const bodies = new Map<string, Node>();
  for (const node of program["body"] as readonly Node[]) {
    const declared = node.type === "ExportNamedDeclaration" ? node["declaration"] : node;
    if (declared?.type === "FunctionDeclaration") bodies.set(nameOf(declared["id"])!, declared);
    if (declared?.type !== "VariableDeclaration") continue;
    for (const { id, init } of declared["declarations"]) {
      if (/^(?:Arrow)?FunctionExpression$/.test(init?.type ?? "") && nameOf(id) !== undefined) {
        bodies.set(nameOf(id)!, init);
      }
    }
  }
  const metrics = metricsIn(program, names);
  const helpers = new Set<string>();
  for (let before = -1; before !== helpers.size;) {
    before = helpers.size;
    for (const [name, body] of bodies) {
      walk(body, (node) => {
        const used = nameOf(node);
        if (used === undefined) return;
        const isK6 = names.http.has(used) || names.sockets.has(used) || names.socketClasses.has(used) ||
          names.functions.has(used) || names.execution.has(used) || metrics.has(used) ||
          others.includes(used) ||
          /^__(?:VU|ITER)$/.test(used);
        if (isK6 || (helpers.has(used) && used !== name)) helpers.add(name);
      });
    }
  }
  return helpers;
}

/** The options as they stand in the script; `undefined`: there are none, or they are no plain values. */
function optionsIn(program: Node): Readonly<Record<string, unknown>> | undefined {
  for (const node of program["body"] as readonly Node[]) {
    const declared: Node | null = node.type === "ExportNamedDeclaration" ? node["declaration"] : null;
    for (const { id, init } of declared?.["declarations"] ?? []) {
      const given = nameOf(id) === "options" && init !== null ? valueOf(init) : undefined;
      if (typeof given === "object" && given !== null) return given as Record<string, unknown>;
    }
  }
  return undefined;
}

function optionsText(options: object): string {
  return `export const options: Options = ${JSON.stringify(options, undefined, 2)};`;
}

/** Options, with some besides, and the functions that k6 calls; whether there are several scenarios, and options. */
function convertExports(
  { program, edits, remarks, names, helpers }: Rewriting,
  besides: object,
): { readonly hasScenarios: boolean; readonly hasOptions: boolean } {
  let hasOptions = false;
  const given = optionsIn(program);
  const executed = executedIn(given?.["scenarios"]);
  const waitsForSockets = names.socketClasses.size > 0;
  const counters = judgedCounters(given?.["thresholds"], metricsIn(program, names));
  let hasScenarios = false;
  for (const node of program["body"] as readonly Node[]) {
    if (node.type === "ExportDefaultDeclaration") {
      convertFunction(node["declaration"], { edits, argument: "vars", waitsForSockets, counters });
    }
    if (node.type !== "ExportNamedDeclaration") {
      if (node.type === "FunctionDeclaration" && helpers.has(nameOf(node["id"])!)) {
        convertFunction(node, { edits });
      } else if (node.type === "VariableDeclaration") convertArrows(node, helpers, edits);
      continue;
    }
    const declared: Node | null = node["declaration"];
    if (declared?.type === "FunctionDeclaration") {
      const name = nameOf(declared["id"])!;
      if (name === "handleSummary") {
        remarks.push("handleSummary: reports are options here (--json, --html-report, --junit); left out");
        edits.replace(node.start, node.end, "");
      } else if (name === "setup" || name === "teardown" || executed.has(name)) {
        convertFunction(declared, {
          edits,
          argument: "vars",
          waitsForSockets: executed.has(name) && waitsForSockets,
          ...(executed.has(name) && { counters }),
        });
      } else if (helpers.has(name)) convertFunction(declared, { edits });
      continue;
    }
    for (const { id, init } of declared?.["declarations"] ?? []) {
      if (nameOf(id) !== "options" || init === null) continue;
      const given = valueOf(init);
      if (typeof given !== "object" || given === null) {
        remarks.push("options: not an object of plain values; write them anew");
        continue;
      }
      const { options, scenarios, remarks: more } = convertOptions(given as Record<string, unknown>);
      remarks.push(...more);
      const text = optionsText({ ...besides, ...options });
      hasOptions = true;
      if (scenarios !== undefined) hasScenarios = true;
      const beside = scenarios === undefined
        ? ""
        : `\n\nexport const scenarios: Scenarios = ${JSON.stringify(scenarios, undefined, 2)};`;
      edits.replace(node.start, node.end, `${text}${beside}`);
    }
    if (declared?.type === "VariableDeclaration") convertArrows(declared, helpers, edits);
  }
  return { hasScenarios, hasOptions };
}

function convertArrows(declared: Node, helpers: ReadonlySet<string>, edits: Edits): void {
  for (const { id, init } of declared["declarations"]) {
    if (helpers.has(nameOf(id) ?? "") && init !== null) convertFunction(init, { edits });
  }
}

/** Counters that thresholds are about: in k6 one that nothing was added to is 0, and its threshold holds. */
function judgedCounters(thresholds: unknown, metrics: ReturnType<typeof metricsIn>): readonly string[] {
  const judged = new Set(Object.keys(thresholds ?? {}));
  return [...metrics.values()].flatMap(({ kind, name }) =>
    kind === "counter" && judged.has(name) ? [name] : []
  );
}

/** Makes a function take `bench`, first or instead of k6's data, and wait for what it does. */
function convertFunction(
  node: Node,
  { edits, argument, waitsForSockets = false, counters = [] }: {
    readonly edits: Edits;
    readonly argument?: "vars";
    /** An iteration, which is over when its sockets are closed. */
    readonly waitsForSockets?: boolean;
    /** Counters that are to be there though nothing is added to them. */
    readonly counters?: readonly string[];
  },
): void {
  const [first] = node["params"] as readonly Node[];
  if (!node["async"]) edits.insert(node.start, "async ");
  if (argument === "vars") {
    const { body } = node as unknown as { body: Node };
    if (first !== undefined) {
      edits.replace(first.start, first.end, "bench: Bench");
      const name = nameOf(first);
      if (body.type === "BlockStatement" && name !== undefined) {
        edits.insert(body.start + 1, `\n  const ${name} = bench.vars;`);
      }
    } else insertParameter(node, edits);
    for (const name of body.type === "BlockStatement" ? counters : []) {
      edits.insert(
        body.start + 1,
        `\n  bench.metric.counter(${JSON.stringify(name)}); // 0 until something is added`,
      );
    }
    if (waitsForSockets && body.type === "BlockStatement") {
      edits.insert(body.start + 1, "\n  try {");
      edits.insert(body.end - 1, "  } finally {\n    await socketsClosed(bench);\n  }\n");
    }
    return;
  }
  if (first === undefined) insertParameter(node, edits);
  else edits.insert(first.start, "bench: Bench, ");
}

function insertParameter(node: Node, edits: Edits): void {
  const from = node["id"]?.end ?? node.start;
  const { body } = node as unknown as { body: Node };
  const before = edits.original.slice(from, body.start);
  edits.insert(from + before.indexOf("(") + 1, "bench: Bench");
}
