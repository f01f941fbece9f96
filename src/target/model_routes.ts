/**
 * The built-in target's stand-in for APIs of language models, of known pace.
 *
 * @module
 */
import { respondWithEvents } from "./event_stream.ts";
import type { Route } from "./route.ts";
import type { TargetState } from "./target_state.ts";

const TIME = [0, 3_600_000] as const;
const COUNT = [1, 1_000_000] as const;
/** Tokens of a completion when the request does not say, and the time from one to the next. */
const TOKENS = 20;
const TOKEN_MS = 10;

/** How an API streams. */
interface ModelStream {
  readonly token: (text: string) => unknown;
  /** What comes behind the last token, with the server's own count. */
  readonly end: (count: number) => readonly unknown[];
  /** Lines of JSON; absent: server-sent events. */
  readonly isNdjson?: boolean;
}

const chunkOf = (object: string, choices: unknown[], more: object = {}) => ({
  id: "chatcmpl-bench",
  object,
  choices,
  ...more,
});
const usageOf = (count: number) => ({
  usage: { prompt_tokens: 1, completion_tokens: count, total_tokens: count + 1 },
});
const DONE = "[DONE]";

/** The APIs by their paths. */
const MODEL_STREAMS: Readonly<Record<string, ModelStream>> = {
  "/v1/chat/completions": {
    token: (content) =>
      chunkOf("chat.completion.chunk", [{ index: 0, delta: { content }, finish_reason: null }]),
    end: (count) => [chunkOf("chat.completion.chunk", [], usageOf(count)), DONE],
  },
  "/v1/completions": {
    token: (text) => chunkOf("text_completion", [{ index: 0, text, finish_reason: null }]),
    end: (count) => [chunkOf("text_completion", [], usageOf(count)), DONE],
  },
  "/v1/responses": {
    token: (delta) => ({ type: "response.output_text.delta", delta }),
    end: (
      count,
    ) => [{ type: "response.completed", response: { error: null, usage: { output_tokens: count } } }],
  },
  "/v1/messages": {
    token: (text) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
    end: (count) => [
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: count } },
      { type: "message_stop" },
    ],
  },
  "/api/chat": {
    token: (content) => ({ message: { role: "assistant", content }, done: false }),
    end: (count) => [{ message: { role: "assistant", content: "" }, done: true, eval_count: count }],
    isNdjson: true,
  },
};

/** The routes, in the order of help. */
export const MODEL_ROUTES: readonly Route[] = [
  {
    path: "/tokens/N/MS/FIRST",
    help: "The same as /tokens/N/MS, but with the first token after FIRST ms",
    ranges: [COUNT, TIME, TIME],
    answer: ({ numbers: [count, everyMs, firstMs], state }) =>
      respondWithTokens(state, { count: count!, everyMs: everyMs!, firstMs: firstMs! }),
  },
  {
    path: "/tokens/N/MS",
    help:
      "A completion of N tokens as APIs of language models stream it, one every MS ms, the first after MS",
    ranges: [COUNT, TIME],
    answer: ({ numbers: [count, everyMs], state }) =>
      respondWithTokens(state, { count: count!, everyMs: everyMs! }),
  },
  ...Object.entries(MODEL_STREAMS).map(([path, stream]): Route => ({
    path,
    help: `POST: as many tokens as asked for, ${TOKENS} without it, one every ${TOKEN_MS} ms`,
    methods: ["POST"],
    async answer({ request, state }) {
      const asked: unknown = await request.json().catch(() => null);
      const count = tokensAsked(asked);
      return respondWithTokens(state, { count, everyMs: TOKEN_MS }, stream);
    },
  })),
];

/** The number of tokens that a request asks for, wherever its API has it. */
function tokensAsked(asked: unknown): number {
  const given = (asked ?? {}) as Readonly<Record<string, unknown>>;
  const predicted = (given["options"] as { readonly num_predict?: unknown } | undefined)?.num_predict;
  const named = ["max_tokens", "max_completion_tokens", "max_output_tokens"].map((name) => given[name]);
  const count = [...named, predicted].find((value) => typeof value === "number");
  return count !== undefined && count >= 1 && count <= COUNT[1] ? Math.floor(count) : TOKENS;
}

function respondWithTokens(
  state: TargetState,
  pace: { readonly count: number; readonly everyMs: number; readonly firstMs?: number },
  { token, end, isNdjson = false }: ModelStream = MODEL_STREAMS["/v1/chat/completions"]!,
): Response {
  return respondWithEvents(state, {
    ...pace,
    isNdjson,
    onFirst: state.onFirstToken,
    event: (k) => JSON.stringify(token(`token${k + 1} `)),
    last: end(pace.count),
  });
}
