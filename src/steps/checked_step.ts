/**
 * What one step of a dry run did, as it may be shown.
 *
 * @module
 */

/** A body as it may be shown. */
export interface ShownBody {
  readonly bytes: number;
  /** Its start; absent when it is not text, or empty. */
  readonly text?: string;
}

/** A message on a connection, or what else was done on it, `ms` after the start of its step. */
export type ShownMessage =
  | { readonly way: "sent" | "received"; readonly ms: number; readonly body: ShownBody }
  | { readonly way: "note"; readonly ms: number; readonly text: string };

/** What one step did. All texts are masked, none is escaped. */
export interface CheckedStep {
  readonly name: string;
  /** Absent: it was not done. */
  readonly passed?: boolean;
  /** How often it was done; what is told is the first time that it failed, else the first of all. Absent: once. */
  readonly times?: number;
  /** It was not to be done: a condition did not hold, or another choice was drawn. Absent: the flow ended before it. */
  readonly skipped?: true;
  /** Absent when there was nothing to send. */
  readonly sent?: {
    readonly method: string;
    readonly url: string;
    readonly head: string;
    readonly body: ShownBody;
  };
  /** Absent without a whole response. `ms`: from sending to the last byte. */
  readonly received?: {
    readonly status: number;
    readonly ms: number;
    readonly head: string;
    readonly body: ShownBody;
  };
  /** Those of its connection, in order; absent: it has none. */
  readonly messages?: readonly ShownMessage[];
  /** Why it failed, one sentence each; checks that did not hold are not repeated here. */
  readonly problems: readonly string[];
  /** Variables with their values, or with a mask and the length. */
  readonly extracted: Readonly<Record<string, string>>;
  /** `found`: what a response had where a claim does not hold. */
  readonly checks: readonly { readonly claim: string; readonly holds: boolean; readonly found?: string }[];
  /** The pause that a load would make after it, in ms. */
  readonly pauseMs: number;
}

/** The part of it that the step's kind knows. */
export type StepReport = Omit<CheckedStep, "name" | "pauseMs">;
