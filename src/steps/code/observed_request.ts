/**
 * One request of the user's code, for those who show it.
 *
 * @module
 */
import type { Exchange, PreparedRequest } from "../../client/exchange/http_client.ts";
import type { GrpcSpec } from "../../plan/grpc/grpc_spec.ts";
import { maskSecrets } from "../../lib/mask_text.ts";
import type { ShownMessage } from "../checked_step.ts";
import { secretsSentBy } from "../http/known_secrets.ts";
import { shownMessage, type Told } from "../websocket/report_talk.ts";
import type { PendingRequest } from "./pending_requests.ts";

/** A request and what came of it. */
export interface ObservedRequest {
  readonly name: string;
  readonly request: PreparedRequest;
  /** Valid until the function is called again that is told of requests. */
  readonly exchange: Exchange;
  /** Statuses that are no failure; absent: all below 400. */
  readonly expect?: readonly number[];
  /** What is still to be judged: its `checks` grow as checks are made. */
  readonly pending: PendingRequest;
  /** What was said on it; absent: it is neither a WebSocket nor a stream of messages. */
  readonly told?: readonly Told[];
  /** The call; absent: it is none. */
  readonly grpc?: GrpcSpec;
}

/** What was said on a WebSocket, as it may be shown. */
export function shownMessages({ told = [], request }: ObservedRequest): readonly ShownMessage[] {
  const secrets = secretsSentBy(request);
  return told.map((one) => shownMessage(one, (text) => maskSecrets(text, secrets)));
}
