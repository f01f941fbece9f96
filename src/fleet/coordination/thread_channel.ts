/**
 * A thread in a thread of its own.
 *
 * @module
 */
import { readWallClock } from "../../lib/clock.ts";
import { closeLeftOver, createNotes } from "../../client/net/native/descriptors.ts";
import type { Channel, Notice } from "../protocol/messages.ts";

/** Starts a thread with an agent in it. */
export function openThreadChannel(): Channel {
  const worker = new Worker(new URL("../thread_entry.ts", import.meta.url), { type: "module" });
  const notes = createNotes();
  worker.postMessage(notes);
  let listener: (notice: Notice) => void = () => {};
  worker.onmessage = (event: MessageEvent<Notice>) => listener(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    listener({ kind: "failed", message: event.message });
  };
  return {
    send: (order) => {
      const isStart = order.kind === "start";
      worker.postMessage(isStart ? { ...order, atEpochMs: order.atEpochMs + clockStepMs() } : order);
    },
    onNotice: (given) => listener = given,
    close: () => {
      worker.terminate();
      closeLeftOver(notes);
    },
  };
}

/** Smaller differences are the coarseness of the system's clock. */
const MIN_STEP_MS = 20;

/**
 * How far the system's clock was set, or this machine asleep, since this thread took the time when it began. A thread that
 * begins now takes another time, and would start by so much too early or too late.
 */
function clockStepMs(): number {
  const stepMs = Date.now() - readWallClock();
  return Math.abs(stepMs) < MIN_STEP_MS ? 0 : stepMs;
}
