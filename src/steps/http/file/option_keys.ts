/**
 * Keys of an HTTP step in a scenario file that stand for themselves: what each may hold, what is said of it, and the
 * fields of the plan's step that are made of it. Schema, documentation and building follow from this table.
 *
 * @module
 */
import * as v from "valibot";
import type { HttpStep } from "../../../plan/http_step.ts";
import { STREAM_KINDS } from "../../../plan/stream_spec.ts";
import { isNarrowPath } from "../../../template/json_location.ts";
import { described, duration, filled, pause, section } from "../../file/file_schema.ts";
import { durationMs, pauseIn } from "../../file/file_time.ts";
import type { FilePath } from "../../file/scenario_text.ts";
import type { RuleFileContext } from "./rule_context.ts";

/** What is made of a key: `at` is its place in the file. */
type Build<Given> = (given: Given, at: FilePath, context: RuleFileContext) => Partial<HttpStep>;

/** A key that may hold what the schema says; `help`: what editors and the help say of it. */
function key<const Schema extends v.GenericSchema>(
  schema: Schema,
  help: string,
  build: Build<v.InferOutput<Schema>>,
) {
  return { schema: described(schema, help), build };
}

const STREAM_EXPECTED = STREAM_KINDS.join(", ");
const streamKind = v.picklist(STREAM_KINDS, STREAM_EXPECTED);

const REDIRECTS = "true, false or a number from 0 to 100";
/** As many as `--follow-redirects` alone allows. */
const DEFAULT_REDIRECTS = 10;

const KEYS = {
  on_fail: key(
    v.picklist(["stop", "continue"], "stop or continue"),
    "stop: a failed step ends the iteration",
    (given) => given === "stop" ? { stopsOnFailure: true } : {},
  ),
  stream: key(
    v.union([
      streamKind,
      section({
        kind: described(streamKind, "How it is cut into events; auto if not given"),
        tokens: described(filled, "JSON path of a token in an event, such as $.choices[0].delta.content"),
        token_count: described(filled, "JSON path of the server's own count of output tokens"),
      }),
    ], `${STREAM_EXPECTED} or an object`),
    "The response streams: its events are timed. auto tells from the content type how they are cut",
    (given, at, { findings }) => {
      if (typeof given === "string") return { stream: { kind: given } };
      const { kind = "auto", tokens: path, token_count: countPath } = given;
      for (const [name, text] of [["tokens", path], ["token_count", countPath]] as const) {
        if (text === undefined || isNarrowPath(text)) continue;
        findings.addProblem(
          [...at, name],
          `Cannot use "${text}": expected a JSON path to one value such as $.token`,
        );
      }
      if (path === undefined) return { stream: { kind } };
      return { stream: { kind, tokens: { path, ...(countPath !== undefined && { countPath }) } } };
    },
  ),
  think_time: key(
    pause,
    "Pause after the step; 0 for none",
    (given, at, { findings }) => pauseIn(given, at, findings) ?? {},
  ),
  timeout: key(
    duration,
    "Longest time to the end of the response; --timeout if not given",
    (given, at, { findings }) => {
      const timeoutMs = durationMs(given, at, findings);
      if (timeoutMs === 0) findings.addProblem(at, 'Cannot use "timeout" of 0: expected a time above 0');
      return timeoutMs === undefined ? {} : { timeoutMs };
    },
  ),
  follow_redirects: key(
    v.union([
      v.boolean(),
      v.pipe(v.number(REDIRECTS), v.integer(REDIRECTS), v.minValue(0, REDIRECTS), v.maxValue(100, REDIRECTS)),
    ], REDIRECTS),
    "Redirects to follow: true for up to 10, a number, or false for none; --follow-redirects if not given",
    (given) => ({ maxRedirects: given === true ? DEFAULT_REDIRECTS : given === false ? 0 : given }),
  ),
};

type Name = keyof typeof KEYS;

/** Their schemas, by name. */
export const optionKeys = Object.fromEntries(
  Object.entries(KEYS).map(([name, { schema }]) => [name, schema]),
) as { readonly [K in Name]: (typeof KEYS)[K]["schema"] };

/** What a step has of them. */
type GivenKeys = { readonly [K in Name]?: v.InferOutput<(typeof KEYS)[K]["schema"]> };

/** The fields that a step's keys make; what is wrong goes to the findings. */
export function buildOptions(file: GivenKeys, at: FilePath, context: RuleFileContext): Partial<HttpStep> {
  const fields: Partial<HttpStep>[] = [];
  for (const name of Object.keys(KEYS) as Name[]) {
    const given = file[name];
    const build = KEYS[name].build as Build<unknown>;
    if (given !== undefined) fields.push(build(given, [...at, name], context));
  }
  return Object.assign({}, ...fields);
}
