/**
 * Compares HTTP/2 here with h2load's, pair by pair, against nginx on this machine, and prints a Markdown table. The goal:
 * at least 0.97 of its requests a second, at most 1.15 times its CPU for each.
 *
 * ```sh
 * deno task bench:http2 --pairs 1 --seconds 2
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { messageOf } from "../../src/lib/errors.ts";
import { measurePairs, median, type Pairs, type Sample } from "./measure.ts";
import { BODIES, type BodyName, startNginx } from "./nginx.ts";
import { h2load } from "./peers.ts";
import { machineLine, markdownTable } from "./table.ts";
import { needPrograms, readOptions } from "./options.ts";

const HELP = `deno task bench:http2 [options]
  --pairs N            alternating pairs for each case (default 7)
  --seconds N          length of each run (default 5)
  --shape C×M,…        connections and streams on each (default 1x50,1x100,10x10)
  --body small|large   default both
  --plain              without TLS, too`;

const MIN_RATE = 0.97;
const MAX_CPU = 1.15;

/** One comparison. */
interface Row {
  readonly body: BodyName;
  readonly isTls: boolean;
  readonly shape: string;
  readonly pairs: Pairs;
}

const values = readOptions(HELP, {
  pairs: { type: "string", default: "7" },
  seconds: { type: "string", default: "5" },
  shape: { type: "string", default: "1x50,1x100,10x10" },
  body: { type: "string" },
  plain: { type: "boolean", default: false },
});

needPrograms("nginx", "openssl", "h2load");
await main();

async function main(): Promise<void> {
  const server = await startNginx();
  const rows: Row[] = [];
  const failures: string[] = [];
  try {
    for (const body of (Object.keys(BODIES) as BodyName[]).filter((name) => (values.body ?? name) === name)) {
      for (const isTls of values.plain ? [true, false] : [true]) {
        for (const shape of values.shape.split(",")) {
          console.error(`Measuring ${shape}, ${body} body${isTls ? "" : ", without TLS"}`);
          const [connections = 1, streams = 1] = shape.split(/[x×]/).map(Number);
          const task = {
            url: isTls ? server.url(body, true) : server.plainHttp2Url(body),
            ...{ connections, streams, threads: 1, seconds: Number(values.seconds) },
            ...(isTls && { certificatePath: server.certificatePath }),
          };
          try {
            rows.push({ body, isTls, shape, pairs: await measurePairs(h2load, task, Number(values.pairs)) });
          } catch (error) {
            failures.push(`${shape}, ${body}: ${messageOf(error)}`);
          }
        }
      }
    }
  } finally {
    await server.stop();
  }
  console.log(
    `${await machineLine()}; nginx with one worker; one thread each; medians of ${values.pairs} runs of ` +
      `${values.seconds} s\n`,
  );
  const head = ["Body", "TLS", "Connections × streams", "bench req/s", "h2load req/s", "Rate ratio"]
    .concat("CPU µs/request", "its", "CPU ratio", "Errors", `≥ ${MIN_RATE}, ≤ ${MAX_CPU}`);
  console.log(markdownTable("lllrrrrrrrl", [head, ...rows.map(cellsOf)]));
  for (const failure of failures) console.log(`\nNot measured: ${failure}`);
}

function cellsOf({ body, isTls, shape, pairs }: Row): readonly string[] {
  const middle = (samples: readonly Sample[], pick: (sample: Sample) => number | undefined) =>
    median(samples.map(pick).filter((value) => value !== undefined));
  const perSecond = [pairs.ours, pairs.theirs].map((samples) =>
    middle(samples, (sample) => sample.perSecond)
  );
  const cpuUs = [pairs.ours, pairs.theirs].map((samples) => middle(samples, (sample) => sample.cpuUs));
  const ratioOf = ([ours, theirs]: readonly (number | undefined)[]) =>
    ours === undefined || !theirs ? undefined : ours / theirs;
  const rateRatio = ratioOf(perSecond);
  const cpuRatio = ratioOf(cpuUs);
  const holds = rateRatio !== undefined && rateRatio >= MIN_RATE &&
    (cpuRatio === undefined || cpuRatio <= MAX_CPU);
  const errors = [pairs.ours, pairs.theirs].map((samples) =>
    samples.reduce((sum, sample) => sum + sample.errors, 0)
  );
  return [
    ...[body, isTls ? "yes" : "no", shape.replace("x", " × ")],
    ...perSecond.map((value) => value === undefined ? "–" : Math.round(value).toLocaleString("en")),
    rateRatio?.toFixed(2) ?? "–",
    ...cpuUs.map((value) => value?.toFixed(1) ?? "–"),
    cpuRatio?.toFixed(2) ?? "–",
    errors.join(" / "),
    holds ? "yes" : "no",
  ];
}
