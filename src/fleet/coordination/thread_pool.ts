/**
 * Load threads for one run after another: starting one takes longer than some runs.
 *
 * @module
 */
import type { Channel, Notice } from "../protocol/messages.ts";
import { openThreadChannel } from "./thread_channel.ts";

/** Threads that outlive their runs. */
export class ThreadPool implements Disposable {
  readonly #idle: Channel[] = [];

  /** A thread that nobody uses; closing it gives it back, unless it has failed. */
  open(): Channel {
    const channel = this.#idle.pop() ?? openThreadChannel();
    let hasFailed = false;
    let isOpen = true;
    return {
      ...channel,
      onNotice: (listener) =>
        channel.onNotice((notice: Notice) => {
          if (notice.kind === "failed") hasFailed = true;
          if (isOpen) listener(notice);
        }),
      giveUp: () => hasFailed = true,
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        if (hasFailed) channel.close();
        else this.#idle.push(channel);
      },
    };
  }

  /** Ends all threads that are not in use. */
  [Symbol.dispose](): void {
    for (const channel of this.#idle.splice(0)) channel.close();
  }
}
