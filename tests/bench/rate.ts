/**
 * How well this program keeps to a rate against nginx on this machine, and at what cost, beside the other tools that keep
 * to one. Prints a Markdown table, with what is to be reached and whether it was; a missing tool is listed and fails
 * nothing.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { messageOf } from "../../src/lib/errors.ts";
import { programPath } from "../_support/peers.ts";
import { measure, type Sample, type Task } from "./measure.ts";
import { startNginx } from "./nginx.ts";
import type { Tool } from "../../src/selftest/tool.ts";
import { bench, RATE_RIVALS } from "./peers.ts";
import { machineLine, markdownTable } from "./table.ts";
import { needPrograms, readOptions } from "./options.ts";

const HELP = `deno task bench:rate [options]
  --rates A,B,…     requests a second (default 100,1000,10000,50000)
  --seconds N       length of each run (default 10)
  --connections N   default 100`;

const values = readOptions(HELP, {
  rates: { type: "string", default: "100,1000,10000,50000" },
  seconds: { type: "string", default: "10" },
  connections: { type: "string", default: "100" },
});

/** Of a core, at most, in %, at so many requests a second. */
const MAX_CPU: Readonly<Record<number, number>> = { 100: 4, 1000: 12, 10_000: 45, 50_000: 100 };
const MAX_DELAY_MS = { p50: 0.05, p99: 1 } as const;

needPrograms("nginx", "openssl");
await main();

async function main(): Promise<void> {
  const rows: string[][] = [
    [
      "Tool",
      "Target req/s",
      "Sent",
      "Sent/target",
      "Start delay p50, µs",
      "p99, µs",
      "CPU, % of a core",
      "Errors",
    ]
      .concat("Goal"),
  ];
  const failures: string[] = [];
  const rivals = RATE_RIVALS.filter(({ name }) => programPath(name) !== undefined);
  const missing = RATE_RIVALS.filter((tool) => !rivals.includes(tool)).map(({ name }) => name);
  if (missing.length > 0) console.error(`Not installed, left out: ${missing.join(", ")}`);
  const server = await startNginx();
  try {
    for (const rate of values.rates.split(",").map(Number)) {
      for (const tool of [bench, ...rivals]) {
        console.error(`Measuring ${tool.name} at ${rate} req/s`);
        const task: Task = {
          url: server.url("small", false),
          connections: Number(values.connections),
          threads: 1,
          seconds: Number(values.seconds),
          rate,
        };
        try {
          rows.push(cellsOf(tool, task, await measure(tool, task)));
        } catch (error) {
          failures.push(`${tool.name} at ${rate}: ${messageOf(error)}`);
        }
      }
    }
  } finally {
    await server.stop();
  }
  console.log(
    `${await machineLine()}; nginx with one worker; ${values.connections} connections, ${values.seconds} s\n`,
  );
  console.log(markdownTable("lrrrrrrrl", rows));
  for (const failure of failures) console.log(`\nNot measured: ${failure}`);
}

function cellsOf(tool: Tool, { rate = 0, seconds }: Task, sample: Sample): string[] {
  const { requests, cpuUs, startDelayMs, startDelay99Ms, errors } = sample;
  const share = requests / (rate * seconds);
  const cpu = cpuUs === undefined ? undefined : cpuUs * requests / seconds / 1e4;
  const us = (ms: number | undefined) => ms === undefined ? "–" : Math.round(ms * 1000).toLocaleString("en");
  return [
    tool.name,
    rate.toLocaleString("en"),
    requests.toLocaleString("en"),
    share.toFixed(4),
    us(startDelayMs),
    us(startDelay99Ms),
    cpu?.toFixed(1) ?? "–",
    `${errors}`,
    tool === bench ? goalText(rate, { share, cpu, startDelayMs, startDelay99Ms }) : "–",
  ];
}

interface Reached {
  readonly share: number;
  readonly cpu: number | undefined;
  readonly startDelayMs: number | undefined;
  readonly startDelay99Ms: number | undefined;
}

/** `all sent, ≤ 50 µs, ≤ 1 ms, ≤ 12 %: reached`. */
function goalText(rate: number, { share, cpu, startDelayMs, startDelay99Ms }: Reached): string {
  const maxCpu = MAX_CPU[rate];
  const isReached = share >= 0.9999 && (startDelayMs ?? Infinity) <= MAX_DELAY_MS.p50 &&
    (startDelay99Ms ?? Infinity) <= MAX_DELAY_MS.p99 && (maxCpu === undefined || (cpu ?? 0) <= maxCpu);
  return `all sent, ≤ 50 µs, ≤ 1 ms${maxCpu === undefined ? "" : `, ≤ ${maxCpu} %`}: ` +
    (isReached ? "reached" : "missed");
}
