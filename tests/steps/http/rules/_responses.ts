/** Made-up answers for tests of what looks at answers. */
import { Exchange } from "../../../../src/client/exchange/http_client.ts";
import { ResponseView } from "../../../../src/steps/http/rules/response_view.ts";

/** What an answer consists of; everything has a default. */
export interface ResponseParts {
  readonly status?: number;
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
  readonly latencyMs?: number;
  readonly declaredLength?: number;
}

/** Writes an answer into an exchange as a client would. */
export function respondInto(exchange: Exchange, parts: ResponseParts): void {
  const { status = 200, headers = [], body = "", latencyMs = 0, declaredLength = -1 } = parts;
  const encoder = new TextEncoder();
  exchange.status = status;
  exchange.head = encoder.encode([`HTTP/1.1 ${status} Any`, ...headers].join("\r\n"));
  exchange.body = typeof body === "string" ? encoder.encode(body) : body;
  exchange.declaredLength = declaredLength;
  exchange.endMs = exchange.startMs + latencyMs;
}

/** An answer as rules see it. */
export function responseOf(parts: ResponseParts): ResponseView {
  const exchange = new Exchange();
  respondInto(exchange, parts);
  const view = new ResponseView();
  view.show(exchange);
  return view;
}
