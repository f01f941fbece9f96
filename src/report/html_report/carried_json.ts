/**
 * The JSON result inside the page, so that whoever has the page has the numbers: compressed, and left out where it would
 * be larger than the page.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { jsonText } from "../../lib/json/json_text.ts";
import { toJsonDocument } from "../../result/document/json_document.ts";
import type { Outcome } from "../../result/outcome.ts";

const MAX_CARRIED_BYTES = 192 * 1024;
/** Results of so many seconds are too large anyway. */
const MAX_POINTS = 7200;

/** The text that `--json` writes, as gzip in base64; `undefined` where it is too large. */
export function carriedJson(outcome: Outcome): string | undefined {
  if (outcome.result.timeline.length > MAX_POINTS) return undefined;
  const bytes = gzipSync(jsonText(toJsonDocument(outcome)));
  return bytes.length > MAX_CARRIED_BYTES ? undefined : bytes.toString("base64");
}
