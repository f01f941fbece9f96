/**
 * Reads on where a response has begun just as the last one did: many servers send a head and a short body one after the
 * other. Once it is whole it can be known again by its bytes, and need not be parsed.
 *
 * @module
 */
import type { Exchange } from "../exchange/http_client.ts";
import type { Socket } from "../net/socket.ts";
import type { ResponseParser } from "./response_parser.ts";

/** Where a response is read to. */
export interface Reader {
  readonly socket: Socket;
  readonly buffer: Uint8Array;
  readonly parser: ResponseParser;
}

/** Reads behind the `got` bytes of a response that are in the buffer; resolves to how many are there then. */
export async function readRest(
  { socket, buffer, parser }: Reader,
  out: Exchange,
  got: number,
): Promise<number> {
  out.bytesReceived = got;
  try {
    const more = await socket.read(buffer.subarray(got));
    // Whoever takes the response in counts all of it.
    out.bytesReceived = 0;
    return got + (more ?? 0);
  } catch (error) {
    // How far it came is told by the parser.
    parser.begin(false, null);
    parser.push(buffer, 0, got);
    throw error;
  }
}
