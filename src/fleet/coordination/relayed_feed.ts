/**
 * What a node's threads are given while the load runs: it comes from the master, as they ask for it. A worker opens no file
 * that a master names.
 *
 * @module
 */
import type { Feed, FeedPart } from "../../plan/feed.ts";

/** Passes questions on, and hands the parts to who has asked first. */
export class RelayedFeed implements Feed {
  readonly #ask: (share: number) => void;
  readonly #asking = new Map<number, ((part: FeedPart) => void)[]>();

  /** `ask` tells the master that a share wants its next part. */
  constructor(ask: (share: number) => void) {
    this.#ask = ask;
  }

  readPart(share: number): Promise<FeedPart> {
    return new Promise((resolve) => {
      const asking = this.#asking.get(share);
      if (asking) asking.push(resolve);
      else this.#asking.set(share, [resolve]);
      this.#ask(share);
    });
  }

  /** A part has come; one that nobody asked for is dropped. */
  take(share: number, part: FeedPart): void {
    this.#asking.get(share)?.shift()?.(part);
  }

  leave(): void {}

  close(): void {}
}
