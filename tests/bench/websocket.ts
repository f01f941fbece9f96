/**
 * Measures round trips over WebSockets, one thread each: this program, its own requests of HTTP/1.1 to the same server, and
 * k6 (`GOMAXPROCS=1`), in turn. Prints a Markdown table. The server is `bench serve`, or one that `--url` names; k6 is looked for
 * on the PATH, or where `K6` says.
 *
 * ```sh
 * deno task bench:websocket --rounds 5 --seconds 5
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { runProgram } from "./run_program.ts";
import { programPath } from "../_support/peers.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { median } from "./measure.ts";
import { readOptions } from "./options.ts";
import { machineLine, markdownTable } from "./table.ts";
import { peakOf, watchProcess } from "./watch_process.ts";

const HELP = `deno task bench:websocket [options]
  --rounds N          runs of each kind, in turn (default 5)
  --seconds N         length of each run (default 5)
  --connections LIST  default 50,1000
  --url URL           an echo server, such as ws://localhost:9000/; it must answer GET as well
  --hold N            open N connections, hold them with pings for --seconds, and tell their memory (Linux)`;

/** One run. */
interface Sample {
  readonly perSecond: number;
  /** User and system time, µs for each round trip. */
  readonly cpuUs: number;
}

const values = readOptions(HELP, {
  rounds: { type: "string", default: "5" },
  seconds: { type: "string", default: "5" },
  connections: { type: "string", default: "50,1000" },
  url: { type: "string", default: "" },
  hold: { type: "string", default: "" },
});
const K6 = Deno.env.get("K6") ?? programPath("k6");
const MAIN = new URL("../../main.ts", import.meta.url).pathname;

await main();

async function main(): Promise<void> {
  await using server = values.url === ""
    ? await startServer()
    : { url: values.url, [Symbol.asyncDispose]: () => Promise.resolve() };
  if (values.hold !== "") return await hold(server.url, Number(values.hold));
  if (K6 === undefined) console.error("k6 is not on the PATH: skipped");
  const tools: Readonly<Record<string, ((connections: string) => Promise<Sample>) | undefined>> = {
    "bench": (connections) =>
      measureBench([server.url, "--ws-message", "hello", "--ws-expect-reply"], connections),
    "bench, HTTP/1.1": (connections) =>
      measureBench([server.url.replace(/^ws(.*?)(?:\/ws\/echo)?$/, "http$1")], connections),
    "k6": K6 === undefined ? undefined : (connections) => measureK6(K6, server.url, connections),
  };
  const rows: string[][] = [];
  for (const connections of values.connections.split(",")) {
    const samples = new Map<string, Sample[]>();
    for (let round = 0; round < Number(values.rounds); round++) {
      console.error(`Measuring ${connections} connections, round ${round + 1}`);
      for (const [name, take] of Object.entries(tools)) {
        if (take) samples.set(name, [...samples.get(name) ?? [], await take(connections)]);
      }
    }
    const cpuOf = (name: string) => median((samples.get(name) ?? []).map(({ cpuUs }) => cpuUs)) ?? NaN;
    for (const [name, list] of samples) {
      rows.push([
        connections,
        name,
        Math.round(median(list.map(({ perSecond }) => perSecond)) ?? NaN).toLocaleString("en"),
        cpuOf(name).toFixed(1),
        (cpuOf(name) / cpuOf("bench, HTTP/1.1")).toFixed(2),
      ]);
    }
  }
  console.log(
    `${await machineLine()}; one thread; medians of ${values.rounds} runs of ${values.seconds} s each\n`,
  );
  const head = ["Connections", "Tool", "per second", "CPU µs each", "of HTTP/1.1"];
  console.log(markdownTable("rlrrr", [head, ...rows]));
}

/** The built-in target as a program of its own. */
async function startServer(): Promise<{ readonly url: string } & AsyncDisposable> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "serve", "--port", "0"],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/:\d+/.test(text)) break;
  }
  const [, port = ""] = /:(\d+)/.exec(text) ?? [];
  return {
    url: `ws://127.0.0.1:${port}/ws/echo`,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.status;
    },
  };
}

/** One connection, then many: what each of them takes, and whether all are there in the end. */
async function hold(url: string, count: number): Promise<void> {
  const rows: string[][] = [];
  let least = NaN;
  for (const connections of [1, count]) {
    console.error(`Holding ${connections} connections`);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", MAIN, url, "-t", "1", "-c", String(connections), "-d", values.seconds],
        ...["--ws-ping-interval", "10s", "--timeout", "60s", "--json", "-", "--no-progress"],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const text = new Response(child.stdout).text();
    const bytes = peakOf(await watchProcess(child, Infinity), "bytes");
    await child.status;
    const { websocket: { connections: sockets, pings } } = JSON.parse(await text);
    if (connections === 1) least = bytes;
    rows.push([
      connections.toLocaleString("en"),
      sockets.opened.toLocaleString("en"),
      sockets.dropped.toLocaleString("en"),
      `${pings.sent.toLocaleString("en")} / ${pings.answered.toLocaleString("en")}`,
      (bytes / 1e6).toFixed(1),
      connections === 1 ? "" : ((bytes - least) / 1024 / (connections - 1)).toFixed(1),
    ]);
  }
  console.log(`${await machineLine()}; one thread; ${values.seconds} s, a ping every 10 s\n`);
  const head = ["Connections", "Opened", "Lost", "Pings / pongs", "Peak MB", "KiB for each"];
  console.log(markdownTable("rrrrrr", [head, ...rows]));
}

async function measureBench(words: readonly string[], connections: string): Promise<Sample> {
  const { stdout } = await runProgram(Deno.execPath(), [
    ...["run", "-A", MAIN, ...words, "--json", "-", "--no-progress", "-t", "1"],
    ...["-c", connections, "-d", values.seconds],
  ]);
  const result = JSON.parse(stdout);
  const { cpu_user_sec: user, cpu_system_sec: system } = result.client_health;
  return { perSecond: result.requests_per_sec, cpuUs: (user + system) * 1e6 / result.total_requests };
}

async function measureK6(k6: string, url: string, connections: string): Promise<Sample> {
  await using temp = await tempDir();
  const path = `${temp.path}/test.js`;
  await Deno.writeTextFile(
    path,
    `import ws from "k6/ws";
export default function () {
  ws.connect(__ENV.URL, {}, (socket) => {
    socket.on("open", () => socket.send("hello"));
    socket.on("message", () => socket.send("hello"));
    socket.setTimeout(() => socket.close(), ${Number(values.seconds) * 1000});
  });
}
`,
  );
  const summary = `${temp.path}/summary.json`;
  const { stderr } = await runProgram("bash", [
    ...["-c", 'TIMEFORMAT="%U %S"; time "$@" > /dev/null 2> /dev/null', "time"],
    ...[k6, "run", "--quiet", "--no-usage-report", "-u", connections, "-i", connections],
    ...["--summary-export", summary, path],
  ], { URL: url, GOMAXPROCS: "1" });
  const { count, rate } = JSON.parse(await Deno.readTextFile(summary)).metrics.ws_msgs_received;
  const [user = NaN, system = NaN] = stderr.trim().split(" ").map(Number);
  return { perSecond: rate, cpuUs: (user + system) * 1e6 / count };
}
