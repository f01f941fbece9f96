/** The tables for those who come from other tools name options that exist. */
import { assertEquals, assertGreater } from "@std/assert";
import { loadSpecs } from "../../src/cli/command.ts";
import { DOOR } from "../../src/cli/commands.ts";
import { mainOptions } from "../../src/run/settings/settings.ts";
import { flagsOf } from "../../src/options/command_line.ts";
import type { OptionTable } from "../../src/options/option.ts";
import { peerTest } from "../_support/peers.ts";
import { run } from "../_support/run.ts";
import { ROOT } from "./_documents.ts";

/** Rows of the table under a heading: cells as they are written. */
function rowsUnder(text: string, heading: string): readonly (readonly string[])[] {
  const section = text.split(`\n## ${heading}\n`)[1]!.split("\n## ")[0]!;
  return section.split("\n").filter((line) => /^\| /.test(line) && !/^\| -/.test(line)).slice(1)
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

/** Flags in backquotes. */
function flagsIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`(-{1,2}[A-Za-z][\w-]*)/g)].map(([, flag]) => flag!);
}

const TEXT = await Deno.readTextFile(`${ROOT}docs/migrating.md`);
const TOOLS = ["pywrkr", "wrk", "ab", "hey", "k6"];
const OWN = ["-V", "--version", "-h", "--help", ...allFlags(mainOptions), ...await otherFlags()];

function allFlags(table: OptionTable): readonly string[] {
  return [...flagsOf(table), ...Object.values(table).flatMap(({ short }) => short ?? [])];
}

async function otherFlags(): Promise<readonly string[]> {
  return Object.values(await loadSpecs(DOOR)).flatMap(({ options }) => allFlags(options));
}

for (const tool of TOOLS) {
  Deno.test(`what the table for ${tool} points to are options of this program`, () => {
    const rows = rowsUnder(TEXT, tool);
    assertGreater(rows.length, 5, "the table is too short to be one");
    for (const [, own = "", remark = ""] of rows) {
      const flags = [...flagsIn(own), ...flagsIn(remark).filter((flag) => flag.startsWith("--"))];
      assertEquals(flags.filter((flag) => !OWN.includes(flag)), []);
    }
  });
}

/** Flags as a program's own help lists them. */
const HELPS: readonly {
  readonly tool: string;
  readonly args: readonly string[];
  readonly pattern: RegExp;
}[] = [
  { tool: "wrk", args: ["--help"], pattern: /(?:^|\s)(-{1,2}[a-zA-Z][a-z-]*)(?=[ ,])/gm },
  { tool: "ab", args: ["-h"], pattern: /^ {4}(-[A-Za-z]) /gm },
  { tool: "hey", args: ["-h"], pattern: /^ {2}(-[a-zA-Z][a-z0-9-]*)\s/gm },
];

for (const { tool, args, pattern } of HELPS) {
  peerTest(`the table for ${tool} has every flag that ${tool} itself lists`, [tool], async () => {
    const { out, err } = await run(tool, args);
    const flags = new Set([...(out + err).matchAll(pattern)].map(([, flag]) => flag!));
    assertGreater(flags.size, 5, out + err);
    const known = rowsUnder(TEXT, tool).flatMap(([theirs = ""]) => flagsIn(theirs));
    assertEquals([...flags].filter((flag) => !known.includes(flag)), []);
  });
}

/** Options of pywrkr 1.3.4. */
const PYWRKR =
  `-c --connections -d --duration -n --num-requests -t --threads -m --method -H --header -b --body
  -p --post-file -A --basic-auth -C --cookie -k --keepalive --no-keepalive -l --verify-length -v --verbosity --timeout
  --ssl-verify --ca-bundle -R --random-param -e --csv -w --html --json --html-report --live --latency-breakdown --tag
  --otel-endpoint --prom-remote-write --threshold --th -u --users --ramp-up --think-time --think-jitter --rate
  --rate-ramp --traffic-profile --scenario --autofind --max-error-rate --max-p95 --step-duration --start-users
  --max-users --step-multiplier --url-file --master --expect-workers --bind --port --worker`.split(/\s+/);

Deno.test("every option of pywrkr is an option of this program", () => {
  assertEquals(PYWRKR.filter((flag) => !OWN.includes(flag)), []);
});
