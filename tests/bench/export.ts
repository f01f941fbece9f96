/**
 * What exporting costs the load: pairs of runs against nginx, one without an export and one with an export every second
 * to a receiver that works, or misbehaves. Prints a Markdown table; a ratio of 1 is no cost.
 *
 * ```sh
 * deno task bench:export [--pairs 5] [--seconds 5] [--receiver hangs]
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { MISBEHAVIOURS, startBadReceiver } from "../_support/bad_receivers.ts";
import { REFUSING_PORT } from "../_support/peers.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { measurePairs, median, type Sample, type Task } from "./measure.ts";
import { startNginx } from "./nginx.ts";
import type { Tool } from "../../src/selftest/tool.ts";
import { bench } from "./peers.ts";
import { machineLine } from "./table.ts";
import { needPrograms, readOptions } from "./options.ts";

const HELP = `deno task bench:export [options]
  --pairs N         alternating pairs for each receiver (default 5)
  --seconds N       length of each run (default 5)
  --receiver NAME   one of works, refuses, ${MISBEHAVIOURS.join(", ")}`;

const values = readOptions(HELP, {
  pairs: { type: "string", default: "5" },
  seconds: { type: "string", default: "5" },
  receiver: { type: "string" },
});

/** The program with an export a second; what cannot be delivered makes its exit code 1, which is no failure here. */
function exporting(endpoint: string): Tool {
  return {
    ...bench,
    name: "bench with an export",
    words: (job) => [...bench.words(job)!, "--export-interval", "1", "--otel-endpoint", endpoint],
    endsWith: [0, 1],
  };
}

const works = {
  open: () => startRawServer((connection) => connection.send(response(""))),
  name: "works",
};
const refuses = {
  open: () =>
    Promise.resolve({
      origin: `http://127.0.0.1:${REFUSING_PORT}`,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
  name: "refuses",
};
const receivers = [
  works,
  refuses,
  ...MISBEHAVIOURS.map((name) => ({ name, open: () => startBadReceiver(name) })),
]
  .filter(({ name }) => (values.receiver ?? name) === name);

needPrograms("nginx", "openssl");
const server = await startNginx();
console.log(
  `${await machineLine()}; nginx with one worker; medians of ${values.pairs} pairs of runs of ${values.seconds} s\n`,
);
console.log(
  "| receiver | req/s without | req/s with | ratio | memory with, MB more |\n| --- | ---: | ---: | ---: | ---: |",
);
try {
  for (const { name, open } of receivers) {
    await using receiver = await open();
    const task: Task = {
      url: server.url("small", false),
      connections: 50,
      threads: 1,
      seconds: Number(values.seconds),
    };
    const { ours: without, theirs: withExport } = await measurePairs(
      exporting(receiver.origin),
      task,
      Number(values.pairs),
    );
    const rate = (samples: readonly Sample[]) => median(samples.map(({ perSecond }) => perSecond))!;
    const ratios = without.map(({ perSecond }, pair) => withExport[pair]!.perSecond / perSecond);
    const memory = (samples: readonly Sample[]) =>
      median(samples.flatMap(({ peakBytes }) => peakBytes ?? [])) ?? NaN;
    console.log(
      `| ${name} | ${rate(without).toFixed(0)} | ${rate(withExport).toFixed(0)} | ${
        median(ratios)!.toFixed(2)
      } | ${((memory(withExport) - memory(without)) / 1e6).toFixed(1)} |`,
    );
  }
} finally {
  await server.stop();
}
