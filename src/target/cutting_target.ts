/**
 * A server whose responses are now and then cut off: it declares more bytes than it sends, then closes the connection
 * (RFC 9112, 8: an incomplete message). What HTTP servers do not do on purpose needs a socket.
 *
 * @module
 */
import { pause } from "../lib/clock.ts";
import { closeQuietly } from "../lib/net/close_quietly.ts";
import { MAX_CUT_REQUEST_BYTES } from "../lib/size_limits.ts";
import type { Target } from "./serve.ts";

const WHOLE = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + "x".repeat(20));
const CUT = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + "x".repeat(20));
/** The end of a request without a body. */
const END = "\r\n\r\n";
/** How long after a connection could not be accepted it is tried again. */
const ACCEPT_AGAIN_MS = 20;

/** A running server of this kind. */
export interface CuttingTarget extends Target {
  /** Answers cut off so far. */
  readonly cut: number;
}

/** Starts it; every `every`th answer of all is cut off. Requests must be without a body. */
export function startCuttingTarget(every: number): CuttingTarget {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.Conn>();
  const counts = new Map<string, number>();
  let requests = 0;

  async function serve(connection: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(4096);
    const decoder = new TextDecoder("latin1");
    let pending = "";
    for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
      pending += decoder.decode(buffer.subarray(0, read));
      if (pending.length > MAX_CUT_REQUEST_BYTES) return;
      for (let end = pending.indexOf(END); end >= 0; end = pending.indexOf(END)) {
        pending = pending.slice(end + END.length);
        counts.set("/", ++requests);
        const isCut = requests % every === 0;
        await connection.write(isCut ? CUT : WHOLE);
        if (isCut) return;
      }
    }
  }

  async function accept(): Promise<void> {
    for (;;) {
      let connection: Deno.TcpConn;
      try {
        connection = await listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
        // Out of descriptors, perhaps: that passes.
        await pause(ACCEPT_AGAIN_MS);
        continue;
      }
      connections.add(connection);
      serve(connection).catch(() => {}) // The client went away; that is its right.
        .finally(() => {
          connections.delete(connection);
          closeQuietly(connection);
        });
    }
  }

  const accepting = accept();
  const close = async () => {
    listener.close();
    for (const connection of connections) closeQuietly(connection);
    await accepting;
  };
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    counts,
    seen: [],
    get cut() {
      return Math.floor(requests / every);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
