/**
 * What is said about exports after a run.
 *
 * @module
 */
import type { ExportTally } from "./streamer.ts";

/** Whether something that should have been exported was not. */
export function isIncomplete({ failed, dropped, undelivered }: ExportTally): boolean {
  return failed + dropped + undelivered > 0;
}

/**
 * A tally in one sentence.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const tally = { receiver: "InfluxDB", sent: 3, failed: 1, dropped: 0, undelivered: 0, lastReason: "HTTP 401" };
 * assertEquals(describeTally(tally), "Export to InfluxDB: 3 sent, 1 failed (HTTP 401)");
 * ```
 */
export function describeTally(
  { receiver, sent, failed, dropped, undelivered, lastReason }: ExportTally,
): string {
  const losses = [[failed, "failed"], [dropped, "dropped"], [undelivered, "never delivered"]] as const;
  const parts = losses.filter(([count]) => count > 0).map(([count, word]) => `, ${count} ${word}`);
  const reason = parts.length > 0 && lastReason !== undefined ? ` (${lastReason})` : "";
  return `Export to ${receiver}: ${sent} sent${parts.join("")}${reason}`;
}
