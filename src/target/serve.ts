/**
 * The built-in target: a server of known behaviour to try things on.
 *
 * @module
 */
import { pause } from "../lib/clock.ts";
import type { SeenRequest } from "./journal.ts";
import { answer } from "./routes.ts";
import { TargetState } from "./target_state.ts";

/** A running target. */
export interface Target extends AsyncDisposable {
  /** `http://host:port`, without a slash at its end. */
  readonly url: string;
  /** Requests received by path, `/counter` left out; paths beyond the first thousand count as `(other)`. */
  readonly counts: ReadonlyMap<string, number>;
  /** The last requests received, oldest first; empty unless they were to be kept. */
  readonly seen: readonly SeenRequest[];
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
}

/** Where a target listens, what it remembers, and who wants to know. */
export interface TargetOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly hostname: string;
  /** Told of each response how long it took from the request's arrival, in ms. */
  onAnswered?(ms: number): void;
  /** Told how long each message of a WebSocket was held before it was sent back, and how long streams were silent; in ms. */
  onHeld?(ms: number): void;
  /** Told how long after its request each stream's first token was sent, in ms. */
  onFirstToken?(ms: number): void;
  /** How many requests are kept, with their bodies; 0 if absent. */
  readonly keep?: number;
}

/** How long after listening failed it is tried again. */
const LISTEN_AGAIN_MS = 20;

/** Starts a target. Throws what listening throws. */
export function startTarget(
  { port, hostname, keep, onAnswered, onHeld, onFirstToken }: TargetOptions,
): Target {
  const state = new TargetState(keep);
  if (onHeld) state.onHeld = onHeld;
  if (onFirstToken) state.onFirstToken = onFirstToken;
  let isStopped = false;
  let stopping = new AbortController();
  const handler = onAnswered === undefined
    ? (request: Request) => answer(request, state)
    : async (request: Request) => {
      const startMs = performance.now();
      const response = await answer(request, state);
      onAnswered(performance.now() - startMs);
      return response;
    };
  const serve = (at: number): Deno.HttpServer<Deno.NetAddr> =>
    Deno.serve({
      port: at,
      hostname,
      signal: stopping.signal,
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    }, handler);
  const first = serve(port);
  const { addr } = first;
  /** Resolves when the target was closed. Without file descriptors the platform gives listening up: that passes. */
  const standing = (async () => {
    for (let server: typeof first | undefined = first; !isStopped;) {
      try {
        await server?.finished;
      } catch {
        // Closes connections that lie idle; those that wait for a response get it first.
        server?.shutdown().catch(() => {});
        stopping = new AbortController();
      }
      server = undefined;
      if (isStopped) return;
      await pause(LISTEN_AGAIN_MS);
      try {
        if (!isStopped) server = serve(addr.port);
      } catch {
        // Not yet.
      }
    }
  })();
  const close = async () => {
    isStopped = true;
    stopping.abort();
    state.stop();
    await standing;
  };
  return {
    url: `http://${addr.hostname.includes(":") ? `[${addr.hostname}]` : addr.hostname}:${addr.port}`,
    counts: state.counts,
    get seen() {
      return state.journal.requests;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
