/**
 * Receivers of exports that misbehave, each in its own way.
 *
 * @module
 */
import { type RawHandler, type RawServer, response, startRawServer } from "./raw_server.ts";

/** What each does with a request. */
const HANDLERS = {
  hangs: () => {},
  "answers 500": (connection) => connection.send(response("", { status: "500 Internal Server Error" })),
  "answers 429": (connection) =>
    connection.send(response("", { status: "429 Too Many Requests", headers: ["Retry-After: 60"] })),
  "closes mid-answer": (connection) => connection.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
} as const satisfies Readonly<Record<string, RawHandler>>;

/** How a receiver misbehaves. */
export type Misbehaviour = keyof typeof HANDLERS;

/** Every one of them. */
export const MISBEHAVIOURS = Object.keys(HANDLERS) as readonly Misbehaviour[];

/** Starts a receiver that misbehaves. */
export function startBadReceiver(how: Misbehaviour): Promise<RawServer> {
  return startRawServer(HANDLERS[how]);
}
