/**
 * A slot in a thread of its own.
 *
 * @module
 */
import type { Channel, Notice } from "./protocol.ts";

/** Starts a thread with an agent in it. */
export function openThreadChannel(): Channel {
  const worker = new Worker(new URL("./thread_entry.ts", import.meta.url), { type: "module" });
  let listener: (notice: Notice) => void = () => {};
  worker.onmessage = (event: MessageEvent<Notice>) => listener(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    listener({ kind: "failed", message: event.message });
  };
  return {
    send: (order) => worker.postMessage(order),
    onNotice: (given) => listener = given,
    close: () => worker.terminate(),
  };
}
