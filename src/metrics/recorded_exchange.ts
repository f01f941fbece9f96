/**
 * What of an exchange is counted.
 *
 * @module
 */

/** What the recorder reads of an exchange; times in ms of one clock, unmeasured phases −1. */
export interface RecordedExchange {
  readonly dueMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: number;
  readonly failure: number;
  readonly failureDetail: string;
  readonly bodyBytes: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly connects: number;
  readonly failedConnects: number;
  readonly fullHandshakes: number;
  readonly resumedHandshakes: number;
  readonly reconnected: boolean;
  readonly reuses: number;
  readonly redirects: number;
  readonly streamLimit: number;
  readonly continueMs: number;
  readonly wasRefused: boolean;
  readonly protocol: number;
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly ttfbMs: number;
  readonly transferMs: number;
  readonly address: string;
  readonly bytesAtEnd: number;
}
