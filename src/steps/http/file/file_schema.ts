/**
 * The keys of an HTTP step in a scenario file.
 *
 * @module
 */
import * as v from "valibot";
import { checkKeys } from "./check_keys.ts";
import { extractKeys } from "./extract_keys.ts";
import { STREAM_KINDS } from "../../../plan/stream_spec.ts";
import {
  described,
  description,
  duration,
  filled,
  pause,
  record,
  section,
  text,
} from "../../file/file_schema.ts";

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

const REDIRECTS = "true, false or a number from 0 to 100";

const STREAM_EXPECTED = STREAM_KINDS.join(", ");

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
  on_fail: described(
    v.picklist(["stop", "continue"], "stop or continue"),
    "stop: a failed step ends the iteration",
  ),
  stream: described(
    v.union([
      v.picklist(STREAM_KINDS, STREAM_EXPECTED),
      section({
        kind: described(
          v.picklist(STREAM_KINDS, STREAM_EXPECTED),
          "How it is cut into events; auto if not given",
        ),
        tokens: described(filled, "JSON path of a token in an event, such as $.choices[0].delta.content"),
        token_count: described(filled, "JSON path of the server's own count of output tokens"),
      }),
    ], `${STREAM_EXPECTED} or an object`),
    "The response streams: its events are timed. auto tells from the content type how they are cut",
  ),
  think_time: described(pause, "Pause after the step; 0 for none"),
  timeout: described(duration, "Longest time to the end of the response; --timeout if not given"),
  follow_redirects: described(
    v.union([
      v.boolean(),
      v.pipe(v.number(REDIRECTS), v.integer(REDIRECTS), v.minValue(0, REDIRECTS), v.maxValue(100, REDIRECTS)),
    ], REDIRECTS),
    "Redirects to follow: true for up to 10, a number, or false for none; --follow-redirects if not given",
  ),
});

/** A checked step. */
export type HttpStepFile = v.InferOutput<typeof httpStepSchema>;
