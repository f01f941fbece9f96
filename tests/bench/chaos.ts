/**
 * Minutes of chaos: this program against a proxy that misbehaves at random while the nginx behind it restarts. Prints
 * one Markdown table and ends with 1 when something did not hold. Linux only.
 *
 * ```sh
 * deno task bench:chaos --seconds 300 --seed 7
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { chaosProblems, runChaos } from "./chaos_run.ts";
import { machineLine, markdownTable } from "./table.ts";
import { needPrograms, nothingMeasured, readOptions } from "./options.ts";

const HELP = `deno task bench:chaos [options]
  --seconds N       length of the run (default 300)
  --connections N   default 64
  --threads N       default 2
  --seed N          of the misbehaviours (default: another one every time)`;

/** Of memory between the first and the last fifth of a long run. */
const MAX_GROWTH = 1.15;

const values = readOptions(HELP, {
  seconds: { type: "string", default: "300" },
  connections: { type: "string", default: "64" },
  threads: { type: "string", default: "2" },
  seed: { type: "string" },
});

if (Deno.build.os !== "linux") nothingMeasured("processes are watched in /proc, on Linux");
needPrograms("nginx", "openssl");
await main();

async function main(): Promise<void> {
  const options = {
    seconds: Number(values.seconds),
    connections: Number(values.connections),
    threads: Number(values.threads),
    seed: Number(values.seed ?? Math.floor(Math.random() * 2 ** 31)),
  };
  console.log(`${await machineLine()}; seed ${options.seed}\n`);
  const report = await runChaos(options);
  const { result, counts } = report;
  const number = (value: number) => value.toLocaleString("en");
  console.log(markdownTable("lr", [
    ["What", "Count"],
    ["seconds", `${options.seconds}`],
    ["restarts of nginx", number(report.restarts)],
    ["requests started", number(result.total_requests + result.unfinished_requests)],
    ["of them succeeded", number(result.total_requests - result.total_errors)],
    ["failed", number(result.total_errors)],
    ["unfinished", number(result.unfinished_requests)],
    ["sent anew", number(result.reconnects)],
    ["requests that arrived", number(counts.requests)],
    ["connections that arrived", number(counts.connections)],
    ["open descriptors, first and last fifth", report.descriptors.join(", ")],
    ["peak MB, first and last fifth", report.bytes.map((bytes) => (bytes / 1e6).toFixed(1)).join(", ")],
    ...Object.entries(result.error_types).map(([kind, count]) => [`failure ${kind}`, number(count)]),
    ...Object.entries(counts.misdeeds).sort().map(([name, count]) => [`misdeed: ${name}`, number(count)]),
  ]));
  const problems = chaosProblems(report, options, MAX_GROWTH);
  console.log(problems.length === 0 ? "\nEverything held." : `\nDid not hold:\n${problems.join("\n")}`);
  Deno.exitCode = problems.length === 0 ? 0 : 1;
}
