/**
 * A slot's end of the protocol: orders in, notices out. The only code behind a channel, whatever its kind.
 *
 * @module
 */
import { createSlot, type Slot } from "../../engine/slot.ts";
import { messageOf } from "../../lib/errors.ts";
import type { Notice, Order } from "../protocol/messages.ts";

/** Makes the function that takes a slot's orders. */
export function createAgent(notify: (notice: Notice) => void): (order: Order) => void {
  let slot: Slot | null = null;

  /** Runs a stage of the slot's life; a mistake in it must reach the coordinator. */
  async function attempt(stage: () => Promise<void>, then: Notice): Promise<void> {
    try {
      await stage();
      notify(then);
    } catch (error) {
      notify({ kind: "failed", message: messageOf(error) });
    }
  }

  return (order) => {
    switch (order.kind) {
      case "plan":
        void attempt(async () => {
          slot = createSlot(
            order.plan,
            order.shares[0]!,
            (snapshot) => notify({ kind: "snapshot", snapshot }),
          );
          await slot.prepare();
        }, { kind: "ready" });
        break;
      case "start":
        void attempt(async () => await slot?.run(order.atEpochMs - performance.timeOrigin), { kind: "done" });
        break;
      case "stop":
        slot?.stop();
        break;
    }
  };
}
