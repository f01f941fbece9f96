/**
 * The keys of an HTTP step in a scenario file.
 *
 * @module
 */
import * as v from "valibot";
import { checkKeys } from "./check_keys.ts";
import { extractKeys } from "./extract_keys.ts";
import { optionKeys } from "./option_keys.ts";
import { described, description, filled, record, section, text } from "../../file/file_schema.ts";

const headerValue = v.union([v.string(), v.number(), v.boolean()], "a text, a number or a boolean");

/** Header fields of a step. */
export const headers = record(
  text,
  v.union(
    [headerValue, v.pipe(v.array(headerValue), v.minLength(1, "at least one value")), v.null()],
    "a text, a number, a boolean, a list of them or null",
  ),
  "header names with their values",
);

const formValue = v.union(
  [headerValue, v.pipe(v.array(headerValue), v.minLength(1, "at least one value"))],
  "a text, a number, a boolean or a list of them",
);

const PART = "a text, a number, a boolean, an object with a file, or a list of them";
const part = v.union([
  headerValue,
  section({
    file: v.pipe(filled, v.description("File whose bytes are sent, relative to the scenario file")),
    filename: described(filled, "Name that the server is told; the file's own if not given"),
    type: described(filled, "Content type; application/octet-stream if not given and the name does not tell"),
  }),
], PART);

/** An HTTP step. */
export const httpStepSchema = section({
  description,
  name: described(text, "Key of the step's statistics. Without it: Step <number>: <method> <path>"),
  path: v.pipe(
    filled,
    v.description("Path on the base URL, or an absolute http or https URL. May contain placeholders"),
  ),
  method: described(filled, "HTTP method; GET if not given"),
  headers: described(
    headers,
    "Headers; they replace common ones of the same name. A list sends a line for each value, null removes the common header. May contain placeholders",
  ),
  body: described(
    v.union(
      [v.string(), v.number(), v.array(v.unknown()), v.looseObject({}), v.null()],
      "a text, a number, an object or a list",
    ),
    "Text is sent as is, an object or a list as JSON. May contain placeholders",
  ),
  form: described(
    record(text, formValue, "names of form fields with their values"),
    "Fields of a form, sent URL-encoded. A list sends a field for each value. May contain placeholders",
  ),
  multipart: described(
    record(
      text,
      v.union([part, v.pipe(v.array(part), v.minLength(1, "at least one value"))], PART),
      "names of parts with what they hold",
    ),
    "Parts of a multipart form: text, and files relative to the scenario file. May contain placeholders",
  ),
  graphql: described(
    section({
      query: v.pipe(filled, v.description("The query or mutation")),
      variables: described(v.looseObject({}, "an object"), "Its variables. May contain placeholders"),
      operation_name: described(filled, "Which operation of the query is meant"),
    }),
    "A GraphQL request, sent as JSON with POST if no method is given",
  ),
  body_base64: described(text, "Bytes to send, in base64"),
  body_file: described(filled, "File whose bytes are sent, relative to the scenario file"),
  ...checkKeys,
  ...extractKeys,
  ...optionKeys,
});

/** A checked step. */
export type HttpStepFile = v.InferOutput<typeof httpStepSchema>;
