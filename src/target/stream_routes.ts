/**
 * The built-in target's WebSockets, event streams and a stand-in for an API of language models, all of known pace.
 *
 * @module
 */
import type { Route } from "./route.ts";
import type { TargetState } from "./target_state.ts";

const TIME = [0, 3_600_000] as const;
const EVENTS = [1, 1_000_000] as const;
/** Tokens of a completion when the request does not say, and the time from one to the next. */
const TOKENS = 20;
const TOKEN_MS = 10;

/** The routes, in the order of help. */
export const STREAM_ROUTES: readonly Route[] = [
  {
    path: "/ws/echo",
    help: "WebSocket: sends every message back",
    answer: ({ request }) => openSocket(request, (socket, data) => socket.send(data)),
  },
  {
    path: "/ws/broadcast",
    help: "WebSocket: sends every message to all that are connected here",
    answer: ({ request, state }) => joinBroadcast(request, state),
  },
  {
    path: "/ws/delay/MS",
    help: "WebSocket: sends every message back after that many milliseconds",
    ranges: [TIME],
    answer: ({ request, state, numbers: [delayMs] }) =>
      openSocket(request, (socket, data) => replyAfter(delayMs!, socket, { data, state })),
  },
  {
    path: "/ws/stall/EVERY/MS",
    help: "WebSocket: the same at once, but stalls for MS ms in the middle of every EVERY ms",
    ranges: [[1, 3_600_000], TIME],
    answer: ({ request, state, numbers: [everyMs, stallMs] }) =>
      openSocket(request, (socket, data) => {
        const waitMs = state.stallWait(everyMs!, Math.min(stallMs!, everyMs!), performance.now());
        return replyAfter(waitMs, socket, { data, state });
      }),
  },
  {
    path: "/ws/withhold/N",
    help: "WebSocket: sends all messages back but every Nth",
    ranges: [EVENTS],
    answer: ({ request, state, numbers: [every] }) =>
      openSocket(request, (socket, data) => {
        if ((state.next(`/ws/withhold/${every}`) + 1) % every! !== 0) socket.send(data);
      }),
  },
  {
    path: "/ws/close/CODE",
    help: "WebSocket: closes with that code at the first message; 1000, or 3000 to 4999",
    ranges: [[1000, 4999]],
    answer({ request, numbers: [code] }) {
      const mayBe = code === 1000 || code! >= 3000;
      return mayBe
        ? openSocket(request, (socket) => socket.close(code))
        : new Response("Expected 1000, or 3000 to 4999\n", { status: 400 });
    },
  },
  {
    path: "/sse/N/MS/GAP",
    help: "The same as /sse/N/MS, but with a silence of GAP ms in the middle",
    ranges: [EVENTS, TIME, TIME],
    answer: ({ numbers: [count, everyMs, gapMs], state }) =>
      respondWithEvents(state, {
        count: count!,
        everyMs: everyMs!,
        gapMs: gapMs!,
        event: (k) => JSON.stringify({ n: k + 1 }),
      }),
  },
  {
    path: "/sse/N/MS",
    help: "N server-sent events, one every MS ms, the first after MS",
    ranges: [EVENTS, TIME],
    answer: ({ numbers: [count, everyMs], state }) =>
      respondWithEvents(state, {
        count: count!,
        everyMs: everyMs!,
        event: (k) => JSON.stringify({ n: k + 1 }),
      }),
  },
  {
    path: "/tokens/N/MS",
    help: "The same as a completion of N tokens, as APIs of language models stream it",
    ranges: [EVENTS, TIME],
    answer: ({ numbers: [count, everyMs], state }) => respondWithTokens(state, count!, everyMs!),
  },
  {
    path: "/v1/chat/completions",
    help: `POST: max_tokens tokens, ${TOKENS} without it, one every ${TOKEN_MS} ms`,
    methods: ["POST"],
    async answer({ request, state }) {
      const asked: unknown = await request.json().catch(() => null);
      const { max_tokens: most } = (asked ?? {}) as { readonly max_tokens?: unknown };
      const count = typeof most === "number" && most >= 1 && most <= EVENTS[1] ? Math.floor(most) : TOKENS;
      return respondWithTokens(state, count, TOKEN_MS);
    },
  },
];

/** Switches to WebSocket; requests for anything else are told so. */
function openSocket(
  request: Request,
  onMessage: (socket: WebSocket, data: string | ArrayBuffer) => void,
  onOpen?: (socket: WebSocket) => void,
): Response {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return new Response("Expected a WebSocket\n", { status: 426, headers: { upgrade: "websocket" } });
  }
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => onMessage(socket, data);
  if (onOpen) socket.onopen = () => onOpen(socket);
  return response;
}

/** Sends a message back after a time, and tells how long it was held. */
async function replyAfter(
  waitMs: number,
  socket: WebSocket,
  { data, state }: { readonly data: string | ArrayBuffer; readonly state: TargetState },
): Promise<void> {
  const cameMs = performance.now();
  if (waitMs > 0) await state.wait(waitMs);
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(data);
  state.onHeld?.(performance.now() - cameMs);
}

function joinBroadcast(request: Request, { listeners }: TargetState): Response {
  return openSocket(request, (_socket, data) => {
    for (const listener of listeners) if (listener.readyState === WebSocket.OPEN) listener.send(data);
  }, (socket) => {
    listeners.add(socket);
    socket.onclose = () => listeners.delete(socket);
  });
}

interface Events {
  readonly count: number;
  readonly everyMs: number;
  /** From the middle one to the next; absent: the same. */
  readonly gapMs?: number;
  event(k: number): string;
  /** Sent along with the last one. */
  readonly last?: string;
}

/** Events on a schedule from the request's arrival: a late timer does not delay the ones after it. */
function respondWithEvents(
  state: TargetState,
  { count, everyMs, gapMs, event, last = "" }: Events,
): Response {
  const encoder = new TextEncoder();
  const startMs = performance.now();
  let sent = 0;
  let lastMs = 0;
  const middle = gapMs === undefined ? Infinity : count >> 1;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const dueMs = (sent + 1) * everyMs + (sent >= middle ? gapMs! - everyMs : 0);
      const waitMs = startMs + dueMs - performance.now();
      if (waitMs > 0) await state.wait(waitMs);
      const nowMs = performance.now();
      if (sent > 0) state.onHeld?.(nowMs - lastMs);
      lastMs = nowMs;
      const text = `data: ${event(sent++)}\n\n${sent === count ? last : ""}`;
      try {
        controller.enqueue(encoder.encode(text));
        if (sent === count) controller.close();
      } catch {
        // The client went away while it was waited.
      }
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
  });
}

function respondWithTokens(state: TargetState, count: number, everyMs: number): Response {
  const usage = { prompt_tokens: 1, completion_tokens: count, total_tokens: count + 1 };
  const chunk = (choices: unknown[], more: object = {}) =>
    JSON.stringify({ id: "chatcmpl-bench", object: "chat.completion.chunk", choices, ...more });
  return respondWithEvents(state, {
    count,
    everyMs,
    event: (k) => chunk([{ index: 0, delta: { content: `token${k + 1} ` }, finish_reason: null }]),
    last: `data: ${chunk([], { usage })}\n\ndata: [DONE]\n\n`,
  });
}
