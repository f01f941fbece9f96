/**
 * What became of one HTTP step, for those who show it.
 *
 * @module
 */
import type { Exchange, PreparedRequest } from "../../client/exchange/http_client.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import type { DataValue, Row } from "../../plan/scenario.ts";

/** What became of one step. */
export interface StepOutcome {
  /** The step's position among all steps. */
  readonly index: number;
  readonly step: HttpStep;
  /** `null` when the step could not be filled in. */
  readonly request: PreparedRequest | null;
  readonly exchange: Exchange;
  /** Every check of a whole response, in words; those that do not hold say what was found. */
  readonly judged: readonly { readonly claim: string; readonly found?: string }[];
  /** Keys of broken checks. */
  readonly broken: readonly string[];
  /** Failures of rules whose value the response does not hold. */
  readonly notFound: readonly string[];
  /** All that is known to the iteration now. */
  readonly variables: ReadonlyMap<string, DataValue>;
  /** The rows drawn for the iteration, by the position of their data set. */
  readonly rows: readonly (Row | undefined)[];
  /** What was filled in for each placeholder, as it is written in its place. */
  readonly filled: readonly (readonly [source: string, value: string])[];
}
