/**
 * Reads JSON results again. The text may come from anywhere: nothing of it is used before its schema has read it.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { jsonMistake } from "../../lib/json/json_error.ts";
import { type Misfit, readShape } from "../../lib/read_shape.ts";
import { isRecord } from "../../lib/is_record.ts";
import { documentSchema } from "./document_schema.ts";
import { SCHEMA_VERSION, type StoredDocument } from "./json_document.ts";
import { withPresentNames } from "./older_files.ts";

/** Problems of a file that are told; of the others, how many there are. */
const MAX_TOLD = 10;

/**
 * The documents in a text: of several URLs, one each. `name` is what messages call the file.
 * @throws {UsageError} when the text is not JSON, is no result, has a field of the wrong type, or is of a newer schema.
 */
export function readJsonDocuments(text: string, name: string): readonly StoredDocument[] {
  const value = jsonOf(text, name);
  const document = readDocument(value, name);
  if (!isRecord(value) || !("endpoints" in value)) return [document];
  const { endpoints } = value;
  if (!Array.isArray(endpoints)) {
    throw new UsageError(`Cannot read ${name}: "endpoints" is not a list of results`);
  }
  return endpoints.map((endpoint, i) => readDocument(endpoint, `${name}, endpoint ${i + 1}`));
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { line, reason } = jsonMistake(error, text);
    throw new UsageError(`Cannot read ${name}: not JSON: ${reason} on line ${line}`);
  }
}

function readDocument(value: unknown, name: string): StoredDocument {
  if (!isRecord(value)) throw new UsageError(`Cannot read ${name}: expected a JSON object`);
  const version = value["schema_version"] ?? SCHEMA_VERSION;
  if (!Number.isSafeInteger(version) || Number(version) < 1) {
    throw new UsageError(`Cannot read ${name}: "schema_version" is not a whole number of at least 1`);
  }
  if (Number(version) > SCHEMA_VERSION) {
    throw new UsageError(
      `Cannot read ${name}: its schema version is ${version}, but this release reads up to ${SCHEMA_VERSION}`,
    );
  }
  if (value["total_requests"] === undefined) {
    throw new UsageError(`Cannot read ${name}: it has no "total_requests", so it is not a result of a run`);
  }
  const { saved } = value;
  const read = readShape(
    documentSchema,
    saved === undefined ? value : { ...value, saved: withPresentNames(saved) },
  );
  if ("output" in read) return read.output;
  throw new UsageError(problemsOf(read.misfits, name));
}

function problemsOf(misfits: readonly Misfit[], name: string): readonly string[] {
  const told = misfits.slice(0, MAX_TOLD).map(({ place, message, found }) =>
    `Cannot read ${name}: ${message.replace("Expected", "expected")} at "${place}", found ${found}`
  );
  const more = misfits.length - told.length;
  return more > 0 ? [...told, `Cannot read ${name}: ${more} more problems`] : told;
}
