/**
 * Sends bodies that do not follow their head at once: those in files, as fast as the server takes them and never more
 * than a piece ahead, those that wait until the server asks for them, and those whose pieces somebody makes.
 *
 * @module
 */
import { piecesOf } from "../exchange/body_file.ts";
import type { BodyPiece } from "../exchange/http_client.ts";
import type { Connection } from "./connection.ts";
import type { Stream } from "./stream.ts";

const NOTHING = new Uint8Array(0);

/**
 * Sends the body of a stream's present exchange; resolves when all is sent, is not wanted, or the exchange is over.
 *
 * @throws {BodyFileError} when its file cannot be read, or has become shorter.
 */
export async function sendBody(stream: Stream, connection: Connection): Promise<void> {
  const { number, gate, out: { feed }, request: { bodyFile, isFed } } = stream;
  const isOver = () => stream.number !== number || stream.isOver;
  const send = async ({ bytes, isLast }: BodyPiece) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.onPieceSent = resolve;
    connection.sendPiece(stream, bytes, isLast);
    await promise;
  };
  if (gate !== null && !(await gate.wait()) || isOver()) return;
  if (isFed) {
    for (let isLast = false; !isLast;) {
      const piece = await feed!.takePiece();
      if (isOver()) return;
      await send(piece);
      ({ isLast } = piece);
    }
    return;
  }
  if (bodyFile === undefined) return connection.sendPiece(stream, stream.encoded.body, true);
  let left = bodyFile.bytes;
  if (left === 0) return connection.sendPiece(stream, NOTHING, true);
  for await (const bytes of piecesOf(bodyFile)) {
    if (isOver()) return;
    left -= bytes.length;
    await send({ bytes, isLast: left === 0 });
  }
}
