/**
 * Promises of the user's code that nobody waits for and that fail: counted like exceptions, since they would end the
 * program otherwise.
 *
 * @module
 */
import type { CodeWork } from "./code_work.ts";
import { describeException } from "./error_place.ts";
import { RowsSpent } from "./script_rows.ts";

type Counting = Pick<CodeWork, "recorder" | "index" | "module">;

/** Whose promises are watched; of several modules in one thread, the last one's. */
let watched: Counting | null = null;

/** Counts such promises from now on. */
export function watchRejections(work: Counting): void {
  if (watched === null) globalThis.addEventListener("unhandledrejection", onRejection);
  watched = work;
}

function onRejection(event: PromiseRejectionEvent): void {
  if (watched === null) return;
  const { recorder, index, module } = watched;
  event.preventDefault();
  if (event.reason instanceof RowsSpent) return;
  recorder.countException(
    index,
    `${describeException(event.reason, module.url)} (in a promise without await)`,
  );
}
