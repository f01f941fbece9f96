/**
 * Whether this program's memory and its open descriptors stay level: their peaks in the first and in the last fifth of a
 * long run (of five minutes: the first and the fifth), read from /proc. Linux only; prints one Markdown table, and ends
 * with 1 when they do not.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { startNginx } from "./nginx.ts";
import { bench } from "./peers.ts";
import { machineLine, markdownTable } from "./table.ts";
import { firstAndLast, peakOf, watchProcess } from "./watch_process.ts";
import { needPrograms, nothingMeasured, readOptions } from "./options.ts";
import { tempDir } from "../_support/temp_dir.ts";

const HELP = `deno task bench:memory [options]
  --seconds N       length of the run (default 300)
  --connections N   default 1000
  --threads N       default 1`;

/** Peaks of a level memory differ by no more: what the collector of garbage happens to leave. */
const MAX_GROWTH = 1.1;

const values = readOptions(HELP, {
  seconds: { type: "string", default: "300" },
  connections: { type: "string", default: "1000" },
  threads: { type: "string", default: "1" },
});

if (Deno.build.os !== "linux") nothingMeasured("resident memory is read from /proc, on Linux");
needPrograms("nginx", "openssl");
await main();

async function main(): Promise<void> {
  const seconds = Number(values.seconds);
  await using temp = await tempDir();
  const dir = temp.path;
  const server = await startNginx();
  try {
    const [program, ...args] = bench.words({
      url: server.url("small", false),
      connections: Number(values.connections),
      threads: Number(values.threads),
      seconds,
      outputPath: `${dir}/result.json`,
    }) ?? [];
    const child = new Deno.Command(program!, { args, stdin: "null", stdout: "null", stderr: "inherit" })
      .spawn();
    const samples = await watchProcess(child, seconds);
    const { code } = await child.status;
    if (code !== 0) return console.log(`Not measured: bench ended with code ${code}`);
    const { perSecond, requests } = bench.parse(await Deno.readTextFile(`${dir}/result.json`));
    const fifths = firstAndLast(samples);
    const [first, last] = fifths.map((fifth) => peakOf(fifth, "bytes")) as [number, number];
    const files = fifths.map((fifth) => peakOf(fifth, "descriptors"));
    console.log(`${await machineLine()}; nginx with one worker\n`);
    console.log(markdownTable("rrrrrrrr", [
      ["Connections", "Seconds", "Requests", "req/s", "Peak MB, first fifth", "Peak MB, last fifth", "Ratio"]
        .concat("Descriptors, first / last"),
      [
        values.connections,
        values.seconds,
        requests.toLocaleString("en"),
        Math.round(perSecond).toLocaleString("en"),
      ]
        .concat((first / 1e6).toFixed(1), (last / 1e6).toFixed(1), (last / first).toFixed(3))
        .concat(files.join(" / ")),
    ]));
    if (last > first * MAX_GROWTH || files[1]! > files[0]!) Deno.exitCode = 1;
  } finally {
    await server.stop();
  }
}
