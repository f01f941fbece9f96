/**
 * Numbers of users that change over time: `30s@50,1m@200` is a straight line from 0 to 50 users in 30 seconds, and from there
 * to 200 in a minute. A user is at work while the line is above their number, counted from 0.
 *
 * @module
 */
import { problemsIn, UsageError } from "../lib/errors.ts";
import type { OptionType } from "../options/option.ts";
import { count, duration } from "../options/option_types.ts";
import type { UserStages } from "../plan/run_plan.ts";

const length = duration({ min: 0 });
const level = count({ min: 0, max: 1_000_000 });

/** The type of `--stages`. */
export const userStages: OptionType<UserStages> = {
  label: "STAGES",
  isPublic: true,
  parse: parseUserStages,
  format: (stages) =>
    stages.slice(1).map(([atMs, users], i) => `${(atMs - stages[i]![0]) / 1000}s@${users}`).join(","),
};

/**
 * Reads stages.
 *
 * @throws {UsageError} that says what is wrong with them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseUserStages("30s@50,1m@0"), [[0, 0], [30_000, 50], [90_000, 0]]);
 * ```
 */
export function parseUserStages(text: string): UserStages {
  const points: (readonly [atMs: number, users: number])[] = [[0, 0]];
  const problems: string[] = [];
  for (const item of text.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    const [, time, users] = /^([^@]*)@([^@]*)$/.exec(item) ?? [];
    if (time === undefined) {
      problems.push(`expected DURATION@USERS, such as 30s@50, found ${JSON.stringify(item)}`);
      continue;
    }
    try {
      points.push([points.at(-1)![0] + length.parse(time), level.parse(users!)]);
    } catch (error) {
      problems.push(...problemsIn(error).map((problem) => `stage ${JSON.stringify(item)}: ${problem}`));
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
  if (points.at(-1)![0] === 0) throw new UsageError("expected stages that take time, such as 30s@50,1m@200");
  if (points.every(([, users]) => users === 0)) {
    throw new UsageError("expected a stage with users, such as 30s@50");
  }
  return points;
}

/**
 * When the line of some stages is above a level, in order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const stages = [[0, 0], [10, 10], [20, 0]] as const;
 * assertEquals(periodsAbove(stages, 4), [[4, 16]]);
 * ```
 */
export function periodsAbove(
  stages: UserStages,
  level: number,
): readonly (readonly [fromMs: number, toMs: number])[] {
  const periods: [number, number][] = [];
  let fromMs = stages[0]![1] > level ? stages[0]![0] : undefined;
  for (const [i, [endMs, to]] of stages.entries()) {
    if (i === 0) continue;
    const [startMs, from] = stages[i - 1]!;
    const crossingMs = () => startMs + (level - from) / (to - from) * (endMs - startMs);
    if (fromMs === undefined && to > level) fromMs = crossingMs();
    else if (fromMs !== undefined && to <= level) {
      periods.push([fromMs, crossingMs()]);
      fromMs = undefined;
    }
  }
  if (fromMs !== undefined) periods.push([fromMs, stages.at(-1)![0]]);
  return periods.filter(([start, end]) => end > start);
}
