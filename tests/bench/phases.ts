/**
 * How far reported phases are from known delays in DNS, connection, TLS handshake, first byte and transfer. Prints one
 * Markdown table and ends with 1 when one is off by more than 2 ms. Needs Linux, root, `unshare` and a quiet machine.
 *
 * ```sh
 * deno task bench:phases --requests 50
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { canIsolate, measurePhases } from "./phases_run.ts";
import { machineLine, markdownTable } from "./table.ts";
import { nothingMeasured, readOptions } from "./options.ts";

const HELP = `deno task bench:phases [options]
  --requests N      each on a connection of its own (default 50)`;

/** Furthest that a median may be from the truth. */
const MAX_MS = 2;

const values = readOptions(HELP, {
  requests: { type: "string", default: "50" },
});

if (!await canIsolate()) nothingMeasured("no network of its own can be made here (unshare -n)");
await main();

async function main(): Promise<void> {
  const rows = await measurePhases(Number(values.requests));
  const ms = (value: number) => value.toFixed(2);
  console.log(`${await machineLine()}; medians of ${values.requests} requests, ms\n`);
  console.log(markdownTable("lrrrr", [
    ["Phase", "Delay made", "Reported with it", "Reported without", "Off by"],
    ...rows.map((row) => [row.phase, ms(row.delayMs), ms(row.withMs), ms(row.withoutMs), ms(row.errorMs)]),
  ]));
  if (rows.some(({ errorMs }) => Math.abs(errorMs) > MAX_MS)) Deno.exitCode = 1;
}
