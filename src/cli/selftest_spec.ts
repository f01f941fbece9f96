/**
 * `bench selftest` as its help describes it.
 *
 * @module
 */
import { VERSION } from "../lib/version.ts";
import type { CommandSpec } from "../options/command_line.ts";
import { defineOptions } from "../options/option.ts";
import { path, toggle } from "../options/option_types.ts";
import { PEERS } from "../selftest/peer_tools.ts";

/** Its options. */
export const selftestOptions = defineOptions({
  quick: {
    long: "--quick",
    type: toggle,
    group: "General",
    default: false,
    help: "Short runs, and none of other tools",
  },
  json: {
    long: "--json",
    type: path(),
    group: "General",
    help: "Write the figures as JSON; - means standard output",
  },
});

/** The command. */
export const selftestSpec: CommandSpec<typeof selftestOptions> = {
  name: "bench selftest",
  usage: "[OPTIONS]",
  summary: "Measures targets of known behaviour and shows by how much the numbers are off.",
  options: selftestOptions,
  operands: { max: 0, label: "argument" },
  sections: [{
    title: "Other tools",
    rows: [[PEERS.map(({ name }) => name).join(", "), "run beside it where they are installed"]],
  }],
  version: VERSION,
};
