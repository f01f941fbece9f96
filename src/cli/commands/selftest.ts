/**
 * `bench selftest`: how well this program measures, shown against targets of known behaviour.
 *
 * @module
 */
import process from "node:process";
import { run as runLoad, summarize } from "../../api.ts";
import { EXIT } from "../../lib/errors.ts";
import { styleFor } from "../../lib/style.ts";
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import { defineOptions } from "../../options/option.ts";
import { outputPath, toggle } from "../../options/option_types.ts";
import { jsonText } from "../../lib/json/json_text.ts";
import { selftestCases } from "../../selftest/cases.ts";
import { findProgram } from "../../selftest/find_program.ts";
import { parseBenchJson } from "../../selftest/peer_output.ts";
import { ownTool, PEERS, TOKEN_COUNT_PATH, TOKEN_PATH } from "../../selftest/peer_tools.ts";
import { runSelftest } from "../../selftest/selftest.ts";
import type { Tool } from "../../selftest/tool.ts";
import { tryOutput, writeOutput } from "../../run/deliver/output_files.ts";
import { selftestJson, selftestText } from "../../selftest/report.ts";
import type { Command } from "../command.ts";
import { gatherCommandSettings } from "../command_settings.ts";
import { printError, printOut, TERMINAL } from "../terminal.ts";

/** Longer than any case takes. */
const LIMIT_MS = 60_000;

const options = defineOptions({
  quick: {
    long: "--quick",
    type: toggle,
    group: "General",
    default: false,
    help: "Short runs, without other tools",
  },
  json: {
    long: "--json",
    type: outputPath(),
    group: "General",
    help: "Write the figures as JSON; - means standard output",
  },
});

const spec: CommandSpec<typeof options> = {
  name: "bench selftest",
  usage: "[OPTIONS]",
  summary: "Measures targets with known behaviour and shows how far off the numbers are.",
  options,
  operands: { max: 0, label: "argument" },
  sections: [{
    title: "Other tools",
    rows: [[PEERS.map(({ name }) => name).join(", "), "run beside it if they are installed"]],
  }],
  version: VERSION,
};

/** Runs the selftest; exit code 1 when an error is beyond its limit. */
async function run(argv: readonly string[]): Promise<number> {
  const settings = await gatherCommandSettings(spec, argv);
  if (settings === undefined) return EXIT.ok;
  const { values } = settings;
  const isOutputTaken = values.json === "-";
  if (values.json !== undefined && !isOutputTaken) await tryOutput(values.json, "--json");
  const mayStart = (await Deno.permissions.query({ name: "run" })).state === "granted";
  if (!mayStart) {
    printError(
      "bench: not allowed to start programs (--allow-run): measuring in its own threads, without other tools\n",
    );
  }
  const find = (program: string) => mayStart ? findProgram(program, Deno.env.get("PATH") ?? "") : undefined;
  const peers = values.quick ? [] : PEERS.filter(({ name }) => find(name) !== undefined);
  const result = await runSelftest({
    cases: selftestCases(values.quick, { hasPrograms: mayStart }),
    own: mayStart ? ownTool(ownCommand()) : OWN_THREADS,
    peers,
    find,
    limitMs: LIMIT_MS,
    onRun: (title, tool) => printError(`${tool}: ${title}\n`),
  });
  const stream = isOutputTaken ? TERMINAL.error : TERMINAL.out;
  stream.print(selftestText(result, styleFor(stream.wantsColor("auto"))));
  if (values.json !== undefined) {
    const text = jsonText(
      selftestJson(result, { isQuick: values.quick, cores: navigator.hardwareConcurrency }),
    );
    if (isOutputTaken) printOut(text);
    else await writeOutput(values.json, text);
  }
  return result.passed ? EXIT.ok : EXIT.failed;
}

/** This program without another process: the load in threads, the target in the main one. */
const OWN_THREADS: Tool = {
  name: "bench",
  words: () => undefined,
  parse: parseBenchJson,
  measure: async ({ url, connections, seconds, requests, rate, timeoutSec, message, stream, streams }) => {
    const result = await runLoad({
      url,
      connections,
      threads: 2,
      ...(requests === undefined ? { duration: `${seconds}s` } : { "num-requests": requests }),
      ...(rate !== undefined && { rate }),
      ...(message !== undefined && { "ws-message": message, "ws-expect-reply": true }),
      ...(stream !== undefined && { stream: "sse" }),
      ...(stream === "tokens" && { tokens: TOKEN_PATH, "token-count": TOKEN_COUNT_PATH }),
      ...(streams !== undefined && { http2: true, streams }),
      ...(timeoutSec !== undefined && { timeout: `${timeoutSec}s` }),
    });
    return parseBenchJson(JSON.stringify(summarize(result)));
  },
};

/** The words that start this program once more: itself when compiled, else the runtime and the main module. */
function ownCommand(): readonly string[] {
  return Deno.build.standalone ? [Deno.execPath()] : [Deno.execPath(), "run", "-A", process.argv[1]!];
}

/** `bench selftest`. */
export const selftestCommand: Command = { spec, run };
