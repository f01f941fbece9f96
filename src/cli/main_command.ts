/**
 * The main command as its help describes it.
 *
 * @module
 */
import { EXIT } from "../lib/errors.ts";
import { VERSION } from "../lib/version.ts";
import type { CommandSpec } from "../options/command_line.ts";
import type { HelpSection } from "../options/help_text.ts";
import { FOREIGN_FLAGS } from "./help/foreign_flags.ts";
import { mainOptions } from "../run/settings/settings.ts";

const EXAMPLES: HelpSection = {
  title: "Examples",
  rows: [
    ["bench http://localhost:8080/", "10 connections for 10 seconds"],
    ["bench -c 200 -d 30s URL", "200 connections for 30 seconds"],
    ["bench -n 1000 -c 50 URL", "exactly 1,000 requests"],
    ["bench -m POST -p body.json -H 'Content-Type: application/json' URL", "a request with a body"],
    ["bench --rate 500 -d 1m URL", "an even 500 requests a second"],
    ["bench -u 100 -d 5m --ramp-up 30s --think-time 1s URL", "100 users with pauses"],
    ["bench --th 'p95 < 300ms' --th 'error_rate < 1%' URL", "exit code 2 on breach"],
    ["bench -d 1m --json results.json --tag env=staging URL", "results for other programs"],
  ],
};

const COMMAND_LIST: HelpSection = {
  title: "Commands",
  rows: [
    ["bench serve", "a target of known behaviour to try things on"],
    ["bench demo", "five seconds of load on that target"],
    ["bench compare BASELINE CURRENT", "which changes between saved results are more than noise"],
    ["bench summary RESULTS", "Markdown for a pull request, outputs for a workflow"],
    ["bench report RESULTS", "any report of an earlier run, from the JSON that it wrote"],
    ["bench har-import FILE", "a browser's recording becomes a scenario"],
    ["bench openapi-import FILE", "so does the description of an API, by path or URL"],
    ["bench curl-import 'curl …'", "a curl command becomes a scenario"],
    ["bench selftest", "how far off its numbers are, on targets of known behaviour"],
    ["bench k8s --image IMAGE", "Kubernetes manifests for a run from many nodes"],
    ["bench schema scenario", "the JSON Schema of scenario files, for editors"],
    ["bench completions SHELL", "completion for bash, zsh, fish or powershell"],
    ["bench help TOPIC", "models, thresholds, baselines, scenarios, exit-codes, environment, man"],
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

/** The exit codes, for help and README. */
export const EXIT_CODES: HelpSection = {
  title: "Exit codes",
  rows: [
    [String(EXIT.ok), "the test ran, and nothing was breached"],
    [String(EXIT.failed), "bad usage, the test could not be run, or no request succeeded"],
    [String(EXIT.threshold), "a threshold failed, or could not be measured"],
    [String(EXIT.regression), "worse than the baseline allows"],
    [String(EXIT.bug), "a mistake in bench itself"],
    [String(EXIT.interrupted), "a second Ctrl-C"],
  ],
};

/** `bench [OPTIONS] URL`. */
export const mainCommand: CommandSpec<typeof mainOptions> = {
  name: "bench",
  usage: "[OPTIONS] URL",
  summary: "Load-tests an HTTP server and reports throughput, latency and errors.",
  options: mainOptions,
  operands: { max: 1, label: "URL", property: "url" },
  foreignFlags: FOREIGN_FLAGS,
  sections: [COMMAND_LIST, SOURCES, EXAMPLES, EXIT_CODES],
  version: VERSION,
};
