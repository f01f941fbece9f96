/**
 * A thread in the coordinator's own thread.
 *
 * @module
 */
import { createAgent } from "./agent.ts";
import type { Channel, Notice } from "../protocol/messages.ts";

/** Starts an agent in this thread. */
export function openMemoryChannel(): Channel {
  let listener: (notice: Notice) => void = () => {};
  const agent = createAgent((notice) => listener(notice));
  return {
    send: agent,
    onNotice: (given) => listener = given,
    close: () => agent({ kind: "stop" }),
  };
}
