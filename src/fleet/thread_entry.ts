/**
 * The module of a load thread: an agent, nothing else.
 *
 * @module
 */
import { createAgent } from "./coordination/agent.ts";
import type { Order } from "./protocol/messages.ts";

interface ThreadScope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as ThreadScope;
const agent = createAgent((notice) => scope.postMessage(notice));
scope.onmessage = (event) => agent(event.data);
