/**
 * Traffic profiles: the text of `--traffic-profile` as a rate curve. The curves themselves are explained in `pacers`.
 *
 * ```text
 * profile = name [":" key "=" value ("," key "=" value)*]     sine, sawtooth, square, spike, business-hours
 *         | "step:" ["levels="] rate ("," rate)*
 *         | "stages:" duration "@" rate ("," duration "@" rate)*
 *         | "csv:" path
 * ```
 *
 * @module
 */
import { messageOf, problemsIn, UsageError } from "../lib/errors.ts";
import { formatCount } from "../lib/number_format.ts";
import { MAX_RATE } from "../lib/size_limits.ts";
import { withSuggestion } from "../lib/suggest.ts";
import { duration, rate } from "../options/option_types.ts";
import { createPacer } from "./pacer.ts";
import { KEYED_PROFILES, type ProfileContext, type TrafficProfile } from "./pacer_kinds.ts";
import { parseProfileCsv } from "./profile_csv.ts";

const level = rate({ min: 0 });
const stageLength = duration({ min: 0 });

const LISTED: Readonly<Record<string, (rest: string, context: ProfileContext) => TrafficProfile>> = {
  "step": stepProfile,
  "stages": stagesProfile,
  "csv": csvProfile,
};

/** The names of all profiles. */
export const PROFILE_NAMES: readonly string[] = [...Object.keys(KEYED_PROFILES), ...Object.keys(LISTED)];

/**
 * Reads a profile. Names and keys may be in any case; of a key given twice the last counts.
 *
 * @throws {UsageError} with all problems: an unknown name or key, a value that is no number or out of range, a file
 * that cannot be read, a curve on which no request would ever start.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const profile = parseTrafficProfile("sine:cycles=3", { rate: 100, durationMs: 60_000, readTextFile: () => "" });
 * assertEquals(profile.pacer, { kind: "sine", rate: 100, cycles: 3, min: 0.1, durationMs: 60_000 });
 * assertEquals(profile.description, "sine (cycles=3.0, min=10%)");
 * ```
 */
export function parseTrafficProfile(text: string, context: ProfileContext): TrafficProfile {
  const [, before, rest = ""] = /^([^:]*):?(.*)$/s.exec(text)!;
  const name = before!.trim().toLowerCase();
  const listed = Object.hasOwn(LISTED, name) ? LISTED[name] : undefined;
  const keyed = Object.hasOwn(KEYED_PROFILES, name) ? KEYED_PROFILES[name] : undefined;
  if (!listed && !keyed) {
    const sentence = `Unknown traffic profile ${quoted(name)}: expected ${PROFILE_NAMES.join(", ")}`;
    throw new UsageError(withSuggestion(sentence, name, PROFILE_NAMES));
  }
  const profile = keyed ? keyed.build(keyedValues(name, rest), context) : listed!(rest, context);
  const pacer = createPacer(profile.pacer);
  if (pacer.timeOf(0) >= context.durationMs) {
    throw new UsageError(`Traffic profile ${quoted(text)} has a rate of 0 throughout the run`);
  }
  // Not a comparison that is false for what is no number.
  if (!(pacer.dueBy(context.durationMs) <= MAX_RATE * context.durationMs / 1000)) {
    throw new UsageError(
      `Traffic profile ${quoted(text)}: expected at most ${formatCount(MAX_RATE)} per second on average`,
    );
  }
  return profile;
}

function keyedValues(name: string, rest: string): Readonly<Record<string, number>> {
  const { keys } = KEYED_PROFILES[name]!;
  const known = Object.keys(keys);
  const values = Object.fromEntries(Object.entries(keys).map(([key, { default: preset }]) => [key, preset]));
  const problems: string[] = [];
  for (const part of itemsOf(rest)) {
    const [, before, value] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    if (before === undefined) {
      problems.push(`Traffic profile ${name}: expected key=value, found ${quoted(part)}`);
      continue;
    }
    const word = before.trim().toLowerCase();
    const key = known.find((candidate) => candidate === word || keys[candidate]!.alias === word);
    if (key === undefined) {
      const list = known.length === 0 ? "it has none" : `known keys are ${known.join(", ")}`;
      problems.push(
        withSuggestion(`Traffic profile ${name} has no key ${quoted(word)}, ${list}`, word, known),
      );
      continue;
    }
    attempt(problems, `Traffic profile ${name}: ${key}=${value!.trim()}`, () => {
      values[key] = keys[key]!.type.parse(value!);
    });
  }
  if (problems.length > 0) throw new UsageError(problems);
  return values;
}

function stepProfile(rest: string, { durationMs }: ProfileContext): TrafficProfile {
  const problems: string[] = [];
  const levels: number[] = [];
  for (const item of itemsOf(rest.replace(/^\s*levels\s*=/i, ""))) {
    attempt(problems, `Traffic profile step: level ${quoted(item)}`, () => levels.push(level.parse(item)));
  }
  if (levels.length === 0 && problems.length === 0) {
    problems.push("Traffic profile step: expected levels in requests per second, such as step:100,500,1000");
  }
  if (problems.length > 0) throw new UsageError(problems);
  return { pacer: { kind: "step", levels, durationMs }, description: `step (levels=${levels.join(",")})` };
}

/** Straight lines from 0 to the rate of each stage in turn; after the last one its rate holds. */
function stagesProfile(rest: string): TrafficProfile {
  const problems: string[] = [];
  const points: [number, number][] = [[0, 0]];
  const items = itemsOf(rest);
  for (const item of items) {
    const [, length, target] = /^([^@]*)@([^@]*)$/.exec(item) ?? [];
    if (length === undefined) {
      problems.push(`Traffic profile stages: expected DURATION@RATE, found ${quoted(item)}`);
      continue;
    }
    attempt(problems, `Traffic profile stages: stage ${quoted(item)}`, () => {
      points.push([points.at(-1)![0] + stageLength.parse(length), level.parse(target!)]);
    });
  }
  if (items.length === 0) {
    problems.push("Traffic profile stages: expected stages, such as stages:10s@100,1m@500,10s@0");
  }
  if (problems.length > 0) throw new UsageError(problems);
  return { pacer: { kind: "points", points }, description: `stages (linear from 0: ${items.join(", ")})` };
}

function csvProfile(rest: string, { rate, readTextFile }: ProfileContext): TrafficProfile {
  const path = rest.trim();
  if (path === "") throw new UsageError("Traffic profile csv: expected a file, such as csv:traffic.csv");
  let text: string;
  try {
    text = readTextFile(path);
  } catch (error) {
    throw new UsageError(`Cannot read traffic profile ${quoted(path)}: ${messageOf(error)}`);
  }
  try {
    const { points, isMultiplier } = parseProfileCsv(text);
    return {
      pacer: {
        kind: "points",
        points: isMultiplier ? points.map(([atMs, value]) => [atMs, value * rate] as const) : points,
      },
      description: `csv (${path}, ${points.length} points, ${isMultiplier ? "multiplier" : "absolute RPS"})`,
    };
  } catch (error) {
    throw new UsageError(problemsIn(error).map((problem) => `Traffic profile ${quoted(path)}: ${problem}`));
  }
}

/** Runs `step`; a usage error becomes a problem that begins with `subject`. */
function attempt(problems: string[], subject: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    problems.push(...problemsIn(error).map((problem) => `${subject}: ${problem}`));
  }
}

/** The parts between commas, without blank ones. */
function itemsOf(list: string): readonly string[] {
  return list.split(",").map((item) => item.trim()).filter((item) => item !== "");
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
