/**
 * What the options of streams make of the command line's request.
 *
 * @module
 */
import { fileReason, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { isRecord } from "../../lib/is_record.ts";
import type { HeaderLine, HttpStep } from "../../plan/http_step.ts";
import type { DataSet } from "../../plan/scenario.ts";
import type { StreamSpec } from "../../plan/stream_spec.ts";
import { isNarrowPath } from "../../template/json_location.ts";
import type { MainValues, Settings } from "../settings/settings.ts";
import { apiUrl, MODEL_APIS, type ModelApi } from "../../client/options/model_apis.ts";
import type { PlanFiles } from "./request_spec.ts";

/** How responses are read as streams; `undefined`: they are not. */
export function streamSpecOf(values: MainValues): StreamSpec | undefined {
  const { stream, goodput } = values;
  const api = values.api && MODEL_APIS[values.api];
  const tokens = values.tokens ?? api?.tokens;
  if (tokens === undefined) return stream && { kind: stream };
  const countPath = values.tokenCount ?? api?.tokenCount;
  return {
    kind: stream ?? api?.kind ?? "auto",
    tokens: {
      path: tokens,
      ...(countPath !== undefined && { countPath }),
      ...(goodput && { goodput }),
    },
  };
}

/** What does not fit together, a sentence each. */
export function streamProblems({ values, origins }: Settings): readonly string[] {
  const problems: string[] = [];
  for (const [name, path] of [["--tokens", values.tokens], ["--token-count", values.tokenCount]] as const) {
    if (path === undefined || isNarrowPath(path)) continue;
    problems.push(
      `${name}: expected a JSON path to one value such as $.choices[0].delta.content, found ${
        JSON.stringify(path)
      }`,
    );
  }
  const spec = streamSpecOf(values);
  if (spec === undefined) {
    if (origins.has("goodput")) problems.push("--goodput needs --tokens or --api");
    if (origins.has("tokenCount")) problems.push("--token-count needs --tokens or --api");
    if (values.prompt.length > 0) problems.push("--prompt needs --api");
    return problems;
  }
  if (values.scenario !== undefined) {
    return [`--${values.api ? "api" : "stream"} is for a URL: in a scenario file a step has "stream"`];
  }
  if (values.client === "fetch") problems.push("--client fetch cannot time the events of a stream");
  if (values.compressed) {
    problems.push("--compressed cannot be used with --stream: its events would be hidden");
  }
  if (!values.readBody) problems.push("--no-read-body leaves no events to time");
  if (values.api === undefined) return problems;
  if (values.body !== undefined || values.postFile !== undefined) {
    problems.push("--api makes the body itself: leave out --body and --post-file");
  }
  if (values.prompt.length > 0 && values.prompts !== undefined) {
    problems.push("--prompt and --prompts both say what to ask: use one of them");
  }
  return problems;
}

/** A request as the options of streams want it, and the data that it draws from. */
export interface StreamRequest {
  readonly step: HttpStep;
  readonly data: readonly DataSet[];
}

/** @throws {UsageError} when the file of prompts is unusable */
export async function streamRequest(
  step: HttpStep,
  values: MainValues,
  files: PlanFiles,
): Promise<StreamRequest> {
  const stream = streamSpecOf(values);
  if (stream === undefined) return { step, data: [] };
  if (values.api === undefined) return { step: { ...step, stream }, data: [] };
  const api: ModelApi = MODEL_APIS[values.api];
  const prompts = values.prompts === undefined ? values.prompt : await readPrompts(values.prompts, files);
  const [only = "Say hello."] = prompts;
  const isOne = prompts.length < 2;
  const body = api.body({
    prompt: isOne ? only : "${prompts.prompt}",
    model: values.model,
    maxTokens: values.maxTokens,
  });
  const url = apiUrl(step.url, api);
  const given = new Set(step.headers.map(([name]) => name.toLowerCase()));
  const headers: readonly HeaderLine[] = [["Content-Type", "application/json"], ...api.headers];
  return {
    step: {
      ...step,
      name: step.name.replace(/^GET .*$/, `POST ${url}`),
      method: step.method === "GET" ? "POST" : step.method,
      url,
      headers: [...step.headers, ...headers.filter(([name]) => !given.has(name.toLowerCase()))],
      body: { kind: "text", text: JSON.stringify(body), isJson: true },
      isTemplate: !isOne,
      stream,
    },
    data: isOne
      ? []
      : [{ name: "prompts", strategy: "loop", fields: ["prompt"], rows: prompts.map((prompt) => [prompt]) }],
  };
}

async function readPrompts(path: string, files: PlanFiles): Promise<readonly string[]> {
  let text: string;
  try {
    text = new TextDecoder().decode(await files.readFile(path));
  } catch (error) {
    const reason = escapeTerminal(fileReason(error));
    throw new UsageError(`Cannot read --prompts "${escapeTerminal(path)}": ${reason}`);
  }
  const prompts = text.split(/\r?\n/).filter((line) => line.trim() !== "").map(promptIn);
  if (prompts.length > 0) return prompts;
  throw new UsageError(`Cannot use --prompts "${escapeTerminal(path)}": there is no line in it`);
}

function promptIn(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const value: unknown = JSON.parse(line);
    if (isRecord(value) && typeof value.prompt === "string") return value.prompt;
  } catch {
    // A prompt may begin so.
  }
  return line;
}
