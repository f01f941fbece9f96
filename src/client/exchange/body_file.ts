/**
 * Bodies that stay in their files until they are sent: read piece by piece, as many bytes as were announced.
 *
 * @module
 */
import { messageOf } from "../../lib/errors.ts";
import { FAILURE } from "../../metrics/failure.ts";
import type { BodyFile } from "./http_client.ts";
import { trackPlatformWork } from "../../lib/platform_work.ts";
import { failureOf } from "./failure_of.ts";

const PIECE_BYTES = 65_536;

/** A body's file could not be read as planned. */
export class BodyFileError extends Error {
  override readonly name = "BodyFileError";

  /** What it makes a request fail of: a number of a kind in `FAILURE_KINDS`. */
  get failure(): number {
    const kind = failureOf(this.cause);
    return kind === FAILURE.too_many_open_files ? kind : FAILURE.request_body;
  }
}

/**
 * The body in pieces of up to 64 KiB. Each is valid until the next is asked for. A file that has grown is sent up to the
 * size that was announced.
 *
 * @throws {BodyFileError} when the file cannot be read, or has become shorter.
 */
export async function* piecesOf({ path, bytes }: BodyFile): AsyncGenerator<Uint8Array, void, void> {
  using file = await runBodyFileWork(() => Deno.open(path));
  const piece = new Uint8Array(PIECE_BYTES);
  for (let left = bytes; left > 0;) {
    const got = await runBodyFileWork(() => file.read(piece.subarray(0, Math.min(left, PIECE_BYTES))));
    if (got === null) throw new BodyFileError(`The file has become ${left} bytes shorter than ${bytes}`);
    left -= got;
    yield piece.subarray(0, got);
  }
}

async function runBodyFileWork<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await trackPlatformWork(work());
  } catch (error) {
    throw new BodyFileError(messageOf(error), { cause: error });
  }
}
