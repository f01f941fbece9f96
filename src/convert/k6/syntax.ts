/**
 * JavaScript as a tree, and changes to its text.
 *
 * @module
 */
import { parse } from "acorn";
import { UsageError } from "../../lib/errors.ts";

/** A part of a program; which other fields there are depends on its type. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  // deno-lint-ignore no-explicit-any -- the tree's shape is the parser's
  readonly [field: string]: any;
}

/** A node with those around it, the innermost last. */
export type Visitor = (node: Node, parents: readonly Node[]) => void;

/** @throws {UsageError} when the text is no JavaScript module */
export function parseModule(text: string, name: string): Node {
  try {
    return parse(text, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowHashBang: true,
    }) as unknown as Node;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot read ${name}: ${reason.replace(/ \((\d+):(\d+)\)$/, " on line $1")}`);
  }
}

/** Visits a node and all within it, from the outside in. */
export function walk(node: Node, visit: Visitor, parents: readonly Node[] = []): void {
  visit(node, parents);
  const around = [...parents, node];
  for (const value of Object.values(node)) {
    for (const part of Array.isArray(value) ? value : [value]) {
      if (typeof part === "object" && part !== null && typeof part.type === "string") {
        walk(part, visit, around);
      }
    }
  }
}

/** The name of an identifier; `undefined` for anything else. */
export function nameOf(node: Node | null | undefined): string | undefined {
  return node?.type === "Identifier" ? node["name"] : undefined;
}

/** The text of a string literal; `undefined` for anything else. */
export function stringOf(node: Node | null | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node["value"] === "string") return node["value"];
  return node?.type === "TemplateLiteral" && node["expressions"].length === 0
    ? node["quasis"][0].value.cooked
    : undefined;
}

/** The value of a literal, a list or an object of literals; `undefined` where there is more to it. */
export function valueOf(node: Node | null | undefined): unknown {
  if (node === null || node === undefined) return undefined;
  switch (node.type) {
    case "Literal":
      return node["value"];
    case "TemplateLiteral":
      return stringOf(node);
    case "UnaryExpression": {
      const value = valueOf(node["argument"]);
      return node["operator"] === "-" && typeof value === "number" ? -value : undefined;
    }
    case "ArrayExpression":
      return node["elements"].map(valueOf);
    case "ObjectExpression":
      return Object.fromEntries(node["properties"].flatMap((property: Node) => {
        const key = keyOf(property);
        return key === undefined ? [] : [[key, valueOf(property["value"])]];
      }));
    default:
      return undefined;
  }
}

/** The key of a property; `undefined` for spreads and computed ones. */
export function keyOf(property: Node): string | undefined {
  if (property.type !== "Property" || property["computed"]) return undefined;
  return nameOf(property["key"]) ?? String(property["key"].value);
}

/** The property of an object expression. */
export function propertyOf(node: Node, key: string): Node | undefined {
  return node["properties"]?.find((property: Node) => keyOf(property) === key);
}

/** Changes of a text, at places of the original. */
export class Edits {
  /** The text before any change. */
  readonly original: string;
  readonly #list: {
    readonly start: number;
    readonly end: number;
    readonly text: string;
    readonly order: number;
  }[] = [];

  constructor(text: string) {
    this.original = text;
  }

  /** Puts a text in place of what is between two positions. */
  replace(start: number, end: number, text: string): void {
    this.#list.push({ start, end, text, order: this.#list.length });
  }

  /** Puts a text before a position. */
  insert(at: number, text: string): void {
    this.replace(at, at, text);
  }

  /** The text between two positions with the changes so far; changes within changes are lost. */
  apply(from = 0, to = this.original.length): string {
    const within = this.#list.filter(({ start, end }) => start >= from && end <= to)
      .toSorted((a, b) => a.start - b.start || b.end - a.end || a.order - b.order);
    let result = "";
    let at = from;
    for (const { start, end, text } of within) {
      if (start < at) continue;
      result += this.original.slice(at, start) + text;
      at = end;
    }
    return result + this.original.slice(at, to);
  }
}
