/**
 * JSON Schemas of draft 2020-12, 2019-09 and 07, by the library ajv. Patterns run in time linear in the text.
 *
 * @module
 */
import { Ajv, type AnySchemaObject, type ErrorObject } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { messageOf, UsageError } from "../errors.ts";
import type { PatternCompiler } from "../safe_pattern.ts";

/** What is wrong with a value, as `/items/0/id must be integer`; `undefined` when nothing is. */
export type SchemaValidator = (value: unknown) => string | undefined;

/** Compiles a schema, given as JSON. @throws {UsageError} when it is none */
export type SchemaCompiler = (text: string) => SchemaValidator;

/** A compiler of schemas. */
export function schemaCompiler(compilePattern: PatternCompiler): SchemaCompiler {
  const regExp = Object.assign(
    (source: string) => {
      const pattern = compilePattern(source);
      // The library knows patterns again by their text.
      return { test: (text: string) => pattern.isIn(text), toString: () => source };
    },
    { code: "re2" },
  );
  const options = { strict: false, validateFormats: false, logger: false, code: { regExp } } as const;
  const draft7 = new Ajv(options);
  const newer = new Ajv2020(options);
  return (text) => {
    try {
      const schema = JSON.parse(text) as AnySchemaObject;
      const isOld = /draft-0[67]/.test(String(schema["$schema"] ?? ""));
      const validate = (isOld ? draft7 : newer).compile(schema);
      return (value) => validate(value) ? undefined : describe(validate.errors?.[0]);
    } catch (error) {
      throw new UsageError(`Cannot use the JSON Schema: ${messageOf(error)}`);
    }
  };
}

function describe(error: ErrorObject | null | undefined): string {
  const place = error?.instancePath ?? "";
  return `${place === "" ? "the whole" : place} ${error?.message ?? "is not as expected"}`;
}
