/**
 * Metrics of a k6 script's own.
 *
 * @module
 */
import type { K6Names } from "./imports.ts";
import { nameOf, type Node, valueOf, walk } from "./syntax.ts";

/** Names of metrics that the module makes. */
export function metricsIn(
  program: Node,
  { classes }: K6Names,
): ReadonlyMap<string, { kind: string; name: string }> {
  const metrics = new Map<string, { kind: string; name: string }>();
  walk(program, (node) => {
    const made = node.type === "VariableDeclarator" ? node["init"] : undefined;
    const kind = made?.type === "NewExpression" ? classes.get(nameOf(made["callee"]) ?? "") : undefined;
    const local = nameOf(node["id"]);
    const name = valueOf(made?.["arguments"]?.[0]);
    if (kind !== undefined && kind !== "SharedArray" && local !== undefined && typeof name === "string") {
      metrics.set(local, { kind: kind.toLowerCase(), name });
    }
  });
  return metrics;
}
