/**
 * WebSocket steps of scenarios in one thread.
 *
 * @module
 */
import type { PreparedRequest } from "../../client/exchange/http_client.ts";
import type { WebSocketStep } from "../../plan/websocket_step.ts";
import type { StepRunner, StepThread, StepUser, ThreadContext } from "../step_kind.ts";

/** A thread's WebSocket steps. */
export class WebSocketThread implements StepThread<WebSocketStep> {
  static open(_context: ThreadContext): Promise<WebSocketThread> {
    return Promise.resolve(new WebSocketThread());
  }

  add(_step: WebSocketStep, _index: number): void {}

  newRunner(_user: StepUser): StepRunner {
    throw new TypeError("not yet");
  }

  firstRequest(): PreparedRequest | null {
    return null;
  }
}
