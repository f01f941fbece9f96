/**
 * A thread's end of the protocol: orders in, notices out. The only code behind a channel, whatever its kind.
 *
 * @module
 */
import { createLoadThread, type LoadThread } from "../../engine/load_thread.ts";
import { messageOf } from "../../lib/errors.ts";
import type { FeedPart } from "../../plan/feed.ts";
import type { Notice, Order } from "../protocol/messages.ts";

/** Makes the function that takes a thread's orders. */
export function createAgent(notify: (notice: Notice) => void): (order: Order) => void {
  let thread: LoadThread | null = null;
  /** Who waits for parts, in the order in which they have asked. */
  const asking: ((part: FeedPart) => void)[] = [];

  /** Runs a stage of the thread's life; a mistake in it must reach the coordinator. */
  async function attempt(stage: () => Promise<Notice>): Promise<void> {
    try {
      notify(await stage());
    } catch (error) {
      notify({ kind: "failed", message: messageOf(error) });
    }
  }

  return (order) => {
    switch (order.kind) {
      case "plan":
        void attempt(async () => {
          const [share] = order.shares;
          thread = createLoadThread(order.plan, share!, {
            onSnapshot: (snapshot) => notify({ kind: "snapshot", snapshot }),
            readPart: () =>
              new Promise((resolve) => {
                asking.push(resolve);
                notify({ kind: "more", share: share!.index });
              }),
            ...(order.rules && { rules: order.rules }),
          });
          const unreachable = await thread.prepare();
          return { kind: "ready", ...(unreachable !== undefined && { unreachable }) };
        });
        break;
      case "start":
        void attempt(async () => {
          await thread?.run(order.atEpochMs - performance.timeOrigin);
          return { kind: "done" };
        });
        break;
      case "part":
        asking.shift()?.(order.part);
        break;
      case "change":
        thread?.change(order.change);
        break;
      case "stop":
        thread?.stop();
        break;
    }
  };
}
