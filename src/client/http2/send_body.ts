/**
 * Sends bodies that do not follow their head at once: those in files, as fast as the server takes them and never more
 * than a piece ahead, and those that wait until the server asks for them.
 *
 * @module
 */
import { piecesOf } from "../exchange/body_file.ts";
import type { Connection } from "./connection.ts";
import type { Stream } from "./stream.ts";

const NOTHING = new Uint8Array(0);

/**
 * Sends the body of a stream's present exchange; resolves when all is sent, is not wanted, or the exchange is over.
 *
 * @throws {BodyFileError} when its file cannot be read, or has become shorter.
 */
export async function sendBody(stream: Stream, connection: Connection): Promise<void> {
  const { number, gate, request: { bodyFile } } = stream;
  const isOver = () => stream.number !== number || stream.isOver;
  if (gate !== null && !(await gate.wait()) || isOver()) return;
  if (bodyFile === undefined) return connection.sendPiece(stream, stream.encoded.body, true);
  let left = bodyFile.bytes;
  if (left === 0) return connection.sendPiece(stream, NOTHING, true);
  for await (const piece of piecesOf(bodyFile)) {
    if (isOver()) return;
    left -= piece.length;
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.onPieceSent = resolve;
    connection.sendPiece(stream, piece, left === 0);
    await promise;
  }
}
