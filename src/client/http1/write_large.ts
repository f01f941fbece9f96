/**
 * Writes requests that do not go out in one piece: those with large bodies, with bodies from files, and those that ask
 * before they send a body.
 *
 * @module
 */
import { piecesOf } from "../exchange/body_file.ts";
import type { BodyFile, Exchange } from "../exchange/http_client.ts";
import { type Socket, writeAll } from "../net/socket.ts";
import type { ContinueGate } from "./continue_gate.ts";
import type { EncodedRequest } from "./encode_request.ts";

/** A request and where it goes. */
export interface LargeRequest {
  readonly socket: Socket;
  readonly encoded: EncodedRequest;
  readonly file: BodyFile | undefined;
  /** Holds the body back; `null`: it is sent at once. */
  readonly gate: ContinueGate | null;
}

/**
 * Resolves to whether all of it went out; the server may not want the body.
 *
 * @throws {BodyFileError} when the body's file cannot be read, or has become shorter.
 */
export async function writeLarge(
  { socket, encoded: { bytes, headBytes, body }, file, gate }: LargeRequest,
  out: Exchange,
): Promise<boolean> {
  const first = gate === null ? bytes.length : headBytes;
  await writeAll(socket, bytes.subarray(0, first));
  out.bytesSent += first;
  if (gate !== null && !(await gate.wait())) return false;
  await writeAll(socket, bytes, first);
  out.bytesSent += bytes.length - first;
  if (body !== null) {
    await writeAll(socket, body);
    out.bytesSent += body.length;
  }
  if (file === undefined) return true;
  for await (const piece of piecesOf(file)) {
    await writeAll(socket, piece);
    out.bytesSent += piece.length;
  }
  return true;
}

/** Whether a write has already succeeded; does not wait for one that has not. */
export function settleWriting(writing: Promise<boolean>): Promise<boolean> {
  return Promise.race([writing, Promise.resolve().then(() => Promise.resolve()).then(() => false)]);
}
