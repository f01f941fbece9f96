/**
 * Keys of the dashboard that change the run: `p` pauses it and lets it go on, `+` and `-` change the rate or the users by a
 * tenth, `m` marks the moment.
 *
 * @module
 */
import { messageOf } from "../lib/errors.ts";
import { changeText, type RunChange } from "../result/run_change.ts";
import type { Standing } from "./live_state.ts";

/** What keys need of a run. */
export interface LiveControl {
  /** What can be changed, and its present value. */
  readonly steerable: { readonly rate?: number; readonly users?: number; readonly isPaused?: boolean };
  /** Does what is asked for. @throws {UsageError} when it cannot be done */
  request(request: {
    readonly rate?: number;
    readonly users?: number;
    readonly paused?: boolean;
    readonly note?: string;
  }): readonly RunChange[];
}

const STEP = 1.1;

/** What the dashboard says of it. */
export function standingOf(
  { steerable: { rate, users, isPaused } }: LiveControl,
): Pick<Standing, "isPaused" | "changes"> {
  return {
    isPaused: isPaused ?? false,
    changes: {
      canPause: isPaused !== undefined,
      ...(rate !== undefined
        ? { amount: "rate" as const }
        : users !== undefined
        ? { amount: "users" as const }
        : {}),
    },
  };
}

/** Does what a key stands for; says what that was. `undefined`: it stands for nothing. */
export function changeByKey(key: string, control: LiveControl): string | undefined {
  const request = requestOf(key, control);
  if (request === undefined) return undefined;
  try {
    return control.request(request).map(changeText).join(", ");
  } catch (error) {
    return messageOf(error);
  }
}

function requestOf(
  key: string,
  { steerable: { rate, users, isPaused } }: LiveControl,
): Parameters<LiveControl["request"]>[0] | undefined {
  if (key === "p" && isPaused !== undefined) return { paused: !isPaused };
  if (key === "m") return { note: "mark" };
  const isMore = key === "+" || key === "=";
  if (!isMore && key !== "-") return undefined;
  if (rate !== undefined) return { rate: Number((isMore ? rate * STEP : rate / STEP).toPrecision(3)) };
  if (users === undefined) return undefined;
  const step = Math.max(1, Math.round(users * (STEP - 1)));
  return { users: Math.max(1, isMore ? users + step : users - step) };
}
