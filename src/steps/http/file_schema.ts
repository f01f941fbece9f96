/**
 * The keys of an HTTP step in a scenario file.
 *
 * @module
 */
import * as v from "valibot";
import {
  described,
  description,
  duration,
  filled,
  name,
  record,
  section,
  text,
} from "../file/file_schema.ts";

const headerValue = v.union([v.string(), v.number(), v.boolean()], "a text, a number or a boolean");

const headers = record(
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

const STATUS = "a status from 100 to 599";
const status = v.pipe(v.number(STATUS), v.integer(STATUS), v.minValue(100, STATUS), v.maxValue(599, STATUS));

const extraction = v.union(
  [section({ json: filled }), section({ header: filled }), section({ regex: filled })],
  "an object with exactly one of json, header and regex, a non-empty text",
);

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
  body_base64: described(text, "Bytes to send, in base64"),
  body_file: described(filled, "File whose bytes are sent, relative to the scenario file"),
  assert_status: described(status, "The status that the response must have"),
  assert_body_contains: described(text, "Text that the body must contain"),
  assert_body_regex: described(filled, "Regular expression that must match in the body"),
  assert_json: described(
    record(
      text,
      v.union([v.string(), v.number(), v.boolean(), v.null()], `a text, a number, a boolean, null or "*"`),
      "JSON paths with the values expected there",
    ),
    `JSON paths (RFC 9535) and what must be there; "*": anything. One of several values is enough`,
  ),
  assert_header: described(
    record(
      text,
      v.union(
        [v.string(), v.number(), v.boolean(), section({ regex: filled })],
        "text, a number, a boolean, or an object with a regex",
      ),
      "header names with the values expected",
    ),
    "Header names and their exact values, or a regular expression that must match",
  ),
  assert_max_latency: described(
    duration,
    "Maximum time to the end of the response: seconds, or text such as 500ms",
  ),
  extract: described(
    record(name, extraction, "variable names with what to extract"),
    "Variables for later steps, taken from the response",
  ),
  think_time: described(duration, "Pause after the step; 0 for none"),
});

/** A checked step. */
export type HttpStepFile = v.InferOutput<typeof httpStepSchema>;
