/**
 * What a k6 script reads: parts of responses, phases of requests, the environment, where an iteration stands.
 *
 * @module
 */
import { grpcStatusText } from "./grpc.ts";
import type { K6Names } from "./imports.ts";
import { type Edits, nameOf, type Node, walk } from "./syntax.ts";

/** Phases of a request by their names in k6; those of a connection are 0 there where one was kept open. */
const PHASES: Readonly<Record<string, string>> = {
  waiting: "waiting",
  receiving: "receiving",
  connecting: "connect ?? 0",
  tls_handshaking: "tls ?? 0",
  looking_up: "dns ?? 0",
};

/** Whether a script looks at phases of requests, which have to be measured for it. */
export function readsPhases(program: Node): boolean {
  let found = false;
  walk(program, (node) => found ||= isPhase(node));
  return found;
}

function isPhase(node: Node): boolean {
  return node.type === "MemberExpression" && !node["computed"] &&
    nameOf(node["object"]["property"]) === "timings" && Object.hasOwn(PHASES, nameOf(node["property"]) ?? "");
}

/** What `k6/execution` tells, and what tells it here. */
const EXECUTION: Readonly<Record<string, string>> = {
  "scenario.iterationInTest": "bench.iteration",
  "vu.idInTest": "(bench.user + 1)",
  "vu.idInInstance": "(bench.user + 1)",
};

/** What members are read with. */
interface Reading {
  readonly edits: Edits;
  readonly metrics: ReadonlyMap<string, { kind: string; name: string }>;
  readonly names: K6Names;
  readonly remarks: string[];
}

/** Parts of responses that have other names here, and the environment. */
export function convertMember(
  node: Node,
  parents: readonly Node[],
  { edits, metrics, names, remarks }: Reading,
): void {
  const parent = parents.at(-1);
  const property = nameOf(node["property"]);
  const whole: Node = node["object"];
  if (isPhase(node)) {
    const text = `${edits.apply(whole.start, whole.end)}.${PHASES[property!]}`;
    return edits.replace(node.start, node.end, text.includes("??") ? `(${text})` : text);
  }
  if (nameOf(whole["property"]) === "timings" && /^(?:blocked|sending)$/.test(property ?? "")) {
    remarks.push(`timings.${property}: no counterpart, left as it is`);
  }
  const part = names.execution.get(nameOf(whole) ?? "") ||
    (names.execution.get(nameOf(whole["object"]) ?? "") === "" ? nameOf(whole["property"]) : undefined);
  if (part !== undefined) {
    const path = `${part}.${property}`;
    if (Object.hasOwn(EXECUTION, path)) return edits.replace(node.start, node.end, EXECUTION[path]!);
    return void remarks.push(`exec.${path}: no counterpart, left as it is`);
  }
  const status = grpcStatusText(node, names.grpc);
  if (status !== undefined) return edits.replace(node.start, node.end, status);
  const metric = metrics.get(nameOf(node["object"]) ?? "");
  if (metric !== undefined && property === "name") {
    return edits.replace(node.start, node.end, JSON.stringify(metric.name));
  }
  if (nameOf(node["object"]) === "__ENV") {
    const key = node["computed"]
      ? edits.apply(node["property"].start, node["property"].end)
      : JSON.stringify(property);
    return edits.replace(node.start, node.end, `Deno.${"env"}.get(${key})`);
  }
  const isRead = !(parent?.type === "AssignmentExpression" && parent["left"] === node);
  if (!isRead) return;
  if (!node["computed"] && property === "body") {
    return edits.replace(
      node.start,
      node.end,
      `${edits.apply(node["object"].start, node["object"].end)}.text()`,
    );
  }
  const object: Node = node["object"];
  if (node["computed"] && object.type === "MemberExpression" && nameOf(object["property"]) === "headers") {
    const key = edits.apply(node["property"].start, node["property"].end);
    edits.replace(node.start, node.end, `${edits.apply(object.start, object.end)}.get(${key})`);
  }
}
