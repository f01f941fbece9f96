/**
 * What `-v` shows while the test runs, on standard error.
 *
 * @module
 */
import { escapeTerminal } from "../lib/escape.ts";
import { failureText } from "../metrics/failure.ts";
import { sumOfSteps } from "../metrics/snapshot.ts";
import type { RunObserver } from "../metrics/tick.ts";
import { shownStatuses } from "../metrics/shown_statuses.ts";

/** Shows what a module logs (1), the first of each failure (2), statuses a second (3) and sampled heads (4). */
export function verboseObserver(verbosity: number, print: (text: string) => void): RunObserver {
  const shown = new Set<string>();
  return ({ window }) => {
    const lines: string[] = [];
    // Every thread tells its own first ones.
    for (const { topic, text } of window.details) {
      if (topic === "log") lines.push(text);
      else if (verbosity < 2) continue;
      else if (topic === "head") {
        lines.push(...text.split("\n").map((line) => line === "" ? "" : `  ${line}`));
      } else if (!shown.has(topic)) lines.push(`${failureText(topic)}: ${text}`);
      shown.add(topic);
    }
    if (verbosity >= 3) {
      const statuses = shownStatuses(sumOfSteps(window)).map(({ name, count }) => `${name}: ${count}`);
      lines.push(`${(window.toMs / 1000).toFixed(1)}s  ${statuses.join("  ") || "no responses"}`);
    }
    if (lines.length === 0) return;
    print(lines.map((line) => `${escapeTerminal(line)}\n`).join(""));
  };
}
