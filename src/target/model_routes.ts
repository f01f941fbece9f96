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
  {
    path: "/v1/chat/completions",
    help: `POST: max_tokens tokens, ${TOKENS} without it, one every ${TOKEN_MS} ms`,
    methods: ["POST"],
    async answer({ request, state }) {
      const asked: unknown = await request.json().catch(() => null);
      const { max_tokens: most } = (asked ?? {}) as { readonly max_tokens?: unknown };
      const count = typeof most === "number" && most >= 1 && most <= COUNT[1] ? Math.floor(most) : TOKENS;
      return respondWithTokens(state, { count, everyMs: TOKEN_MS });
    },
  },
];

function respondWithTokens(
  state: TargetState,
  pace: { readonly count: number; readonly everyMs: number; readonly firstMs?: number },
): Response {
  const { count } = pace;
  const usage = { prompt_tokens: 1, completion_tokens: count, total_tokens: count + 1 };
  const chunk = (choices: unknown[], more: object = {}) =>
    JSON.stringify({ id: "chatcmpl-bench", object: "chat.completion.chunk", choices, ...more });
  return respondWithEvents(state, {
    ...pace,
    onFirst: state.onFirstToken,
    event: (k) => chunk([{ index: 0, delta: { content: `token${k + 1} ` }, finish_reason: null }]),
    last: `data: ${chunk([], { usage })}\n\ndata: [DONE]\n\n`,
  });
}
