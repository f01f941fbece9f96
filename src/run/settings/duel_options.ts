/**
 * Options of duels: their own, and those of a run that make sense for one.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import { colorOptions } from "./general_options.ts";
import { joinTables } from "../../options/join.ts";
import { defineOptions, type OptionTable, type OptionType, type ValuesOf } from "../../options/option.ts";
import { decimal, duration, outputPath, text, toggle } from "../../options/option_types.ts";
import { CPU_MEASURE, type DuelMeasure, measureOf } from "../../result/duel/duel_block.ts";
import { type FailRule, parseFailRule } from "../../result/verdict/fail_rule.ts";
import { parseRule } from "../../result/verdict/rule_grammar.ts";
import { mainOptions } from "./settings.ts";

/** What is compared unless the user says otherwise. */
export const DUEL_METRICS = "rps,p50,p95,p99,error_rate,cpu";

/** In less, even a fast server does little but begin. */
const MIN_BLOCK_MS = 50;

const measures: OptionType<readonly DuelMeasure[]> = {
  label: "LIST",
  parse: (list) => list.split(",").map((name) => measureNamed(name.trim())),
  format: (list) => list.map(({ key }) => key).join(","),
};

/** @throws {UsageError} when there is no such metric */
function measureNamed(name: string): DuelMeasure {
  if (name === CPU_MEASURE.key) return CPU_MEASURE;
  const about = parseRule(`${name} worse`)?.about;
  if (about === undefined) {
    throw new UsageError(`expected metrics with commas between, such as ${DUEL_METRICS}`);
  }
  return measureOf(about);
}

const rule: OptionType<FailRule> = {
  label: "RULE",
  parse: parseDuelRule,
  format: ({ expression }) => expression,
};

/** A rule as comparisons have it, and besides about `cpu`, which only duels know. */
function parseDuelRule(expression: string): FailRule {
  const rest = /^\s*cpu(\s.*)$/.exec(expression)?.[1];
  if (rest === undefined) return parseFailRule(expression);
  const { about, ...others } = parseFailRule(`avg_latency${rest}`);
  const { key, unit, better } = CPU_MEASURE;
  const metric = { ...about!.metric, key, unit, better };
  return { ...others, expression: expression.trim(), about: { path: key, metric } };
}

/** The measure that a rule is about. */
export function measureOfRule({ about }: FailRule): readonly DuelMeasure[] {
  if (about === undefined) return [];
  return [about.metric.key === CPU_MEASURE.key ? CPU_MEASURE : measureOf(about)];
}

/** A duel's own. */
export const duelOwnOptions = defineOptions({
  a: {
    long: "--a",
    type: text("OPTIONS"),
    group: "Load",
    default: "",
    secret: true,
    help: "Options of side A alone, and its URL if the sides have different ones",
  },
  b: {
    long: "--b",
    type: text("OPTIONS"),
    group: "Load",
    default: "",
    secret: true,
    help: "Options of side B alone",
  },
  aRun: {
    long: "--a-run",
    type: text("COMMAND"),
    group: "Load",
    help: "Start A's server with this command, wait until it responds, and end it afterwards",
  },
  bRun: { long: "--b-run", type: text("COMMAND"), group: "Load", help: "The same for B" },
  duration: {
    short: "-d",
    long: "--duration",
    type: duration(),
    group: "Load",
    default: 60_000,
    help: "Time for the whole duel; it ends sooner when enough is known",
  },
  block: {
    long: "--block",
    type: duration({ min: MIN_BLOCK_MS }),
    group: "Load",
    defaultLabel: "250ms to 1s",
    help: "Measured part of each block; a quarter of it more is warm-up",
  },
  precision: {
    long: "--precision",
    type: decimal({ above: 0, max: 100 }, "PERCENT"),
    group: "Verdict",
    default: 1,
    help: "End when every change is known to plus or minus this; of error rates, percentage points",
  },
  confidence: {
    long: "--confidence",
    type: decimal({ min: 50, max: 99.99 }, "PERCENT"),
    group: "Verdict",
    default: 99,
    help: "How sure it is that all intervals together hold the truth, whenever the duel ends",
  },
  metrics: {
    long: "--metrics",
    type: measures,
    group: "Verdict",
    default: DUEL_METRICS.split(",").map(measureNamed),
    help: "What is compared; fewer metrics are known sooner",
  },
  failOn: {
    long: "--fail-on",
    type: rule,
    group: "Verdict",
    repeat: true,
    help: 'Exit code 3 if B is worse by more than this, and by more than noise: "p95 > +10%", "worse"',
  },
  json: {
    long: "--json",
    type: outputPath(),
    group: "Output",
    help: "Write the results as JSON (-: to standard output)",
  },
  html: {
    long: "--html",
    type: outputPath(),
    group: "Output",
    help: "Write the results as a page",
  },
  markdown: {
    long: "--markdown",
    type: outputPath(),
    group: "Output",
    help: "Write the results as Markdown (-: to standard output)",
  },
  quiet: {
    short: "-q",
    long: "--quiet",
    type: toggle,
    group: "Output",
    default: false,
    help: "Print only the sentence that says what was found",
  },
  ...colorOptions,
});

/** Groups of the main command's options that say what is sent, and how. */
const SENDING: ReadonlySet<string> = new Set([
  "Load",
  "Request",
  "Connection",
  "TLS",
  "WebSocket",
  "Streams",
  "Scenario",
  "General",
]);

/** Of these groups, what cannot be cut into blocks, or has no meaning for one. */
const UNFIT: ReadonlySet<string> = new Set([
  ...["numRequests", "iterations", "warmup", "rateRamp", "trafficProfile", "stages", "rampUp", "replay"],
  ...["replayFormat", "replaySkip", "speed", "loop", "keepHosts", "urlFile", "urlMode", "check", "inspect"],
]);

/** Options of a run that both sides of a duel share. */
export const sharedOptions: OptionTable = withoutStrangers(
  Object.fromEntries(
    Object.entries(mainOptions as OptionTable).filter(([name, { group }]) =>
      SENDING.has(group) && !UNFIT.has(name) && !Object.hasOwn(duelOwnOptions, name)
    ),
  ),
);

/** The whole table. */
export const duelOptions: typeof duelOwnOptions & OptionTable = joinTables(duelOwnOptions, sharedOptions);

/** Values of a duel's own options. */
export type DuelValues = ValuesOf<typeof duelOwnOptions>;

/** A table whose options speak only of those in it. */
function withoutStrangers(table: OptionTable): OptionTable {
  const known = (names: readonly string[] = []) => names.filter((name) => Object.hasOwn(table, name));
  return Object.fromEntries(
    Object.entries(table).map(([name, { requires, conflicts, ...option }]) => [name, {
      ...option,
      ...(requires && { requires: known(requires) }),
      ...(conflicts && { conflicts: known(conflicts) }),
    }]),
  );
}
