/**
 * Keys of the dashboard that change the run: `p` pauses it and lets it go on, `+` and `-` change the rate or the users by a
 * tenth, of several scenarios those of the one that `s` has chosen; `m` marks the moment.
 *
 * @module
 */
import type { Steerable, SteerableLoad } from "../plan/load_change.ts";
import { messageOf } from "../lib/errors.ts";
import { changeText, type RunChange } from "../result/run_change.ts";
import type { Standing } from "./live_state.ts";

/** What keys need of a run. */
export interface LiveControl {
  /** What can be changed, and its present value. */
  readonly steerable: Steerable;
  /** Does what is asked for. @throws {UsageError} when it cannot be done */
  request(request: {
    readonly scenario?: string;
    readonly rate?: number;
    readonly users?: number;
    readonly paused?: boolean;
    readonly note?: string;
  }): readonly RunChange[];
}

const STEP = 1.1;

/** The keys of one dashboard, and the scenario that they are about. */
export class ChangeKeys {
  readonly #control: LiveControl;
  #chosen = 0;

  constructor(control: LiveControl) {
    this.#control = control;
  }

  /** What the dashboard says of it. */
  get standing(): Pick<Standing, "isPaused" | "changes"> {
    const { isPaused, scenarios } = this.#control.steerable;
    const { name, rate, users } = this.#load;
    return {
      isPaused: isPaused ?? false,
      changes: {
        canPause: isPaused !== undefined,
        ...(rate !== undefined
          ? { amount: "rate" as const }
          : users !== undefined
          ? { amount: "users" as const }
          : {}),
        ...(name !== undefined && { scenario: name, canChoose: scenarios!.length > 1 }),
      },
    };
  }

  /** Does what a key stands for; says what that was. `undefined`: it stands for nothing. */
  press(key: string): string | undefined {
    const { scenarios = [] } = this.#control.steerable;
    if (key === "s" && scenarios.length > 1) {
      this.#chosen = (this.#chosen + 1) % scenarios.length;
      return `+ and - now change ${this.#load.name}`;
    }
    const request = this.#requestOf(key);
    if (request === undefined) return undefined;
    try {
      return this.#control.request(request).map(changeText).join(", ");
    } catch (error) {
      return messageOf(error);
    }
  }

  get #load(): SteerableLoad & { readonly name?: string } {
    const { steerable } = this.#control;
    return steerable.scenarios?.[this.#chosen] ?? { ...steerable };
  }

  #requestOf(key: string): Parameters<LiveControl["request"]>[0] | undefined {
    const { isPaused } = this.#control.steerable;
    if (key === "p" && isPaused !== undefined) return { paused: !isPaused };
    if (key === "m") return { note: "mark" };
    const isMore = key === "+" || key === "=";
    if (!isMore && key !== "-") return undefined;
    const { name, rate, users } = this.#load;
    const whose = name === undefined ? {} : { scenario: name };
    if (rate !== undefined) {
      return { ...whose, rate: Number((isMore ? rate * STEP : rate / STEP).toPrecision(3)) };
    }
    if (users === undefined) return undefined;
    const step = Math.max(1, Math.round(users * (STEP - 1)));
    return { ...whose, users: Math.max(1, isMore ? users + step : users - step) };
  }
}
