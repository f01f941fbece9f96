/**
 * Messages that do not follow each other at once: each waits for a time, or for a reply to the one before.
 *
 * @module
 */
import type { BodyFeed, BodyPiece } from "../../../client/exchange/http_client.ts";
import { PREFIX_BYTES } from "../../../client/grpc/message_frames.ts";
import { pause } from "../../../lib/clock.ts";
import type { GrpcSpec } from "../../../plan/grpc/grpc_spec.ts";

type Pace = Pick<GrpcSpec, "intervalMs" | "awaitsReply">;

/** Whether the messages of a call do not all go at once. */
export function isPaced({ intervalMs, awaitsReply }: Pace): boolean {
  return intervalMs !== undefined || awaitsReply === true;
}

/** The messages of one user's calls, one call after the other. */
export class PacedFeed implements BodyFeed {
  readonly isRepeatable = true;
  readonly #pace: Pace;
  #body: Uint8Array = new Uint8Array(0);
  #at = 0;
  #sent = 0;
  #replies = 0;
  #wake: (() => void) | null = null;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  begin(body: Uint8Array): void {
    this.#body = body;
    this.#at = this.#sent = this.#replies = 0;
    this.#wake = null;
  }

  /** A reply has come. */
  noteReply(): void {
    this.#replies++;
    this.#wake?.();
  }

  async takePiece(): Promise<BodyPiece> {
    const body = this.#body;
    if (this.#sent > 0) {
      const { intervalMs = 0, awaitsReply } = this.#pace;
      if (awaitsReply && this.#replies < this.#sent) {
        await new Promise<void>((resolve) => {
          this.#wake = () => {
            if (this.#replies >= this.#sent) resolve();
          };
        });
      }
      if (intervalMs > 0) await pause(intervalMs);
    }
    const from = this.#at;
    const length = body.length === 0 ? 0 : new DataView(body.buffer, body.byteOffset).getUint32(from + 1);
    const to = body.length === 0 ? 0 : from + PREFIX_BYTES + length;
    this.#at = to;
    this.#sent++;
    return { bytes: body.subarray(from, to), isLast: to >= body.length };
  }
}
