/**
 * `bench demo`: the whole way from load to report, on a target that is always there.
 *
 * @module
 */
import { beginPlatformWork } from "../../lib/platform_work.ts";
import { startTarget } from "../../target/serve.ts";
import type { Command, Door } from "../command.ts";
import { benchSpec } from "../help/bench_spec.ts";
import { printError } from "../terminal.ts";
import { runBench } from "./run.ts";

/** Runs a short benchmark against the built-in target; further options are those of the benchmark. */
async function run(argv: readonly string[], door: Door): Promise<number> {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  // The target has to have its turns on the thread of the load.
  beginPlatformWork();
  const options = argv.length > 0 ? argv : ["-c", "10", "-d", "5", "-t", "1"];
  const words = [`${target.url}/`, ...options];
  printError(`bench ${words.join(" ")}\n`);
  return await runBench(words, door, ["bench demo", ...argv].join(" "));
}

const { brief: _brief, ...allOfBench } = benchSpec({});

/** `bench demo`. */
export const demoCommand: Command = {
  spec: {
    ...allOfBench,
    name: "bench demo",
    usage: "[OPTIONS]",
    summary: "Five seconds of load on the built-in target; options are those of the benchmark.",
    operands: { max: 0, label: "argument" },
    sections: [],
  },
  run,
};
