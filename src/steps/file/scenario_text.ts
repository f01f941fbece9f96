/**
 * The text of a scenario file as a plain value that remembers its line numbers. YAML and JSON go through one parser,
 * and a `.json` file must be strict JSON besides. A file that is too large,
 * too deep, refers to itself, or that aliases blow up is refused before anything is built from it.
 *
 * @module
 */
import {
  MAX_SCENARIO_CHARS,
  MAX_SCENARIO_LEVELS,
  MAX_SCENARIO_VALUES,
  MAX_YAML_ALIASES,
} from "../../lib/size_limits.ts";
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { UsageError } from "../../lib/errors.ts";
import { jsonMistake, yamlReason } from "../../lib/json/json_error.ts";

/** Member names and indexes, outermost first. */
export type FilePath = readonly (string | number)[];

/** A parsed file. */
export interface ScenarioText {
  readonly value: unknown;
  /** The line, from 1, of the value at a path, or of what is nearest to it. */
  lineOf(path: FilePath): number;
  /** The text of a number or boolean as the file spells it; `undefined` when there is none. */
  scalarText(path: FilePath): string | undefined;
}

/**
 * Parses a file.
 *
 * @throws {UsageError} with `path:line:` in front of each problem.
 */
export function parseScenarioText(text: string, path: string): ScenarioText {
  if (text.length > MAX_SCENARIO_CHARS) {
    throw new UsageError(`${path}: Cannot read a scenario of more than ${MAX_SCENARIO_CHARS / 2 ** 20} MiB`);
  }
  if (/\.json$/i.test(path)) checkJson(text, path);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // The parser's own check takes time in the square of the number of keys.
    uniqueKeys: false,
    merge: true,
    logLevel: "error",
  });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const problems = syntaxProblems(document, lineAt);
  if (problems.length === 0) problems.push(...new Inspector(lineAt).problemsOf(document.contents));
  if (problems.length > 0) {
    throw new UsageError(problems.map(({ line, reason }) => `${path}:${line}: ${reason}`));
  }
  return {
    value: document.toJS({ maxAliasCount: -1 }),
    lineOf: (to) => lineAt(offsetOf(document, to)),
    scalarText(to) {
      const node = nodeAt(document, to);
      return isScalar(node) && /^(?:number|boolean)$/.test(typeof node.value) ? node.source : undefined;
    },
  };
}

function checkJson(text: string, path: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const { line, reason } = jsonMistake(error, text);
    throw new UsageError(`${path}:${line}: Malformed JSON: ${reason}`);
  }
}

interface Problem {
  readonly line: number;
  readonly reason: string;
}

/** The first few: what follows a mistake is mostly its echo. */
function syntaxProblems(document: Document, lineAt: (offset: number) => number): Problem[] {
  // A tag that means nothing here, say !include, would be dropped.
  return [...document.errors, ...document.warnings].slice(0, 3).map(({ code, message, pos }) => {
    const line = lineAt(pos[0]);
    if (code === "RESOURCE_EXHAUSTION") {
      return { line, reason: `Nested deeper than ${MAX_SCENARIO_LEVELS} levels` };
    }
    if (code === "MULTIPLE_DOCS") return { line, reason: "A second document begins here: expected one" };
    return { line, reason: `Malformed YAML: ${yamlReason(message)}` };
  }).filter(({ reason, line }, i, all) =>
    all.findIndex((one) => one.reason === reason && one.line === line) === i
  );
}

/** Looks through the nodes of a document before they become values. */
class Inspector {
  readonly #lineAt: (offset: number) => number;
  readonly #anchors = new Map<string, Node>();
  /** Values that a finished node stands for, its aliases expanded. */
  readonly #sizes = new Map<Node, number>();
  readonly #problems: Problem[] = [];
  #aliases = 0;

  constructor(lineAt: (offset: number) => number) {
    this.#lineAt = lineAt;
  }

  problemsOf(root: Node | null): readonly Problem[] {
    const size = root === null ? 0 : this.#sizeOf(root, 1);
    if (size > MAX_SCENARIO_VALUES) {
      const cause = this.#aliases > 0 ? ", aliases expanded" : "";
      this.#add(root!, `Contains more than ${MAX_SCENARIO_VALUES} values${cause}`);
    }
    return this.#problems.slice(0, 20);
  }

  #add(node: Node, reason: string): void {
    this.#problems.push({ line: this.#lineAt(node.range?.[0] ?? 0), reason });
  }

  #sizeOf(node: Node, level: number): number {
    if (level > MAX_SCENARIO_LEVELS) {
      if (this.#problems.length === 0) this.#add(node, `Nested deeper than ${MAX_SCENARIO_LEVELS} levels`);
      return 1;
    }
    if (isAlias(node)) return this.#aliasSize(node.source, node);
    if ("anchor" in node && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    let size = 1;
    if (isSeq<Node>(node)) {
      for (const item of node.items) size += this.#sizeOf(item, level + 1);
    } else if (isMap<Node, Node | null>(node)) {
      this.#checkKeys(node.items.map(({ key }) => key));
      for (const { value } of node.items) size += value === null ? 1 : this.#sizeOf(value, level + 1);
    } else if (isScalar(node)) this.#checkNumber(node);
    this.#sizes.set(node, size);
    return size;
  }

  #aliasSize(name: string, node: Node): number {
    if (++this.#aliases > MAX_YAML_ALIASES) {
      if (this.#aliases === MAX_YAML_ALIASES + 1) {
        this.#add(node, `Contains more than ${MAX_YAML_ALIASES} aliases`);
      }
      return 1;
    }
    const target = this.#anchors.get(name);
    const size = target && this.#sizes.get(target);
    if (size === undefined) {
      this.#add(
        node,
        target
          ? `Alias "*${name}" refers to itself`
          : "An alias without an anchor: quote text that begins with *",
      );
      return 1;
    }
    return size;
  }

  #checkKeys(keys: readonly Node[]): void {
    const seen = new Set<string>();
    for (const key of keys) {
      if (!isScalar(key)) {
        this.#add(key, "Keys must be strings");
        continue;
      }
      const name = String(key.value);
      if (seen.has(name)) this.#add(key, `Key "${name}" appears twice`);
      seen.add(name);
    }
  }

  #checkNumber(node: Node & { readonly value: unknown; readonly source?: string }): void {
    const { value, source = "" } = node;
    if (typeof value === "number" && !Number.isSafeInteger(value) && /^[+-]?\d+$/.test(source)) {
      this.#add(node, `Number ${source} is too large to be exact: write it in quotes`);
    }
  }
}

/** What the parser makes of the key `<<`, as text. */
const MERGE_KEY = String(Symbol("<<"));

/** The node at a path, aliases and merged keys followed. */
function nodeAt(document: Document, path: FilePath): unknown {
  const resolved = (node: unknown) => isAlias(node) ? node.resolve(document) : node;
  const memberOf = (node: unknown, segment: string | number): unknown => {
    if (isSeq<Node>(node)) return node.items[Number(segment)];
    if (!isMap<Node, Node>(node)) return undefined;
    const valueOf = (name: string) =>
      resolved(node.items.find(({ key }) => isScalar(key) && String(key.value) === name)?.value);
    const own = valueOf(String(segment));
    const merged = valueOf(MERGE_KEY);
    const sources = isSeq<Node>(merged) ? merged.items.map(resolved) : [merged];
    return own ?? sources.map((source) => memberOf(source, segment)).find((found) => found !== undefined);
  };
  return path.reduce((node: unknown, segment) => resolved(memberOf(node, segment)), document.contents);
}

function offsetOf(document: Document, path: FilePath): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const segment of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap<Node, Node>(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
      if (pair === undefined) return offset;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq<Node>(node)) {
      node = node.items[Number(segment)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
