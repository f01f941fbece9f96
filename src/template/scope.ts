/**
 * Where placeholders get their values.
 *
 * @module
 */
import type { DataValue, Row } from "../plan/scenario.ts";
import type { FunctionSources } from "./template_functions.ts";

/** What one user knows in one iteration. */
export interface Scope extends FunctionSources {
  readonly variables: ReadonlyMap<string, DataValue>;
  /** The row drawn from each data set, by the set's position; `undefined` when the flow uses none of it. */
  readonly rows: readonly (Row | undefined)[];
}
