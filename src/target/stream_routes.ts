/**
 * The built-in target's WebSockets and event streams, all of known pace.
 *
 * @module
 */
import { respondWithEvents } from "./event_stream.ts";
import type { Route } from "./route.ts";
import type { TargetState } from "./target_state.ts";

const TIME = [0, 3_600_000] as const;
const EVENTS = [1, 1_000_000] as const;

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
