/**
 * WebSockets of a k6 script: `connect` of `k6/ws`, and the class of `k6/websockets`. Their handlers stay as they are; what
 * calls them is written out at the end of the module.
 *
 * @module
 */
import type { Edits, Node } from "./syntax.ts";
import { nameOf, stringOf } from "./syntax.ts";
import { CONNECT_SOCKET, OPEN_SOCKET } from "./socket_texts.ts";

/** Where k6 has WebSockets. */
export const SOCKET_MODULES: Readonly<Record<string, "connect" | "class">> = {
  "k6/ws": "connect",
  "k6/websockets": "class",
  "k6/experimental/websockets": "class",
};

/** Modules whose names are there anyhow: `setTimeout` and the like. */
export const TIMER_MODULES: ReadonlySet<string> = new Set(["k6/timers", "k6/experimental/timers"]);

/** Events that nobody tells of here. */
const LOST_EVENTS: ReadonlySet<string> = new Set(["ping", "pong"]);
/** Methods that take a function to be called later. */
const LISTENING: ReadonlySet<string> = new Set(["on", "addEventListener", "setTimeout", "setInterval"]);

/** What a module needs of the texts, by what it uses. */
export function socketTexts(used: ReadonlySet<"connect" | "class">): string {
  return [used.has("connect") ? CONNECT_SOCKET : "", used.has("class") ? OPEN_SOCKET : ""]
    .filter((text) => text !== "").join("\n");
}

/** `await connectSocket(…)` for a call of `connect`; `undefined`: it cannot be said. */
export function connectText(
  args: readonly Node[],
  textOf: (part: Node) => string,
  optionText: (params: Node | undefined) => string,
): string | undefined {
  const use = args.at(-1);
  if (args.length < 2 || args.length > 3 || use === undefined) return undefined;
  const options = optionText(args.length === 3 ? args[1] : undefined);
  return `connectSocket(bench, ${textOf(args[0]!)}, ${options}, ${waiting(use, textOf(use))})`;
}

/** Has functions that are called later wait for what they do, and remarks events that nobody tells of. */
export function convertListener(node: Node, edits: Edits, remarks: string[]): void {
  const callee: Node = node["callee"];
  const method = nameOf(callee.type === "MemberExpression" ? callee["property"] : callee) ?? "";
  if (!LISTENING.has(method)) return;
  const args = node["arguments"] as readonly Node[];
  const event = stringOf(args[0]);
  const lost = (method === "on" || method === "addEventListener") && LOST_EVENTS.has(event ?? "");
  if (lost) {
    const line = edits.original.slice(0, node.start).split("\n").length;
    remarks.push(
      `${method}(${
        JSON.stringify(event)
      }) on line ${line}: nothing tells of pings and pongs; it is never called`,
    );
  }
  for (const arg of args) {
    if (!/Function/.test(arg.type) || arg["async"]) continue;
    const text = edits.apply(arg.start, arg.end);
    if (/\bawait\b/.test(text)) edits.replace(arg.start, arg.end, `async ${text}`);
  }
}

/** A function that may wait. */
function waiting(node: Node, text: string): string {
  return /Function/.test(node.type) && !node["async"] ? `async ${text}` : text;
}
