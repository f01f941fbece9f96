/**
 * What someone did to a run while it went on: changes of its load, and marked moments.
 *
 * @module
 */
import { formatCount, formatRate } from "../lib/number_format.ts";

/** What can be done. */
export type ChangeKind = "rate" | "users" | "pause" | "resume" | "stop" | "mark";

/** Something that was done. */
export interface RunChange {
  /** From when it holds, in ms since the run's start. */
  readonly atMs: number;
  /** What was done. */
  readonly kind: ChangeKind;
  /** Of several scenarios, the one to which it was done; absent: to the whole run. */
  readonly scenario?: string;
  /** The new rate (1/s), or the new number of users. */
  readonly value?: number;
  /** What was said about it. */
  readonly note?: string;
}

/**
 * What was done, in words.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(changeText({ atMs: 0, kind: "rate", value: 300 }), "rate 300/s");
 * assertEquals(changeText({ atMs: 0, kind: "users", scenario: "buy", value: 1 }), "buy: 1 user");
 * assertEquals(changeText({ atMs: 0, kind: "mark", note: "deploy" }), "deploy");
 * ```
 */
export function changeText({ kind, scenario, value, note }: RunChange): string {
  const done = kind === "rate"
    ? `rate ${numberText(value)}/s`
    : kind === "users"
    ? `${numberText(value)} ${value === 1 ? "user" : "users"}`
    : { pause: "paused", resume: "resumed", stop: "stopped", mark: "mark" }[kind];
  const what = scenario === undefined ? done : `${scenario}: ${done}`;
  if (note === undefined || note === "") return what;
  return kind === "mark" ? note : `${what}: ${note}`;
}

function numberText(value = 0): string {
  return Number.isInteger(value) ? formatCount(value) : formatRate(value);
}

/** Whether the load itself was changed, and not only a moment marked. */
export function changesLoad({ kind }: RunChange): boolean {
  return kind !== "mark" && kind !== "stop";
}
