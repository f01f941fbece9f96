/**
 * Requests of a log as lines of a part: `METHOD target status host`, so that a thread keeps text and no objects.
 *
 * @module
 */
import type { LoggedLine } from "./log_line.ts";

/** What of a recorded request a thread needs. */
export type ReplayedRequest = Omit<LoggedLine, "timeMs">;

/** Of a target no line break nor space is left: neither could be sent. */
export function lineOf({ method, target, status, host }: ReplayedRequest): string {
  const sent = /\s/.test(target) ? target.replace(/\s/g, encodeURIComponent) : target;
  return `${method} ${sent} ${status} ${/\s/.test(host) ? "" : host}\n`;
}

/** Reads what {@linkcode lineOf} has written, without its end. */
export function readLine(line: string): ReplayedRequest {
  const [method = "", target = "", status = "", host = ""] = line.split(" ");
  return { method, target, status: Number(status), host };
}
