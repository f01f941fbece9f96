/**
 * Measures what a gRPC call costs the client, here and in ghz and k6, in turn, against grpc-go on this machine, and prints
 * a Markdown table. The goals: at most 9 µs of CPU for a unary call of 100 bytes, at most 14 with placeholders and a check
 * of the decoded reply.
 *
 * ```sh
 * deno task bench:grpc --rounds 3 --seconds 5
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { PROBE_KINDS, type ProbeServer } from "../_support/grpc/peers.ts";
import { programPath } from "../_support/peers.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { median, readUsage } from "./measure.ts";
import { needPrograms, readOptions } from "./options.ts";
import { machineLine, markdownTable } from "./table.ts";

const HELP = `deno task bench:grpc [options]
  --rounds N        runs of each kind, in turn (default 5)
  --seconds N       length of each run (default 5)
  --connections N   default 10
  --streams N       calls at a time on each (default 5)`;

const values = readOptions(HELP, {
  rounds: { type: "string", default: "5" },
  seconds: { type: "string", default: "5" },
  connections: { type: "string", default: "10" },
  streams: { type: "string", default: "5" },
});

/** One run. */
interface Sample {
  readonly perSecond: number;
  /** User and system time of the client, µs for each call. */
  readonly cpuUs: number;
  readonly errors: number;
}

/** 100 bytes, encoded. */
const TEXT = "x".repeat(98);

type Measure = (server: ProbeServer, folder: string) => Promise<Sample>;

/** What is compared, with the most µs of CPU that a call may cost here. */
const KINDS: Readonly<Record<string, { readonly measure: Measure; readonly goalUs?: number }>> = {
  "bench": {
    measure: ({ url }) => runOwn(["-b", JSON.stringify({ text: TEXT }), `${url}/Unary`]),
    goalUs: 9,
  },
  "bench, placeholders and a check": { measure: runScenario, goalUs: 14 },
  ...(programPath("ghz") && { ghz: { measure: runGhz } }),
  ...(programPath("k6") && { k6: { measure: runK6 } }),
};

needPrograms("go", "time");
await main();

async function main(): Promise<void> {
  const server = await PROBE_KINDS[0]!.start();
  await using _server = server;
  await using temp = await tempDir();
  const samples = new Map<string, Sample[]>(Object.keys(KINDS).map((kind) => [kind, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    const kinds = Object.keys(KINDS);
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
      console.error(`Measuring ${kind}`);
      samples.get(kind)!.push(await KINDS[kind]!.measure(server, temp.path));
    }
  }
  console.log(
    `${await machineLine()}; grpc-go; unary calls of 100 bytes; ${values.connections} connections × ` +
      `${values.streams} calls, one thread; medians of ${values.rounds} runs of ${values.seconds} s each\n`,
  );
  const head = ["Client", "calls/s", "CPU µs/call", "Goal", "Errors"];
  console.log(markdownTable("lrrrr", [head, ...[...samples].map(([kind, all]) => cellsOf(kind, all))]));
}

function cellsOf(kind: string, all: readonly Sample[]): readonly string[] {
  const { goalUs } = KINDS[kind]!;
  return [
    kind,
    Math.round(median(all.map(({ perSecond }) => perSecond)) ?? NaN).toLocaleString("en"),
    (median(all.map(({ cpuUs }) => cpuUs)) ?? NaN).toFixed(1),
    goalUs === undefined ? "" : `≤ ${goalUs}`,
    String(all.reduce((sum, { errors }) => sum + errors, 0)),
  ];
}

async function runScenario({ url }: ProbeServer, folder: string): Promise<Sample> {
  const path = `${folder}/scenario.json`;
  const step = {
    grpc: `${url}/Unary`,
    message: { text: `\${counter()} ${TEXT.slice(8)}` },
    assert_json: { "$.received": 1 },
  };
  await Deno.writeTextFile(path, JSON.stringify({ name: "calls", steps: [step] }));
  return await runOwn(["--http2", "--scenario", path]);
}

async function runOwn(words: readonly string[]): Promise<Sample> {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, "--json", "-", "--no-progress", "-t", "1"]
      .concat("-c", values.connections, "--streams", values.streams, "-d", values.seconds, words),
  }).output();
  if (code !== 0) throw new Error(`bench ended with code ${code}: ${new TextDecoder().decode(stderr)}`);
  const result = JSON.parse(new TextDecoder().decode(stdout));
  const { cpu_user_sec: user, cpu_system_sec: system } = result.client_health;
  return {
    perSecond: result.requests_per_sec,
    cpuUs: (user + system) * 1e6 / result.total_requests,
    errors: result.total_errors,
  };
}

async function runGhz({ url }: ProbeServer, folder: string): Promise<Sample> {
  const host = new URL(url.replace("grpc", "http")).host;
  const calls = Number(values.connections) * Number(values.streams);
  const result = await runTimed(folder, [
    ...["ghz", "--insecure", "--call", "probe.Probe/Unary", "-d", JSON.stringify({ text: TEXT })],
    ...["-c", String(calls), "--connections", values.connections, "-z", `${values.seconds}s`],
    ...["--format", "json", "-o", `${folder}/out.json`, host],
  ]);
  const { count, rps, statusCodeDistribution: codes } = result.out as {
    count: number;
    rps: number;
    statusCodeDistribution: Readonly<Record<string, number>>;
  };
  // Calls that the end cuts off are told as cancelled.
  const { OK = 0, Canceled = 0, Unavailable = 0 } = codes;
  return { perSecond: rps, ...result.cpuOf(count), errors: count - OK - Canceled - Unavailable };
}

async function runK6({ url }: ProbeServer, folder: string): Promise<Sample> {
  const host = new URL(url.replace("grpc", "http")).host;
  const calls = Number(values.connections) * Number(values.streams);
  const script = `import grpc from "k6/net/grpc";
export const options = { vus: ${calls}, duration: "${values.seconds}s" };
const client = new grpc.Client();
export default function () {
  if (__ITER === 0) client.connect("${host}", { plaintext: true, reflect: true });
  client.invoke("probe.Probe/Unary", { text: "${TEXT}" });
}`;
  await Deno.writeTextFile(`${folder}/calls.js`, script);
  const result = await runTimed(folder, [
    ...["k6", "run", "--quiet", "--no-usage-report", "--summary-export", `${folder}/out.json`],
    `${folder}/calls.js`,
  ]);
  const { metrics } = result.out as {
    metrics: { iterations: { count: number; rate: number }; checks?: { fails: number } };
  };
  const { count, rate } = metrics.iterations;
  return { perSecond: rate, ...result.cpuOf(count), errors: metrics.checks?.fails ?? 0 };
}

/** Runs a program that writes `out.json`, and reads what it used. */
async function runTimed(folder: string, words: readonly string[]) {
  const usage = `${folder}/usage`;
  const { code, stderr } = await new Deno.Command("time", {
    args: ["-q", "-o", usage, "-f", "%U %S %M", ...words],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`${words[0]} ended with code ${code}: ${new TextDecoder().decode(stderr)}`);
  const text = await Deno.readTextFile(usage);
  return {
    out: JSON.parse(await Deno.readTextFile(`${folder}/out.json`)) as unknown,
    cpuOf: (calls: number) => ({ cpuUs: readUsage(text, calls).cpuUs ?? NaN }),
  };
}
