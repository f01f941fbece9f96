/**
 * wrk's Lua scripts, as far as they only say what every request is: `wrk.method = "POST"` and the like. Nothing is run.
 *
 * @module
 */
import type { Draft } from "./draft.ts";

const TEXT = String.raw`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[\[[\s\S]*?\]\])`;
const FIELD = new RegExp(String.raw`^\s*wrk\.(method|body|path)\s*=\s*${TEXT}\s*;?`);
const HEADER = new RegExp(String.raw`^\s*wrk\.headers(?:\.(\w+)|\[\s*${TEXT}\s*\])\s*=\s*${TEXT}\s*;?`);
const COMMENT = /^\s*--(?:\[\[[\s\S]*?\]\]|[^\n]*)/;

/** Takes a script's assignments; anything else in it is a problem. */
export function readWrkScript(
  text: string,
  { draft, flag, path }: { readonly draft: Draft; readonly flag: string; readonly path: string },
): void {
  let rest = text;
  while (rest.trim() !== "") {
    const field = FIELD.exec(rest);
    const line = field ? null : HEADER.exec(rest);
    const found = field ?? line ?? COMMENT.exec(rest);
    if (found === null) {
      const at = rest.trimStart().split("\n")[0]!.trim();
      draft.problems.push(
        `${flag} ${path} runs Lua (${JSON.stringify(at.slice(0, 60))}), which has no equivalent: ` +
          "write the steps as a scenario (bench init scenario), or use -m, -b and -H",
      );
      return;
    }
    if (field) take(field[1]!, textOf(field[2]!), draft);
    else if (line) draft.add("-H", `${line[1] ?? textOf(line[2]!)}: ${textOf(line[3]!)}`);
    rest = rest.slice(found[0].length);
  }
}

function take(name: string, value: string, draft: Draft): void {
  if (name === "method") draft.set("-m", value);
  else if (name === "body") draft.set("-b", value);
  else draft.memory.set("path", value);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\n": "\n" };

/** What a Lua string stands for. */
function textOf(literal: string): string {
  if (literal.startsWith("[[")) return literal.slice(2, -2).replace(/^\r?\n/, "");
  return literal.slice(1, -1).replace(/\\([\s\S])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}
