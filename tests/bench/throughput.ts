/**
 * Compares this program with other load generators against nginx on this machine, pair by pair, and prints a Markdown
 * table: by default the rows that wrk is to be beaten in, and whether it was. Missing tools are listed, failed runs are
 * named; neither fails the program.
 *
 * ```sh
 * deno task bench:throughput --quick --only wrk
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { messageOf } from "../../src/lib/errors.ts";
import { programPath } from "../_support/peers.ts";
import { measurePairs } from "./measure.ts";
import { goalFor, type GoalRow, GOALS, type TlsKind } from "./goals.ts";
import { BODIES, type BodyName, startNginx } from "./nginx.ts";
import type { Tool } from "../../src/selftest/tool.ts";
import { RIVALS } from "./peers.ts";
import { machineLine, type ThroughputRow, throughputTable } from "./table.ts";
import { needPrograms, readOptions } from "./options.ts";

const HELP = `deno task bench:throughput [options]
  --quick               2 pairs of 2 s with 50 connections
  --pairs N             alternating pairs for each comparison (default 7)
  --seconds N           length of each run (default 5)
The rows with a goal against wrk, or of these:
  --all                 every tool and every combination of what follows
  --connections A,B,…   default 50,200,1000
  --only NAME           one of ${RIVALS.map(({ name }) => name).join(", ")}
  --body small|large    default both
  --tls, --plain        default both
  --trusted             with --tls: the certificate is checked, and trusted
  --threads N           1 or 2 (wrk only); default both`;

interface Case extends GoalRow {
  readonly rival: Tool;
}

const values = readOptions(HELP, {
  quick: { type: "boolean", default: false },
  all: { type: "boolean", default: false },
  trusted: { type: "boolean", default: false },
  pairs: { type: "string" },
  seconds: { type: "string" },
  connections: { type: "string" },
  only: { type: "string" },
  body: { type: "string" },
  tls: { type: "boolean", default: false },
  plain: { type: "boolean", default: false },
  threads: { type: "string" },
});

needPrograms("nginx", "openssl");
await main();

async function main(): Promise<void> {
  const pairs = Number(values.pairs ?? (values.quick ? 2 : 7));
  const seconds = Number(values.seconds ?? (values.quick ? 2 : 5));
  const missing = RIVALS.filter(({ name }) => programPath(name) === undefined).map(({ name }) => name);
  if (missing.length > 0) console.error(`Not installed, left out: ${missing.join(", ")}`);
  const server = await startNginx();
  const rows: ThroughputRow[] = [];
  const failures: string[] = [];
  try {
    for (const chosen of cases(missing)) {
      const { rival, body, tls, connections, threads } = chosen;
      const isTls = tls !== "no";
      const title = `${rival.name}, ${body} body, TLS: ${tls}, ${connections} connections, ` +
        `${threads} thread${threads > 1 ? "s" : ""}`;
      console.error(`Measuring against ${title}`);
      const task = {
        url: server.url(body, isTls),
        connections,
        threads,
        seconds,
        ...(tls === "trusted" && { certificatePath: server.certificatePath }),
      };
      try {
        const measured = await measurePairs(rival, task, pairs);
        const goal = rival.name === "wrk" ? goalFor(chosen) : undefined;
        rows.push({ ...chosen, rival: rival.name, pairs: measured, ...(goal !== undefined && { goal }) });
      } catch (error) {
        failures.push(`${title}: ${messageOf(error)}`);
      }
    }
  } finally {
    await server.stop();
  }
  console.log(
    `${await machineLine()}; nginx with one worker; medians of ${pairs} runs of ${seconds} s each\n`,
  );
  console.log(throughputTable(rows));
  for (const failure of failures) console.log(`\nNot measured: ${failure}`);
}

function cases(missing: readonly string[]): readonly Case[] {
  const rivals = RIVALS.filter(({ name }) => (values.only ?? name) === name && !missing.includes(name));
  const chosen = ["quick", "all", "connections", "only", "body", "tls", "plain", "threads"] as const;
  if (chosen.every((name) => values[name] === undefined || values[name] === false)) {
    const wrk = rivals.filter(({ name }) => name === "wrk");
    return GOALS.flatMap((row) => wrk.map((rival) => ({ ...row, rival })));
  }
  const connections = (values.connections ?? (values.quick ? "50" : "50,200,1000")).split(",").map(Number);
  const bodies = (Object.keys(BODIES) as BodyName[]).filter((name) => (values.body ?? name) === name);
  const tlsKind: TlsKind = values.trusted ? "trusted" : "untrusted";
  const kinds = (["no", tlsKind] as const).filter((tls) => tls === "no" ? !values.tls : !values.plain);
  const threads = [1, 2].filter((count) => Number(values.threads ?? count) === count);
  return bodies.flatMap((body) =>
    kinds.flatMap((tls) =>
      connections.flatMap((count) =>
        rivals.flatMap((rival) =>
          threads.filter((n) => n === 1 || rival.name === "wrk")
            .map((n) => ({ body, tls, connections: count, threads: n, rival }))
        )
      )
    )
  );
}
