/**
 * YAML whose scalars all stay texts: a tag 1.10 or 0123 is not the number 1.1 or 83, and options read their texts
 * themselves. What is left empty is `null`.
 *
 * @module
 */
import { type Document, LineCounter, parseDocument, type ScalarTag, visit } from "yaml";
import { yamlReason } from "../../lib/json/json_error.ts";

const EMPTY: ScalarTag = {
  tag: "tag:yaml.org,2002:null",
  default: true,
  test: /^$/,
  resolve: () => null,
};

/**
 * Parses a document.
 *
 * @throws {SyntaxError} with the reason and its line, and nothing of the text, which may be a secret's.
 */
export function parseYamlTexts(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: "failsafe",
    customTags: (tags) => [...tags, EMPTY],
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
  });
  const [problem] = [...document.errors, ...document.warnings, ...strayAliases(document)];
  if (problem !== undefined) {
    throw new SyntaxError(`${yamlReason(problem.message)} on line ${lines.linePos(problem.pos[0]).line}`);
  }
  try {
    return document.toJS();
  } catch (error) {
    if (error instanceof ReferenceError) throw new SyntaxError("It holds too many aliases");
    throw error;
  }
}

/** Texts that begin with `*` are aliases; passwords do. */
function strayAliases(document: Document): readonly { readonly message: string; readonly pos: [number] }[] {
  const strays: { readonly message: string; readonly pos: [number] }[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      strays.push({
        message: "An alias without an anchor, quote text that begins with *",
        pos: [alias.range?.[0] ?? 0],
      });
    },
  });
  return strays;
}
