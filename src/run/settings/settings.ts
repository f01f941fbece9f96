/**
 * What the user wants: all option tables of the main command, and how any command's values are gathered from command
 * line, environment and configuration file. Nothing is refused here: problems travel with the settings, so that
 * whoever uses them can add its own and report all at once.
 *
 * @module
 */
import { connectionOptions } from "../../client/options/connection_options.ts";
import { httpOptions } from "../../client/options/http_options.ts";
import { authOptions } from "../../client/options/auth_options.ts";
import { transferOptions } from "../../client/options/transfer_options.ts";
import { streamOptions } from "../../client/options/stream_options.ts";
import { traceOptions } from "../../client/options/trace_options.ts";
import { grpcOptions } from "../../client/options/grpc_options.ts";
import { webSocketOptions } from "../../client/options/websocket_options.ts";
import { exportOptions } from "../../export/export_options.ts";
import { fleetOptions } from "../../fleet/fleet_options.ts";
import { problemsIn, UsageError } from "../../lib/errors.ts";
import { noteInput } from "../../lib/files/input_files.ts";
import { loadOptions } from "../../load/load_options.ts";
import { rateOptions } from "../../load/rate_options.ts";
import { usersOptions } from "../../load/users_options.ts";
import { autofindOptions } from "../../campaign/autofind_options.ts";
import { urlListOptions } from "../../scenario/url_list_options.ts";
import { replayOptions } from "../../steps/replay/replay_options.ts";
import { scenarioOptions } from "../../scenario/scenario_options.ts";
import { checkRelations } from "../../options/check.ts";
import { parseCommandLine } from "../../options/command_line.ts";
import type { CommandSpec, GivenText } from "../../options/command_line.ts";
import { joinTables } from "../../options/join.ts";
import { environmentName } from "../../options/names.ts";
import type { OptionTable, ValuesOf } from "../../options/option.ts";
import { resolve } from "../../options/resolve.ts";
import { reportOptions } from "../../report/report_options.ts";
import type { ConfigSource, Resolved } from "../../options/resolve.ts";
import { logOptions } from "./log_options.ts";
import { baselineOptions } from "./baseline_options.ts";
import { generalOptions } from "./general_options.ts";
import { verdictOptions } from "./verdict_options.ts";
import { webOptions } from "../../web/web_options.ts";
import type { NamedOutput } from "./output_place.ts";
import { loadConfig } from "./load_config.ts";
import { MODULE_FILE } from "./module_file.ts";

/** Every option of the main command. Another table is another line. */
export const mainOptions = joinTables(
  loadOptions,
  rateOptions,
  usersOptions,
  httpOptions,
  authOptions,
  transferOptions,
  connectionOptions,
  traceOptions,
  webSocketOptions,
  streamOptions,
  grpcOptions,
  scenarioOptions,
  urlListOptions,
  replayOptions,
  autofindOptions,
  generalOptions,
  reportOptions,
  webOptions,
  verdictOptions,
  logOptions,
  baselineOptions,
  exportOptions,
  fleetOptions,
);

/** Values of the main command's options. */
export type MainValues = ValuesOf<typeof mainOptions>;

/** Values of a command, and what is to be said about them. */
export interface Settings<Table extends OptionTable = typeof mainOptions> extends Resolved<Table> {
  /** Words without a flag. */
  readonly operands: readonly string[];
  readonly options: Table;
  /** What repeats the run, where the words themselves would not. */
  readonly command?: string;
}

/** What a command line comes to. */
export type Reading<Table extends OptionTable> =
  | { readonly kind: "help" | "version"; readonly text: string }
  | {
    readonly kind: "settings";
    readonly settings: Settings<Table>;
    /** The command line's part of them, in the order given. */
    readonly given: readonly GivenText[];
  };

/** What settings depend on besides the command line. */
export interface Context {
  readonly environment: Readonly<Record<string, string>>;
  readTextFile(path: string): Promise<string>;
  /** The options that a module of the user's exports. Absent: modules are not loaded. */
  readonly loadModuleOptions?: (path: string) => Promise<ConfigSource>;
}

/** Variables that `install.sh` and `install.ps1` read. */
const OF_THE_INSTALLER = ["BENCH_VERSION", "BENCH_INSTALL_DIR", "BENCH_REPOSITORY", "BENCH_RELEASES"];

/** Gathers a command's settings. Never throws for what a user wrote: problems are in the settings. */
export async function readSettings<Table extends OptionTable>(
  spec: CommandSpec<Table>,
  argv: readonly string[],
  context: Context,
): Promise<Reading<Table>> {
  const parsed = parseCommandLine(spec, argv);
  if (parsed.kind !== "options") return parsed;
  const problems = [...parsed.problems];
  const config = await findConfig(spec.options, { given: parsed.given, context, problems });
  const module = await findModuleOptions(spec.options, { given: parsed.given, config, context, problems });
  const operand = spec.operands.property;
  const resolved = resolve(spec.options, {
    given: parsed.given,
    environment: context.environment,
    ...(config !== undefined && { config }),
    ...(module !== undefined && { module }),
    alsoKnown: [...OF_THE_INSTALLER, ...(operand === undefined ? [] : [operand, environmentName(operand)])],
  });
  const operands = [...parsed.operands];
  if (operands.length === 0 && operand !== undefined) {
    const other = context.environment[environmentName(operand)] || config?.values[operand] ||
      module?.values[operand];
    if (typeof other === "string") operands.push(other);
    else if (other !== undefined) {
      problems.push(`${(config ?? module)?.name}: expected ${operand} to be a text`);
    }
  }
  for (const [property, { type }] of Object.entries(spec.options)) {
    const value = (resolved.values as Readonly<Record<string, unknown>>)[property];
    if (type.isPath && !type.isOutput && typeof value === "string") noteInput(value);
  }
  problems.push(...resolved.problems, ...checkRelations(spec.options, resolved));
  const settings = { ...resolved, problems, operands, options: spec.options };
  return { kind: "settings", settings, given: parsed.given };
}

/** The files that settings name to be written, `-` left out. */
export function outputsOf<Table extends OptionTable>(
  { values, options }: Settings<Table>,
): readonly NamedOutput[] {
  return Object.entries(options).flatMap(([property, { type, long }]) => {
    const value = (values as Readonly<Record<string, unknown>>)[property];
    return type.isOutput && typeof value === "string" && value !== "-" ? [{ path: value, option: long }] : [];
  });
}

/** Goes on only without problems. @throws {UsageError} with all of them */
export function refuseProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new UsageError(problems);
}

/** The options of the module that is the scenario, for commands that run one. */
async function findModuleOptions(
  table: OptionTable,
  { given, config, context, problems }: {
    readonly given: readonly GivenText[];
    readonly config: ConfigSource | undefined;
    readonly context: Context;
    readonly problems: string[];
  },
): Promise<ConfigSource | undefined> {
  if (!Object.hasOwn(table, "scenario") || context.loadModuleOptions === undefined) return undefined;
  const path = given.findLast(({ property }) => property === "scenario")?.text ??
    (context.environment[environmentName("scenario")] || config?.values["scenario"]);
  if (typeof path !== "string" || !MODULE_FILE.test(path)) return undefined;
  try {
    return await context.loadModuleOptions(path);
  } catch (error) {
    problems.push(...problemsIn(error));
    return undefined;
  }
}

/** The configuration file that command line or environment names, for commands that have such an option. */
async function findConfig(
  table: OptionTable,
  { given, context, problems }: {
    readonly given: readonly GivenText[];
    readonly context: Context;
    readonly problems: string[];
  },
): Promise<ConfigSource | undefined> {
  if (!Object.hasOwn(table, "config")) return undefined;
  const flag = given.findLast(({ property }) => property === "config")?.text;
  const path = flag ?? context.environment[environmentName("config")];
  if (!path) return undefined;
  try {
    const config = await loadConfig(path, (name) => context.readTextFile(name));
    if (!Object.hasOwn(config.values, "config")) return config;
    throw new UsageError(`${config.name}: one configuration file cannot name another`);
  } catch (error) {
    problems.push(...problemsIn(error));
    return undefined;
  }
}
