/**
 * What message and reply have in common: a value at a JSON path, or the first group of a pattern.
 *
 * @module
 */
import { loadPatternCompiler } from "../../lib/safe_pattern.ts";
import type { Correlation } from "../../plan/websocket_step.ts";
import { JsonDocument } from "../../template/exact_json.ts";
import { loadPathCompiler } from "../../template/json_path.ts";

/** The key in a text; `undefined`: there is none. */
export type KeyReader = (text: string) => string | undefined;

/** Reads keys as a correlation wants it. @throws {UsageError} when path or pattern is malformed */
export async function createKeyReader(correlation: Correlation): Promise<KeyReader> {
  if (correlation.kind === "pattern") {
    const pattern = (await loadPatternCompiler())(correlation.pattern);
    return (text) => pattern.firstGroup(text);
  }
  const path = (await loadPathCompiler([correlation.path]))(correlation.path);
  return (text) => {
    try {
      const value = path.first(new JsonDocument(text));
      return value === undefined || value === null ? undefined : JSON.stringify(value);
    } catch {
      // Servers send what they like: such a message is the reply to none.
      return undefined;
    }
  };
}
