/**
 * `bench selftest`: how well this program measures, shown against targets of known behaviour.
 *
 * @module
 */
import process from "node:process";
import { run, summarize } from "../../api.ts";
import { EXIT, UsageError } from "../../lib/errors.ts";
import { styleFor, wantsColor } from "../../lib/style.ts";
import { parseCommandLine } from "../../options/command_line.ts";
import { resolve } from "../../options/resolve.ts";
import { jsonText } from "../../report/json.ts";
import { selftestCases } from "../../selftest/cases.ts";
import { findProgram } from "../../selftest/find_program.ts";
import { parseBenchJson } from "../../selftest/peer_output.ts";
import { ownTool, PEERS } from "../../selftest/peer_tools.ts";
import { runSelftest } from "../../selftest/selftest.ts";
import type { Tool } from "../../selftest/tool.ts";
import { tryOutput, writeOutput } from "../../run/deliver/output_files.ts";
import { selftestJson, selftestText } from "../../selftest/report.ts";
import { selftestOptions, selftestSpec } from "../selftest_spec.ts";
import { printError, printOut } from "../terminal.ts";

/** Longer than any case takes. */
const LIMIT_MS = 60_000;

/** Runs the selftest; exit code 1 when an error is beyond its limit. */
export async function selftestCommand(argv: readonly string[]): Promise<number> {
  const parsed = parseCommandLine(selftestSpec, argv);
  if (parsed.kind !== "options") {
    printOut(`${parsed.text}\n`);
    return EXIT.ok;
  }
  const { values, problems } = resolve(selftestOptions, { given: parsed.given });
  const all = [...parsed.problems, ...problems];
  if (all.length > 0) throw new UsageError(all);
  const isOutputTaken = values.json === "-";
  if (values.json !== undefined && !isOutputTaken) await tryOutput(values.json, "--json");
  const mayStart = (await Deno.permissions.query({ name: "run" })).state === "granted";
  if (!mayStart) {
    printError(
      "bench: may not start programs (--allow-run): measures in threads of its own, no other tools\n",
    );
  }
  const find = (program: string) => mayStart ? findProgram(program, Deno.env.get("PATH") ?? "") : undefined;
  const peers = values.quick ? [] : PEERS.filter(({ name }) => find(name) !== undefined);
  const result = await runSelftest({
    cases: selftestCases(values.quick),
    own: mayStart ? ownTool(ownCommand()) : OWN_THREADS,
    peers,
    find,
    limitMs: LIMIT_MS,
    onRun: (title, tool) => printError(`${tool}: ${title}\n`),
  });
  const stream = isOutputTaken ? Deno.stderr : Deno.stdout;
  const color = wantsColor({
    isTerminal: stream.isTerminal(),
    noColor: Deno.env.get("NO_COLOR"),
    forceColor: Deno.env.get("FORCE_COLOR"),
    term: Deno.env.get("TERM"),
  });
  (isOutputTaken ? printError : printOut)(selftestText(result, styleFor(color)));
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
  measure: async ({ url, connections, seconds, requests, rate, timeoutSec }) => {
    const result = await run({
      url,
      connections,
      threads: 2,
      ...(requests === undefined ? { duration: `${seconds}s` } : { "num-requests": requests }),
      ...(rate !== undefined && { rate }),
      ...(timeoutSec !== undefined && { timeout: `${timeoutSec}s` }),
    });
    return parseBenchJson(JSON.stringify(summarize(result)));
  },
};

/** The words that start this program once more: itself when compiled, else the runtime and the main module. */
function ownCommand(): readonly string[] {
  return Deno.build.standalone ? [Deno.execPath()] : [Deno.execPath(), "run", "-A", process.argv[1]!];
}
