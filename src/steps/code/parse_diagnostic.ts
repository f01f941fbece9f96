/**
 * What compiled programs say of a module that cannot be parsed: the parser's own structure as text, not a message.
 *
 * @module
 */

const DIAGNOSTIC =
  /ParseDiagnosticInner \{.*?path: "([^"]*)".*?start: SourcePos\((\d+)\).*?kind: (.*?), source: SourceTextInfo \{ start_pos: StartSourcePos\((\d+)\), text: "((?:[^"\\]|\\.)*)"/s;

/**
 * The mistake and its place, such as `expected ",", found "}" at shop.ts:1:57`; `undefined`: the text is of another kind.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = 'ParseDiagnosticInner { path: "/a/x.ts", range: { start: SourcePos(3) }, kind: Expected("}", ";"), ' +
 *   'source: SourceTextInfo { start_pos: StartSourcePos(0), text: "{\\n1;" } }';
 * assertEquals(readParseDiagnostic(text), 'expected "}", found ";" at x.ts:2:2');
 * ```
 */
export function readParseDiagnostic(message: string): string | undefined {
  const [, path, at, kind, start, text] = DIAGNOSTIC.exec(message) ?? [];
  if (path === undefined) return undefined;
  const source = new TextEncoder().encode(text!.replace(/\\(.)/g, (_, sign) => sign === "n" ? "\n" : sign));
  const before = new TextDecoder().decode(source.subarray(0, Number(at) - Number(start))).split("\n");
  return `${describeKind(kind!)} at ${path.split("/").at(-1)}:${before.length}:${before.at(-1)!.length + 1}`;
}

function describeKind(kind: string): string {
  const [, expected, found] = /^Expected\((.*), (".*")\)$/.exec(kind) ?? [];
  if (expected !== undefined) return `expected ${expected}, found ${found}`;
  return kind.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
