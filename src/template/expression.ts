/**
 * What stands in a placeholder, as a tree: a variable, a field of a data set, a function with its arguments, and what can
 * be made of these with the operators of JavaScript. Read by the library `jsep`; nothing is ever evaluated as code.
 *
 * @module
 */
import jsep from "jsep";
import { messageOf } from "../lib/errors.ts";
import type { DataValue } from "../plan/scenario.ts";

/** What is computed for a placeholder. */
export type Expression =
  | { readonly kind: "constant"; readonly value: DataValue }
  | { readonly kind: "name"; readonly name: string }
  /** `of.key`, `of[key]`. */
  | { readonly kind: "member"; readonly of: Expression; readonly key: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "operation"; readonly operator: Operator; readonly operands: readonly Expression[] };

/** Two operands, but `!` and `neg` have one and `?` three. */
export type Operator = typeof OPERATORS[number] | "!" | "neg" | "?";

const OPERATORS = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||"] as const;

/** A thing that an expression needs from elsewhere. */
export type Reference =
  /** `isWord`: when there is no such variable, the name stands for itself. */
  | { readonly kind: "variable"; readonly name: string; readonly isWord?: true }
  /** A field of a data set, or a member of what a variable holds. */
  | { readonly kind: "member"; readonly name: string; readonly member: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] };

/** Functions whose arguments may be bare words: `counter(orders)`. */
const TAKES_WORDS: ReadonlySet<string> = new Set(["counter", "env", "now"]);
/** The same, but a word that is a variable's name is the variable. */
const TAKES_WORDS_OR_VARIABLES: ReadonlySet<string> = new Set(["choice"]);

/** Longer ones are no expressions of anybody's. */
const MAX_CHARACTERS = 2000;

/**
 * Reads an expression, or says why it is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseExpression("token"), { kind: "name", name: "token" });
 * assertEquals(parseExpression("a b"), "it is more than one expression");
 * ```
 */
export function parseExpression(text: string): Expression | string {
  if (text.length > MAX_CHARACTERS) return `it has more than ${MAX_CHARACTERS} characters`;
  try {
    return treeOf(jsep(text));
  } catch (error) {
    return messageOf(error).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  }
}

/** @throws {Error} for what JavaScript has and placeholders have not. */
function treeOf(node: jsep.Expression): Expression {
  const part = (key: string) => treeOf(node[key] as jsep.Expression);
  switch (node.type) {
    case "Literal":
      return { kind: "constant", value: node["value"] as DataValue };
    case "Identifier":
      return { kind: "name", name: String(node["name"]) };
    case "MemberExpression":
      return { kind: "member", of: part("object"), key: keyOf(node) };
    case "CallExpression": {
      const callee = node["callee"] as jsep.Expression;
      if (callee.type !== "Identifier") throw new Error("only functions can be called");
      const args = (node["arguments"] as readonly jsep.Expression[]).map(treeOf);
      return { kind: "call", name: String(callee["name"]), args };
    }
    case "UnaryExpression":
      if (node["operator"] === "!") return { kind: "operation", operator: "!", operands: [part("argument")] };
      if (node["operator"] === "+" || node["operator"] === "-") {
        return signed(node["operator"], part("argument"));
      }
      break;
    case "BinaryExpression": {
      const operator = OPERATORS.find((one) => one === node["operator"]);
      if (operator === undefined) throw new Error(noOperator(String(node["operator"])));
      return { kind: "operation", operator, operands: [part("left"), part("right")] };
    }
    case "ConditionalExpression":
      return {
        kind: "operation",
        operator: "?",
        operands: [part("test"), part("consequent"), part("alternate")],
      };
    case "Compound":
      throw new Error(whyCompound(node["body"] as readonly jsep.Expression[]));
  }
  throw new Error("it is more than placeholders can hold");
}

function noOperator(operator: string): string {
  const near = { "===": "==", "!==": "!=", "&": "&&", "|": "||" }[operator];
  return `there is no operator ${operator}${near === undefined ? "" : `: write ${near}`}`;
}

/** Words that are operators elsewhere. */
const WORDS: ReadonlyMap<unknown, string> = new Map([["and", "&&"], ["or", "||"], ["not", "!"]]);

function whyCompound(parts: readonly jsep.Expression[]): string {
  if (parts.length === 0) return "it is empty";
  const word = parts.map((part) => part["name"]).find((name) => WORDS.has(name));
  return word === undefined
    ? "it is more than one expression"
    : `there is no operator ${word}: write ${WORDS.get(word)}`;
}

function keyOf(node: jsep.Expression): Expression {
  if (node["optional"] === true) throw new Error("there is no operator ?.");
  const property = node["property"] as jsep.Expression;
  if (node["computed"] === true) return treeOf(property);
  return { kind: "constant", value: String(property["name"]) };
}

/** `-1` is a constant; a plus in front makes a number of a text. */
function signed(sign: "+" | "-", operand: Expression): Expression {
  const value = operand.kind === "constant" ? operand.value : undefined;
  if (typeof value === "number") return { kind: "constant", value: sign === "-" ? -value : value };
  const negative: Expression = { kind: "operation", operator: "neg", operands: [operand] };
  return sign === "-" ? negative : { kind: "operation", operator: "neg", operands: [negative] };
}

/** All that an expression refers to, in the order of its text. */
export function referencesIn(expression: Expression): readonly Reference[] {
  switch (expression.kind) {
    case "constant":
      return [];
    case "name":
      return [{ kind: "variable", name: expression.name }];
    case "member": {
      const { of, key } = expression;
      const isDirect = of.kind === "name" && key.kind === "constant" && typeof key.value === "string";
      return isDirect
        ? [{ kind: "member", name: of.name, member: String(key.value) }]
        : [...referencesIn(of), ...referencesIn(key)];
    }
    case "call": {
      const { name, args } = expression;
      return [{ kind: "call", name, args }, ...args.flatMap((arg) => referencesInArgument(name, arg))];
    }
    case "operation":
      return expression.operands.flatMap(referencesIn);
  }
}

function referencesInArgument(name: string, arg: Expression): readonly Reference[] {
  if (arg.kind !== "name") return referencesIn(arg);
  if (TAKES_WORDS.has(name)) return [];
  return [{ kind: "variable", name: arg.name, ...(TAKES_WORDS_OR_VARIABLES.has(name) && { isWord: true }) }];
}

/** How a function reads a name among its arguments. */
export function wordsOf(name: string): "variables" | "words" | "words_or_variables" {
  return TAKES_WORDS.has(name)
    ? "words"
    : TAKES_WORDS_OR_VARIABLES.has(name)
    ? "words_or_variables"
    : "variables";
}
