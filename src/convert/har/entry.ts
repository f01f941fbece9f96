/**
 * One recorded exchange, read with tolerance: odd values count as missing, and an entry that no request can be made
 * of says why.
 *
 * @module
 */
import { isRecord } from "../../lib/is_record.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import { numberOf, textOf, valueText } from "../json_values.ts";
import { readMessages, type RecordedMessage } from "./web_socket.ts";
import { hasControl, isHostName, isToken } from "../header_rules.ts";

/** What of a recorded exchange matters to a replay. */
export interface HarEntry {
  readonly method: string;
  /** The URL as recorded. */
  readonly rawUrl: string;
  /** The same, parsed: `http:` or `https:`, also of a WebSocket. */
  readonly url: URL;
  /** As recorded. */
  readonly headers: readonly HeaderLine[];
  /** Header fields that were recorded without a readable name and value. */
  readonly unreadableHeaders: number;
  /** The recording lists query parameters and the URL has none. */
  readonly lacksQuery: boolean;
  /** `request.postData` as it stands in the recording. */
  readonly postData: unknown;
  /** The response's status; absent when none was recorded, 0 or less when the request was aborted. */
  readonly status?: number;
  /** When the request started, in ms since 1970; NaN when not recorded. */
  readonly startMs: number;
  /** How long the exchange took, in ms, by its total or else its phases; 0 when neither was recorded. */
  readonly durationMs: number;
  /** What a browser says the request was for (`_resourceType`): `preflight`, `websocket`, `document` … */
  readonly resource: string;
  /** What was said on a WebSocket; absent: it is none, or only its handshake was recorded. */
  readonly messages?: readonly RecordedMessage[];
}

/** Why no request can be made of an entry. */
export type Unusable = "malformed" | "scheme" | "control";

/** Reads an entry of `log.entries`. */
export function readEntry(raw: unknown): HarEntry | Unusable {
  const request = isRecord(raw) ? raw["request"] : undefined;
  if (!isRecord(raw) || !isRecord(request)) return "malformed";
  const rawUrl = (textOf(request["url"]) ?? "").replace(/^ +|(?<! ) +$/g, "");
  const method = (textOf(request["method"]) || "GET").toUpperCase();
  if (rawUrl === "") return "malformed";
  if (hasControl(rawUrl) || hasControl(method)) return "control";
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(rawUrl)?.[0].toLowerCase();
  if (scheme === undefined || !isToken(method)) return "malformed";
  if (!/^(?:https?|wss?):$/.test(scheme)) return "scheme";
  // Handshakes are HTTP.
  const httpUrl = rawUrl.replace(/^ws/i, "http");
  const url = URL.parse(httpUrl);
  if (url === null || !/^https?:\/\/[^/\?#]/i.test(httpUrl) || !isHostName(url.hostname)) return "malformed";
  const messages = readMessages(raw["_webSocketMessages"]);

  const response = isRecord(raw["response"]) ? raw["response"] : {};
  const status = numberOf(response["status"]);
  return {
    method,
    rawUrl,
    url,
    ...readHeaders(request["headers"]),
    lacksQuery: !rawUrl.includes("?") && Array.isArray(request["queryString"]) &&
      request["queryString"].length > 0,
    postData: request["postData"],
    ...(status === undefined ? {} : { status }),
    startMs: parseTimestamp(textOf(raw["startedDateTime"]) ?? ""),
    durationMs: durationOf(raw),
    resource: (textOf(raw["_resourceType"]) ?? (/^ws/.test(scheme) ? "websocket" : "")).toLowerCase(),
    ...(messages && { messages }),
  };
}

/** Phases of an exchange (HAR 1.2, "timings"); `ssl` is a part of `connect`. */
const PHASES = ["blocked", "dns", "connect", "send", "wait", "receive"];

function durationOf(entry: Readonly<Record<string, unknown>>): number {
  const total = numberOf(entry["time"]) ?? -1;
  if (total >= 0) return total;
  const timings = isRecord(entry["timings"]) ? entry["timings"] : {};
  return PHASES.reduce((sum, phase) => sum + Math.max(0, numberOf(timings[phase]) ?? 0), 0);
}

function readHeaders(list: unknown): Pick<HarEntry, "headers" | "unreadableHeaders"> {
  if (!Array.isArray(list)) {
    return { headers: [], unreadableHeaders: isRecord(list) ? Object.keys(list).length : 0 };
  }
  const headers = list.flatMap((header): HeaderLine[] => {
    const name = isRecord(header) ? valueText(header["name"]) : undefined;
    const value = isRecord(header) ? valueText(header["value"]) : undefined;
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  return { headers, unreadableHeaders: list.length - headers.length };
}

/**
 * The moment that an ISO 8601 text names, in ms since 1970; NaN when it names none. Without a zone it means UTC.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseTimestamp("2024-05-01T12:00:00.250+02:00"), Date.UTC(2024, 4, 1, 10, 0, 0, 250));
 * assertEquals(parseTimestamp("2024-05-01T12:00"), Date.UTC(2024, 4, 1, 12));
 * assertEquals(parseTimestamp("yesterday"), NaN);
 * ```
 */
export function parseTimestamp(text: string): number {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d+))?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i
    .exec(text.trim());
  if (parts === null) return NaN;
  const [, date = "", time = "00:00", seconds = ":00", fraction = "0", zone = "Z"] = parts;
  const offset = /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2).padStart(2, "0")}` : "Z";
  const minutes = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : offset;
  return Date.parse(`${date}T${time}${seconds}${minutes}`) + Number(`0.${fraction}`) * 1000;
}

/** The value of a recorded header, or `undefined`; `name` in lower case. */
export function headerOf(
  entry: { readonly headers: readonly HeaderLine[] },
  name: string,
): string | undefined {
  return entry.headers.findLast((header) => header[0].toLowerCase() === name)?.[1];
}
