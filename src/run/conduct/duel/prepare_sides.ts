/**
 * The two sides of a duel: what they share, what each has besides, and the plans that come of it.
 *
 * @module
 */
import { problemsIn, UsageError } from "../../../lib/errors.ts";
import { maskUrl, maskUrlsIn } from "../../../lib/mask_url.ts";
import { readTextWithin } from "../../../lib/files/read_within.ts";
import { MAX_TEXT_BYTES } from "../../../lib/size_limits.ts";
import type { CommandSpec, GivenText } from "../../../options/command_line.ts";
import { isSwitch } from "../../../options/names.ts";
import type { RunPlan } from "../../../plan/run_plan.ts";
import { knownUrls } from "../../../plan/scenario.ts";
import { type Side, SIDES } from "../../../result/duel/duel_block.ts";
import type { DuelSide } from "../../../result/duel/duel_result.ts";
import { composeChecked } from "../../compose/compose_checked.ts";
import { settleTls } from "../../compose/tls_policy.ts";
import { commandText } from "../../settings/command_text.ts";
import { type duelOptions, type DuelValues, sharedOptions } from "../../settings/duel_options.ts";
import {
  type mainOptions,
  type MainValues,
  readSettings,
  refuseProblems,
  type Settings,
} from "../../settings/settings.ts";
import { logIn } from "../log_in.ts";

/** A side before its server is there. */
export interface DuelCorner extends DuelSide {
  readonly plan: RunPlan;
  readonly values: MainValues;
  /** The port that its server is told. */
  readonly port: number | undefined;
  /** What starts its server, secrets included; absent: it is there. */
  readonly start?: string;
}

/** What sides are made of. */
export interface SidesContext {
  readonly settings: Settings<typeof duelOptions>;
  /** The command line's part of them, in the order given. */
  readonly given: readonly GivenText[];
  readonly bench: CommandSpec<typeof mainOptions>;
  /** Words as a shell would split them. @throws {UsageError} */
  splitWords(text: string): readonly string[];
  /** A URL with its scheme, where it may be left out. */
  withScheme(word: string): string;
  portFor(side: Side): number;
  warn(sentence: string): void;
}

/** Stands for the port of a side's server. */
const PORT = "{port}";

/**
 * Reads, composes and checks both sides.
 * @throws {UsageError} with every problem of both.
 */
export async function prepareSides(context: SidesContext): Promise<Readonly<Record<Side, DuelCorner>>> {
  const { settings: { operands, values, problems } } = context;
  const own = values as unknown as DuelValues;
  refuseProblems([
    ...problems,
    ...(operands.length < 2 && !own.a && !own.b && !own.aRun && !own.bRun
      ? ["expected two sides: two URLs, or one with --a and --b, or with --a-run and --b-run"]
      : []),
  ]);
  const found: string[] = [];
  const sides: Partial<Record<Side, DuelCorner>> = {};
  for (const side of SIDES) {
    try {
      sides[side] = await prepareSide(side, context);
    } catch (error) {
      found.push(...problemsIn(error).map((problem) => `${side.toUpperCase()}: ${problem}`));
    }
  }
  const isOfBoth = (problem: string) =>
    SIDES.every((side) => found.includes(`${side.toUpperCase()}: ${problem}`));
  refuseProblems(found.map((problem) => isOfBoth(problem.slice(3)) ? problem.slice(3) : problem));
  return sides as Record<Side, DuelCorner>;
}

async function prepareSide(
  side: Side,
  { settings, given, bench, splitWords, withScheme, portFor, warn }: SidesContext,
): Promise<DuelCorner> {
  const values = settings.values as unknown as DuelValues;
  const command = side === "a" ? values.aRun : values.bRun;
  const operand = settings.operands[side === "a" ? 0 : settings.operands.length - 1];
  const needsPort = [command, operand, values[side]].some((text) => text?.includes(PORT));
  const port = needsPort ? portFor(side) : undefined;
  const filled = (text: string) => port === undefined ? text : text.replaceAll(PORT, String(port));
  const ownWords = splitWords(filled(values[side]));
  const read = (words: readonly string[]) =>
    readSettings(bench, words, {
      environment: {},
      readTextFile: (path) => readTextWithin(path, MAX_TEXT_BYTES),
      loadModuleOptions: async (path) =>
        await (await import("../../settings/module_options.ts")).loadModuleOptions(path),
    });
  const own = await read(ownWords);
  const hasTarget = own.kind === "settings" && own.settings.operands.length > 0;
  const words = [
    // Users need a duration; blocks have their own.
    "--duration=1s",
    ...sharedWords(given),
    ...ownWords,
    ...(operand === undefined || hasTarget ? [] : [filled(operand)]),
  ];
  const reading = await read(words);
  if (reading.kind !== "settings") throw new UsageError(`--${side} asks for ${reading.kind}`);
  const operands = reading.settings.operands.map(withScheme);
  const all = { ...reading.settings, operands };
  const plan = await composeChecked(all, { warn });
  const { plan: settled, notes } = await settleTls(plan, all.values);
  const loggedIn = await logIn(settled);
  for (const { text } of [...notes, ...loggedIn.notes]) warn(`${side.toUpperCase()}: ${text}`);
  const [url] = knownUrls(plan.scenario);
  const options = own.kind === "settings" && ownWords.length > 0
    ? commandText({ ...own.settings, operands: [] }).replace(/^bench ?/, "")
    : "";
  return {
    plan: loggedIn.plan,
    values: all.values,
    port,
    target: operands[0] === undefined ? url === undefined ? "" : maskUrl(url.href) : maskUrl(operands[0]),
    ...(options !== "" && { options }),
    ...(command !== undefined && { command: maskUrlsIn(filled(command)) }),
    ...(command !== undefined && { start: filled(command) }),
  };
}

/** Options of both sides as words again. */
function sharedWords(given: readonly GivenText[]): readonly string[] {
  return given.flatMap(({ property, flag, text }) => {
    const option = Object.hasOwn(sharedOptions, property) ? sharedOptions[property] : undefined;
    if (option === undefined) return [];
    return text === null || isSwitch(option) ? [flag] : [`${option.long}=${text}`];
  });
}
