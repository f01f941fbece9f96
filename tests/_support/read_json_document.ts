/**
 * Reads the one result of a JSON text.
 *
 * @module
 */
import type { StoredDocument } from "../../src/result/document/json_document.ts";
import { readJsonDocuments } from "../../src/result/document/read_document.ts";

/** The first document of a text; `name` is what messages call the file. */
export function readJsonDocument(text: string, name = "results"): StoredDocument {
  return readJsonDocuments(text, name)[0]!;
}
