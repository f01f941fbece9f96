/**
 * A thread's end of the protocol: orders in, notices out. The only code behind a channel, whatever its kind.
 *
 * @module
 */
import { createLoadThread, type LoadThread } from "../../engine/load_thread.ts";
import { messageOf } from "../../lib/errors.ts";
import type { Notice, Order } from "../protocol/messages.ts";

/** Makes the function that takes a thread's orders. */
export function createAgent(notify: (notice: Notice) => void): (order: Order) => void {
  let thread: LoadThread | null = null;

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
          thread = createLoadThread(order.plan, order.shares[0]!, {
            onSnapshot: (snapshot) => notify({ kind: "snapshot", snapshot }),
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
      case "stop":
        thread?.stop();
        break;
    }
  };
}
