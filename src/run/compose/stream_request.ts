/**
 * What the options of streams make of the command line's request.
 *
 * @module
 */
import { fileReason, UsageError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { isRecord } from "../../lib/is_record.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import type { DataSet } from "../../plan/scenario.ts";
import type { StreamSpec } from "../../plan/stream_spec.ts";
import { parseLocation } from "../../template/json_location.ts";
import type { MainValues, Settings } from "../settings/settings.ts";
import type { PlanFiles } from "./request_spec.ts";

/** Paths of OpenAI's API. */
const CHAT_PATH = "/v1/chat/completions";
const TOKEN_PATH = "$.choices[0].delta.content";
const COUNT_PATH = "$.usage.completion_tokens";

/** How responses are read as streams; `undefined`: they are not. */
export function streamSpecOf(values: MainValues): StreamSpec | undefined {
  const { api, stream, goodput } = values;
  const tokens = values.tokens ?? (api === undefined ? undefined : TOKEN_PATH);
  if (tokens === undefined) return stream && { kind: stream };
  const countPath = values.tokenCount ?? (api === undefined ? undefined : COUNT_PATH);
  return {
    kind: stream ?? (api === undefined ? "auto" : "sse"),
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
    if (path === undefined || parseLocation(path) !== undefined) continue;
    problems.push(
      `${name}: expected a JSON path to one value such as ${TOKEN_PATH}, found ${JSON.stringify(path)}`,
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
  const prompts = values.prompts === undefined ? values.prompt : await readPrompts(values.prompts, files);
  const [only = "Say hello."] = prompts;
  const isOne = prompts.length < 2;
  const body = {
    ...(values.model !== undefined && { model: values.model }),
    messages: [{ role: "user", content: isOne ? only : "${prompts.prompt}" }],
    stream: true,
    stream_options: { include_usage: true },
    ...(values.maxTokens !== undefined && { max_tokens: values.maxTokens }),
  };
  const url = new URL(step.url);
  if (url.pathname === "/") url.pathname = CHAT_PATH;
  else if (/\/v\d+\/?$/.test(url.pathname)) {
    url.pathname = `${url.pathname.replace(/\/$/, "")}/chat/completions`;
  }
  const hasType = step.headers.some(([name]) => name.toLowerCase() === "content-type");
  return {
    step: {
      ...step,
      name: step.name.replace(/^GET .*$/, `POST ${url.href}`),
      method: step.method === "GET" ? "POST" : step.method,
      url: url.href,
      headers: hasType ? step.headers : [...step.headers, ["Content-Type", "application/json"]],
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
