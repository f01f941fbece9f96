/**
 * `bench demo`: the whole way from load to report, on a target that is always there.
 *
 * @module
 */
import { startTarget } from "../../target/serve.ts";
import { runCommand } from "./run.ts";
import { printError } from "../terminal.ts";

/** Runs a short benchmark against the built-in target; further options are those of the benchmark. */
export async function demoCommand(argv: readonly string[]): Promise<number> {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const options = argv.length > 0 ? argv : ["-c", "10", "-d", "5", "-t", "1"];
  const words = [`${target.url}/`, ...options];
  printError(`bench ${words.join(" ")}\n`);
  return await runCommand(words);
}
