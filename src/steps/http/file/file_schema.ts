/**
 * The keys of an HTTP step in a scenario file.
 *
 * @module
 */
import * as v from "valibot";
import { STREAM_KINDS } from "../../../plan/stream_spec.ts";
import {
  described,
  description,
  duration,
  filled,
  name,
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

const STATUS = "a status from 100 to 599";
const status = v.pipe(v.number(STATUS), v.integer(STATUS), v.minValue(100, STATUS), v.maxValue(599, STATUS));

const REDIRECTS = "true, false or a number from 0 to 100";

const STATUSES = 'a status from 100 to 599, "2xx", a range such as "200-204", or a list of them';
const statusText = v.pipe(
  v.string(STATUSES),
  v.regex(/^(?:[1-5][Xx][Xx]|[1-5]\d\d(?:-[1-5]\d\d)?)$/, STATUSES),
);
const oneStatus = v.union([status, statusText], STATUSES);
const statuses = v.union(
  [status, statusText, v.pipe(v.array(oneStatus, STATUSES), v.minLength(1, STATUSES))],
  STATUSES,
);

const PICKS = ["first", "last", "random", "all", "count"] as const;
const PARTS = ["status", "time", "body"] as const;
const extraction = section({
  json: described(filled, "JSON path (RFC 9535)"),
  header: described(filled, "Header name"),
  regex: described(filled, "Regular expression with a group around the value"),
  cookie: described(filled, "Name of a cookie that the response sets or the user keeps"),
  response: described(
    v.picklist(PARTS, `one of ${PARTS.join(", ")}`),
    "The status, the time in ms, or the whole body",
  ),
  pick: described(
    v.picklist(PICKS, `one of ${PICKS.join(", ")}`),
    "Which of several values to take; random ones follow the seed",
  ),
  group: described(
    v.union([v.pipe(v.number(), v.integer(), v.minValue(0)), filled], "the number or name of a group"),
    "Which group of the regular expression; the first if not given",
  ),
  decode: described(v.picklist(["html"], "html"), "Decode HTML entities such as &amp;"),
  default: described(v.unknown(), "Value when the response has none"),
});

const comparable = v.union(
  [v.string(), v.number(), v.boolean(), v.null()],
  "a text, a number, a boolean or null",
);
const bound = described(
  v.union([v.number(), v.string()], "a number or a text"),
  "What the value is compared with",
);
const size = (what: string) =>
  described(v.union([v.number(), v.string()], 'a number or a comparison such as ">= 1"'), what);
const expectation = section({
  ">": bound,
  ">=": bound,
  "<": bound,
  "<=": bound,
  "==": bound,
  "!=": bound,
  count: size("How many values there are: elements of a list, or places that the path leads to"),
  length: size("How many characters a text has"),
  exists: described(v.boolean("true or false"), "true: there must be a value"),
  absent: described(v.boolean("true or false"), "true: there must be none"),
  one_of: described(
    v.pipe(v.array(comparable, "a list"), v.minLength(1, "at least one value")),
    "A list that contains the value",
  ),
  regex: described(filled, "Regular expression that must match"),
});

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
  assert_status: described(statuses, "The statuses that are expected"),
  assert_body_contains: described(text, "Text that the body must contain"),
  assert_body_regex: described(filled, "Regular expression that must match in the body"),
  assert_json: described(
    record(
      text,
      v.union(
        [comparable, expectation],
        `a text, a number, a boolean, null, "*" or an object with a comparison`,
      ),
      "JSON paths with the values expected there",
    ),
    `JSON paths (RFC 9535) and what must be there: a value, "*" for any, "> 3", "count >= 1". One of several is enough`,
  ),
  assert_json_schema: described(
    v.union([filled, v.looseObject({})], "a file name or an object"),
    "JSON Schema of the body, or the name of a file with it, relative to the scenario file",
  ),
  assert_header: described(
    record(
      text,
      v.union(
        [v.string(), v.number(), v.boolean(), expectation],
        "text, a number, a boolean, or an object with a regex or another comparison",
      ),
      "header names with the values expected",
    ),
    "Header names and their exact values, or a comparison",
  ),
  assert_max_latency: described(
    duration,
    "Maximum time to the end of the response: seconds, or text such as 500ms",
  ),
  extract: described(
    record(name, extraction, "variable names with what to extract"),
    "Variables for later steps, taken from the response",
  ),
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
