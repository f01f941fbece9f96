/**
 * `bench wrk …`, `bench ab …` and the like: another tool's command line, told as bench's own, and run.
 *
 * @module
 */
import { translate } from "../../dialects/dialect.ts";
import { dialectOf } from "../../dialects/registry.ts";
import { MASK } from "../../lib/mask_url.ts";
import { EXIT, fileReason, UsageError } from "../../lib/errors.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { readSettings } from "../../run/settings/settings.ts";
import { commandText } from "../../run/settings/command_text.ts";
import { mainOptions } from "../../run/settings/settings.ts";
import { sayLine } from "../../run/printer.ts";
import { type Command, type Door, entryOf } from "../command.ts";
import { printOut, TERMINAL } from "../terminal.ts";
import { runCommand } from "./run.ts";

const spec: CommandSpec = {
  name: "bench wrk",
  usage: "[--explain] ARGUMENTS (wrk2, ab, hey, oha, vegeta, bombardier, autocannon, pywrkr likewise)",
  summary:
    "Takes the command line of another tool, prints the equivalent bench command and runs it; with --explain, only prints it. " +
    "Options without an equivalent are refused by name.",
  options: {},
  operands: { max: Infinity, label: "arguments", completes: "files" },
  sections: [{
    title: "Examples",
    rows: [
      ["bench wrk -t2 -c100 -d30s http://localhost:8080/", "as wrk does it"],
      ["bench hey -z 10s -c 10 -q 5 http://localhost:8080/", "a rate for each of ten workers"],
      ["bench ab --explain -n 1000 -c 10 -k http://localhost:8080/", "only the equivalent command"],
    ],
  }],
  version: VERSION,
};

/** The flag that asks for the translation alone; no tool has it. */
const EXPLAIN = "--explain";

/** The command of a tool. */
export function dialectCommand(tool: string): Command {
  return { spec, run: (argv, door) => runDialect(tool, argv, door) };
}

async function runDialect(tool: string, argv: readonly string[], door: Door): Promise<number> {
  if (argv.length === 1 && /^(?:-V|--version)$/.test(argv[0]!)) {
    printOut(`bench ${tool} ${VERSION}\n`);
    return EXIT.ok;
  }
  const [first = "", ...rest] = argv;
  // Its other commands have the names that they have here.
  const command = tool === "pywrkr" ? entryOf(door.commands, first) : undefined;
  if (command !== undefined) return await (await command.load()).run(rest, door);
  const dialect = dialectOf(tool, mainOptions);
  if (dialect === undefined) throw new UsageError(`bench does not know the command line of ${tool}`);
  const own = argv.filter((word) => word !== EXPLAIN);
  const { words, notes, problems } = translate(dialect, own, { readText });
  if (problems.length > 0) throw new UsageError(problems);
  if (own.length < argv.length) {
    // Who asks for the command wants to have it whole, but for its credentials.
    const text = await showCommand(words, door, ["body"]);
    printOut(`${text}\n`);
    if (text.includes(MASK)) sayLine(TERMINAL, `${MASK} stands for credentials that you gave`);
    for (const note of notes) sayLine(TERMINAL, note);
    return EXIT.ok;
  }
  sayLine(TERMINAL, `the same as: ${await showCommand(words, door)}`);
  for (const note of notes) sayLine(TERMINAL, note);
  return await runCommand.run(words, door);
}

/** The command with its secrets masked. */
async function showCommand(
  words: readonly string[],
  { bench }: Door,
  plain: readonly string[] = [],
): Promise<string> {
  const reading = await readSettings(bench, words, {
    environment: {},
    readTextFile: () => Promise.resolve(""),
  });
  if (reading.kind !== "settings") throw new UsageError("the command asks for help only");
  return commandText(reading.settings, plain);
}

/** @throws {UsageError} when the file cannot be read */
function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new UsageError(`Cannot read ${JSON.stringify(path)}: ${fileReason(error)}`);
  }
}
