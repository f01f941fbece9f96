/**
 * Keeps the seconds of a run apart, so that `--warmup auto` can leave out its start in the end.
 *
 * @module
 */
import { appendSnapshot, type Snapshot } from "../../metrics/snapshot.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import { MAX_START_WINDOWS } from "../../result/without_warmup.ts";

/** The windows of a run, in order; the last holds all that came after as many as a start may have. */
export function keepWindows(): { readonly observe: RunObserver; readonly windows: readonly Snapshot[] } {
  const windows: Snapshot[] = [];
  return {
    windows,
    observe: ({ window }) => {
      if (windows.length <= MAX_START_WINDOWS) windows.push(window);
      else windows[MAX_START_WINDOWS] = appendSnapshot(windows[MAX_START_WINDOWS]!, window);
    },
  };
}
