/**
 * The built-in target: a server of known behaviour to try things on.
 *
 * @module
 */
import { Counters } from "./behaviour.ts";
import { answer, type TargetState } from "./routes.ts";

/** A running target. */
export interface Target extends AsyncDisposable {
  /** `http://host:port`, without a slash at its end. */
  readonly url: string;
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
}

/** Starts a target; port 0 takes a free one. Throws what listening throws. */
export function startTarget(options: { readonly port: number; readonly hostname: string }): Target {
  const state: TargetState = { counters: new Counters(), semaphores: new Map(), stalls: new Map() };
  const stopping = new AbortController();
  const server = Deno.serve(
    {
      ...options,
      signal: stopping.signal,
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    },
    (request) => answer(request, state),
  );
  const { hostname, port } = server.addr;
  const close = async () => {
    stopping.abort();
    await server.finished;
  };
  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}
