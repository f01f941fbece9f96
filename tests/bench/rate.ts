/**
 * How well this program keeps to a rate against nginx on this machine, beside `hey -q` at the same rate and wrk without
 * one (what the server can do). Prints a Markdown table; a missing tool is listed and fails nothing.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { messageOf } from "../../src/lib/errors.ts";
import { programPath } from "../_support/peers.ts";
import { measure, type Sample, type Task } from "./measure.ts";
import { startNginx } from "./nginx.ts";
import type { Tool } from "../../src/selftest/tool.ts";
import { bench, RIVALS } from "./peers.ts";
import { machineLine, markdownTable } from "./table.ts";
import { needPrograms, readOptions } from "./options.ts";

const HELP = `deno task bench:rate [options]
  --rates A,B,…     requests a second (default 1000,10000,30000)
  --seconds N       length of each run (default 10)
  --connections N   default 100`;

const values = readOptions(HELP, {
  rates: { type: "string", default: "1000,10000,30000" },
  seconds: { type: "string", default: "10" },
  connections: { type: "string", default: "100" },
});

needPrograms("nginx", "openssl");
await main();

async function main(): Promise<void> {
  const rows: string[][] = [
    [
      "Tool",
      "Target req/s",
      "Achieved req/s",
      "Achieved/target",
      "Start delay p50, ms",
      "CPU µs/request",
      "Errors",
    ],
  ];
  const failures: string[] = [];
  const server = await startNginx();
  const row = async (tool: Tool, rate: number | undefined) => {
    console.error(`Measuring ${tool.name}${rate === undefined ? "" : ` at ${rate} req/s`}`);
    const task: Task = {
      url: server.url("small", false),
      connections: Number(values.connections),
      threads: 1,
      seconds: Number(values.seconds),
      ...(rate !== undefined && { rate }),
    };
    try {
      rows.push(cellsOf(tool, rate, await measure(tool, task)));
    } catch (error) {
      failures.push(`${tool.name}: ${messageOf(error)}`);
    }
  };
  const rival = (name: string) =>
    RIVALS.find((tool) => tool.name === name && programPath(name) !== undefined);
  try {
    for (const rate of values.rates.split(",").map(Number)) {
      await row(bench, rate);
      const hey = rival("hey");
      if (hey) await row(hey, rate);
    }
    const wrk = rival("wrk");
    if (wrk) await row(wrk, undefined);
  } finally {
    await server.stop();
  }
  console.log(
    `${await machineLine()}; nginx with one worker; ${values.connections} connections, ${values.seconds} s\n`,
  );
  console.log(markdownTable("lrrrrrr", rows));
  for (const failure of failures) console.log(`\nNot measured: ${failure}`);
}

function cellsOf(tool: Tool, rate: number | undefined, sample: Sample): string[] {
  return [
    tool.name,
    rate?.toLocaleString("en") ?? "none",
    Math.round(sample.perSecond).toLocaleString("en"),
    rate === undefined ? "–" : (sample.perSecond / rate).toFixed(4),
    sample.startDelayMs?.toFixed(3) ?? "–",
    sample.cpuUs?.toFixed(1) ?? "–",
    `${sample.errors}`,
  ];
}
