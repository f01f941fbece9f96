/**
 * One request of the user's code, for those who show it.
 *
 * @module
 */
import type { Exchange, PreparedRequest } from "../../client/exchange/http_client.ts";
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
}
