/**
 * APIs of language models: where each is, what is sent, and where the tokens stand in what it streams.
 *
 * @module
 */
import type { HeaderLine } from "../../plan/http_step.ts";
import type { StreamKind } from "../../plan/stream_spec.ts";

/** What is asked. */
export interface ModelRequest {
  readonly prompt: string;
  readonly model: string | undefined;
  readonly maxTokens: number | undefined;
}

/** One API. */
export interface ModelApi {
  readonly path: string;
  readonly kind: StreamKind;
  /** JSON path of the text that an event brings, wherever it may stand. */
  readonly tokens: string;
  /** JSON path of the server's own count of output tokens. */
  readonly tokenCount: string;
  readonly headers: readonly HeaderLine[];
  readonly body: (asked: ModelRequest) => Readonly<Record<string, unknown>>;
}

const messagesOf = (prompt: string) => [{ role: "user", content: prompt }];
/** What this API cannot do without. */
const ANTHROPIC_MAX_TOKENS = 1024;
const ANTHROPIC_VERSION = "2023-06-01";

/** Models of OpenAI that refuse `max_tokens`, which other servers of this API know alone; a provider may stand in front. */
const THINKING_MODEL = /(?:^|\/)(?:o[1-9]|gpt-(?:[5-9]|\d\d))(?![a-z\d])/;

/** By the name that `--api` takes. */
export const MODEL_APIS = {
  openai: {
    path: "/v1/chat/completions",
    kind: "sse",
    // What a model thinks aloud has names of its own, and is in the server's count.
    tokens: "$.choices[0].delta['content','reasoning_content','reasoning']",
    tokenCount: "$.usage.completion_tokens",
    headers: [],
    body: ({ prompt, model, maxTokens }) => ({
      model,
      messages: messagesOf(prompt),
      stream: true,
      stream_options: { include_usage: true },
      [THINKING_MODEL.test(model ?? "") ? "max_completion_tokens" : "max_tokens"]: maxTokens,
    }),
  },
  "openai-completions": {
    path: "/v1/completions",
    kind: "sse",
    tokens: "$.choices[0].text",
    tokenCount: "$.usage.completion_tokens",
    headers: [],
    body: ({ prompt, model, maxTokens }) => ({
      model,
      prompt,
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: maxTokens,
    }),
  },
  "openai-responses": {
    path: "/v1/responses",
    kind: "sse",
    tokens: "$.delta",
    tokenCount: "$.response.usage.output_tokens",
    headers: [],
    body: ({ prompt, model, maxTokens }) => ({
      model,
      input: prompt,
      stream: true,
      max_output_tokens: maxTokens,
    }),
  },
  anthropic: {
    path: "/v1/messages",
    kind: "sse",
    tokens: "$.delta['text','thinking']",
    tokenCount: "$.usage.output_tokens",
    headers: [["anthropic-version", ANTHROPIC_VERSION]],
    body: ({ prompt, model, maxTokens = ANTHROPIC_MAX_TOKENS }) => ({
      model,
      messages: messagesOf(prompt),
      stream: true,
      max_tokens: maxTokens,
    }),
  },
  ollama: {
    path: "/api/chat",
    kind: "ndjson",
    tokens: "$.message['content','thinking']",
    tokenCount: "$.eval_count",
    headers: [],
    body: ({ prompt, model, maxTokens }) => ({
      model,
      messages: messagesOf(prompt),
      stream: true,
      options: maxTokens === undefined ? undefined : { num_predict: maxTokens },
    }),
  },
} as const satisfies Readonly<Record<string, ModelApi>>;

/** Their names. */
export const MODEL_API_NAMES = Object.keys(MODEL_APIS) as readonly (keyof typeof MODEL_APIS)[];

/**
 * Where an API is under the address that was given: `/` and a path such as `/v1`, with which the API's own begins, are
 * completed, any other path is taken as it is.
 */
export function apiUrl(given: string, { path }: ModelApi): string {
  const url = new URL(given);
  const first = path.slice(0, path.indexOf("/", 1));
  const base = url.pathname.replace(/\/$/, "");
  if (base === "") url.pathname = path;
  else if (base.endsWith(first)) url.pathname = base + path.slice(first.length);
  return url.href;
}
