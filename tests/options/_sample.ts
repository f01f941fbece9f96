/** A small command for tests of the option machinery. */
import type { CommandSpec, GivenText } from "../../src/options/command_line.ts";
import { parseCommandLine } from "../../src/options/command_line.ts";
import { keyValue, userPassword } from "../../src/options/http_types.ts";
import { choice, count, duration, path, text, toggle } from "../../src/options/option_types.ts";
import { defineOptions } from "../../src/options/option.ts";

export const sampleOptions = defineOptions({
  connections: {
    short: "-c",
    long: "--connections",
    type: count({ min: 1 }),
    group: "Load",
    default: 10,
    help: "Connections",
  },
  duration: {
    short: "-d",
    long: "--duration",
    type: duration(),
    group: "Load",
    defaultLabel: "10s",
    conflicts: ["numRequests"],
    help: "Length",
  },
  numRequests: {
    short: "-n",
    long: "--num-requests",
    type: count({ min: 1 }),
    group: "Load",
    conflicts: ["duration"],
    help: "Amount",
  },
  auth: { long: "--auth", type: userPassword, group: "Request", secret: true, help: "Credentials" },
  keepalive: {
    short: "-k",
    long: "--keepalive",
    negation: "--no-keepalive",
    type: toggle,
    group: "Connection",
    default: true,
    help: "Keep alive",
  },
  verify: {
    short: "-l",
    long: "--verify",
    type: toggle,
    group: "Connection",
    default: false,
    help: "Verify",
  },
  client: {
    long: "--client",
    type: choice(["raw", "fetch"]),
    group: "Connection",
    default: "raw",
    help: "Client",
  },
  report: {
    short: "-r",
    long: "--report",
    type: path(),
    group: "Output",
    bare: "report.html",
    help: "A | report",
  },
  tag: { long: "--tag", aliases: ["--label"], type: keyValue, group: "Output", repeat: true, help: "Label" },
  note: { long: "--note", type: text(), group: "Output", repeat: true, requires: ["report"], help: "Note" },
});

export const sampleCommand: CommandSpec<typeof sampleOptions> = {
  name: "sample",
  usage: "[OPTIONS] URL",
  summary: "Does nothing.",
  options: sampleOptions,
  operands: { max: 1, label: "URL" },
  foreignFlags: { "-z": "use -d", "--disable-reports": "there are none" },
  sections: [{ title: "Examples", rows: [["sample -c 5 URL", "five"], ["sample", "nothing"]] }],
  version: "1.2.3",
};

/** What a command line gives; fails when it asks for help or version. */
export function parsed(
  ...argv: readonly string[]
): {
  readonly given: readonly GivenText[];
  readonly operands: readonly string[];
  readonly problems: readonly string[];
} {
  const result = parseCommandLine(sampleCommand, argv);
  if (result.kind !== "options") throw new TypeError(`Unexpected ${result.kind}`);
  return result;
}

/** What a command line gives, `property=text` each. */
export function texts(...argv: readonly string[]): readonly string[] {
  const { given, problems } = parsed(...argv);
  if (problems.length > 0) throw new TypeError(problems.join("; "));
  return given.map(({ property, text }) => (text === null ? property : `${property}=${text}`));
}
