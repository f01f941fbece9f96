/**
 * The module of a load thread: an agent, and where the thread notes what it has open.
 *
 * @module
 */
import { type DescriptorNotes, noteIn } from "../client/net/native/descriptors.ts";
import { takeOverThread } from "../client/net/native/own_thread.ts";
import { createAgent } from "./coordination/agent.ts";
import type { Order } from "./protocol/messages.ts";

interface ThreadScope {
  onmessage: ((event: MessageEvent<Order | DescriptorNotes>) => void) | null;
  postMessage(message: unknown): void;
}

takeOverThread();

const scope = globalThis as unknown as ThreadScope;
const agent = createAgent((notice) => scope.postMessage(notice));
scope.onmessage = ({ data }) => {
  if (data instanceof SharedArrayBuffer) noteIn(data);
  else agent(data);
};
