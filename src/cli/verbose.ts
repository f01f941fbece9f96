/**
 * What `-v` shows while the test runs, on standard error.
 *
 * @module
 */
import { escapeTerminal } from "../lib/escape.ts";
import { failureText } from "../metrics/failure.ts";
import { sumOfSteps } from "../metrics/snapshot.ts";
import type { RunObserver } from "../metrics/tick.ts";
import { printError } from "./terminal.ts";

/** Shows the first of each failure (2), statuses a second (3) and sampled heads (4); `before` clears the line. */
export function verboseObserver(verbosity: number, before: () => void): RunObserver {
  const shown = new Set<string>();
  return ({ window }) => {
    const lines = window.details.filter(({ topic }) => topic === "head" || !shown.has(topic)).map(
      (detail) => {
        shown.add(detail.topic);
        return detail.topic === "head" ? detail.text : `${failureText(detail.topic)}: ${detail.text}`;
      },
    );
    if (verbosity >= 3) {
      const statuses = Object.entries(sumOfSteps(window).statuses).map(([code, count]) =>
        `${code}: ${count}`
      );
      lines.push(`${(window.toMs / 1000).toFixed(1)}s  ${statuses.join("  ") || "no answers"}`);
    }
    if (lines.length === 0) return;
    before();
    printError(lines.map((line) => `${line.split("\n").map(escapeTerminal).join("\n")}\n`).join(""));
  };
}
