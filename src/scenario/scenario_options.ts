/**
 * Options that say what users do besides requesting one URL.
 *
 * @module
 */
import { defineOptions } from "../options/option.ts";
import { count, duration, path, text, toggle } from "../options/option_types.ts";

const DEFAULT_SETUP_TIMEOUT_MS = 60_000;

/** The table. */
export const scenarioOptions = defineOptions({
  scenario: {
    long: "--scenario",
    type: path(),
    group: "Scenario",
    conflicts: ["method", "body", "postFile", "urlFile"],
    help: "Run the steps of this JSON or YAML file, or this TypeScript module; a URL replaces its own",
  },
  check: {
    long: "--check",
    type: toggle,
    group: "Scenario",
    default: false,
    help: "Send each request once, without load, and show what was sent, received, extracted and checked",
  },
  inspect: {
    long: "--inspect",
    type: toggle,
    group: "Scenario",
    default: false,
    requires: ["scenario"],
    conflicts: ["check", "master"],
    help: "Run a module in one thread and wait for a debugger (chrome://inspect, VS Code) on 127.0.0.1:9229",
  },
  iterations: {
    long: "--iterations",
    type: count({ min: 1 }),
    group: "Scenario",
    requires: ["scenario"],
    conflicts: ["numRequests"],
    help:
      "Run exactly this many passes through the scenario; with -d, stop after that time if it comes first",
  },
  iterationTimeout: {
    long: "--iteration-timeout",
    type: duration(),
    group: "Scenario",
    requires: ["scenario"],
    defaultLabel: "5m",
    help: "Abort an iteration of a module that takes longer than this, not counting its pauses",
  },
  setupTimeout: {
    long: "--setup-timeout",
    type: duration(),
    group: "Scenario",
    requires: ["scenario"],
    default: DEFAULT_SETUP_TIMEOUT_MS,
    help: "End the run when setup takes longer than this; teardown has as long",
  },
  data: {
    long: "--data",
    type: text("NAME=FILE"),
    group: "Scenario",
    repeat: true,
    help: "Rows of a CSV, JSON or JSON Lines file for ${NAME.field} in a scenario or a gRPC message",
  },
  dataStrategy: {
    long: "--data-strategy",
    type: text("NAME=HOW"),
    group: "Scenario",
    repeat: true,
    help: "How rows are drawn: loop, sequential, random or unique",
  },
  sessionCookies: {
    long: "--session-cookies",
    negation: "--no-session-cookies",
    type: toggle,
    group: "Scenario",
    defaultLabel: "on with --scenario, -u and --autofind",
    help: "Keep the cookies that servers set, in one jar per user (or per connection)",
  },
});
