/**
 * The benchmark as its help describes it.
 *
 * @module
 */
import { VERSION } from "../../lib/version.ts";
import type { CommandSpec } from "../../options/command_line.ts";
import type { HelpSection } from "../../options/help_text.ts";
import type { Door } from "../command.ts";
import { BRIEF_HELP } from "./brief.ts";
import { EXIT_CODES } from "./exit_codes.ts";
import { FOREIGN_FLAGS } from "./foreign_flags.ts";
import { SCENARIO_FILE } from "../../run/settings/module_file.ts";
import { mainOptions } from "../../run/settings/settings.ts";

const EXAMPLES: HelpSection = {
  title: "Examples",
  rows: [
    ["bench http://localhost:8080/", "10 connections for 10 seconds"],
    ["bench -c 200 -d 30s URL", "200 connections for 30 seconds"],
    ["bench -n 1000 -c 50 URL", "exactly 1,000 requests"],
    ["bench -m POST -p body.json -H 'Content-Type: application/json' URL", "a request with a body"],
    ["bench --rate 500 -d 1m URL", "a steady 500 requests per second"],
    ["bench ws://localhost:8080/ws/echo --ws-message hi --ws-expect-reply", "WebSocket round trips"],
    ["bench grpc://localhost:50051/shop.Shop/GetItem -b '{\"id\": 1001}'", "gRPC calls"],
    ["bench --api openai --prompt 'Say hello' --threshold 'ttft p95 < 1s' URL", "a language model's tokens"],
    ["bench -u 100 -d 5m --ramp-up 30s --think-time 1s URL", "100 users with pauses"],
    ["bench --th 'p95 < 300ms' --th 'error_rate < 1%' URL", "exit code 2 on breach"],
    ["bench -d 1m --json results.json --tag env=staging URL", "results for other programs"],
  ],
};

const SOURCES: HelpSection = {
  title: "Where options come from",
  rows: [
    ["command line", "--num-requests 100"],
    ["environment", "BENCH_NUM_REQUESTS=100"],
    ["--config FILE", "num-requests: 100"],
  ],
};

/** `bench [OPTIONS] URL`, with a list of the other commands. */
export function benchSpec(commands: Door["commands"]): CommandSpec<typeof mainOptions> {
  return {
    name: "bench",
    usage: "[OPTIONS] URL|SCENARIO",
    summary: "Load-tests an HTTP server and reports throughput, latency and errors.",
    options: mainOptions,
    operands: {
      max: 1,
      label: "URL",
      property: "url",
      shorthand: { pattern: SCENARIO_FILE, property: "scenario" },
    },
    foreignFlags: FOREIGN_FLAGS,
    brief: BRIEF_HELP,
    sections: [listOf(commands), SOURCES, EXAMPLES, EXIT_CODES],
    version: VERSION,
  };
}

/** The manual page is a topic of help, too, and listed there. */
function listOf(commands: Door["commands"]): HelpSection {
  return {
    title: "Commands",
    rows: Object.entries(commands).filter(([name]) => name !== "man").map(([name, { usage, purpose }]) =>
      [`bench ${name} ${usage}`.trimEnd(), purpose] as const
    ),
  };
}
