/**
 * Measures streams: the memory of an open one, over HTTP/1.1 and HTTP/2, and the events per second and CPU of a core,
 * beside tools that read the same bodies without looking at events: oha, and k6 (`GOMAXPROCS=1`), in turn.
 *
 * ```sh
 * deno task bench:streams --streams 5000 --rounds 3
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { programPath } from "../_support/peers.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { median } from "./measure.ts";
import { readOptions } from "./options.ts";
import { runProgram } from "./run_program.ts";
import { machineLine, markdownTable } from "./table.ts";
import { peakOf, watchProcess } from "./watch_process.ts";

const HELP = `deno task bench:streams [options]
  --streams N    open streams whose memory is measured (default 5000)
  --every MS     time between two events of a stream (default 100)
  --seconds N    length of each run (default 10)
  --rounds N     runs of each tool for the rate of events, in turn; 0: none (default 3)`;
const values = readOptions(HELP, {
  streams: { type: "string", default: "5000" },
  every: { type: "string", default: "100" },
  seconds: { type: "string", default: "10" },
  rounds: { type: "string", default: "3" },
});
const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const SERVER = new URL("stream_server.ts", import.meta.url).pathname;
/** Events of a stream that goes as fast as it is taken, and streams of that kind at a time. */
const FAST_EVENTS = 2000;
const FAST_STREAMS = 20;
/** Over HTTP/2. */
const STREAMS_A_CONNECTION = 100;

await main();

async function main(): Promise<void> {
  await using server = await startServer();
  console.log(`${await machineLine()}; one thread\n`);
  if (Deno.build.os === "linux") await showMemory(server.origin);
  if (Number(values.rounds) > 0) await showRates(`${server.origin}/fast/${FAST_EVENTS}`);
}

async function showMemory(origin: string): Promise<void> {
  const rows: string[][] = [];
  const streams = Number(values.streams);
  for (const isShared of [false, true]) {
    const of = async (count: number) => {
      console.error(`Measuring ${count} streams`);
      const words = isShared
        ? ["--http2", "--streams", `${Math.min(count, STREAMS_A_CONNECTION)}`]
          .concat("-c", `${Math.ceil(count / STREAMS_A_CONNECTION)}`)
        : ["-c", `${count}`];
      return await memoryOf([...words, `${origin}/paced/${values.every}`]);
    };
    const [few, many] = [await of(10), await of(streams)];
    rows.push([
      isShared ? "HTTP/2" : "HTTP/1.1",
      streams.toLocaleString("en"),
      Math.round(many.eventsPerSec).toLocaleString("en"),
      (few.bytes / 1e6).toFixed(1),
      (many.bytes / 1e6).toFixed(1),
      ((many.bytes - few.bytes) / (streams - 10) / 1024).toFixed(1),
    ]);
  }
  console.log(markdownTable("lrrrrr", [
    ["Protocol", "Open streams", "Events/s", "MB with 10", "MB with all", "KiB a stream"],
    ...rows,
  ]));
}

async function memoryOf(words: readonly string[]): Promise<{ bytes: number; eventsPerSec: number }> {
  await using temp = await tempDir();
  const path = `${temp.path}/r.json`;
  const seconds = Number(values.seconds);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", MAIN, "--stream", "sse", "-t", "1", "-d", `${seconds}`, "--grace", "0"],
      ...["--timeout", `${seconds * 2}`, "--no-progress", "--json", path, ...words],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const samples = await watchProcess(child, seconds);
  await child.status;
  const { event_streams: streams } = JSON.parse(await Deno.readTextFile(path));
  return { bytes: peakOf(samples, "bytes"), eventsPerSec: streams.events_per_sec };
}

/** One run. */
interface Sample {
  readonly eventsPerSec: number;
  /** User and system time, µs for each event. */
  readonly cpuUs: number;
}

async function showRates(url: string): Promise<void> {
  const oha = programPath("oha");
  const k6 = Deno.env.get("K6") ?? programPath("k6");
  const bench = (...words: readonly string[]) => () => measureBench([...words, url]);
  const tools: Readonly<Record<string, (() => Promise<Sample>) | undefined>> = {
    "bench --stream sse": bench("--stream", "sse"),
    "bench --tokens": bench("--stream", "sse", "--tokens", "$.choices[0].delta.content"),
    "bench, bodies alone": bench(),
    "oha, bodies alone": oha === undefined ? undefined : () => measureOha(oha, url),
    "k6, bodies alone": k6 === undefined ? undefined : () => measureK6(k6, url),
  };
  const samples = new Map<string, Sample[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, take] of Object.entries(tools)) {
      if (take === undefined) continue;
      console.error(`Round ${round + 1}: ${name}`);
      samples.set(name, [...samples.get(name) ?? [], await take()]);
    }
  }
  const middle = (list: readonly Sample[], key: keyof Sample) =>
    median(list.map((sample) => sample[key])) ?? NaN;
  console.log(markdownTable("lrrr", [
    ["", "Events/s", "CPU µs/event", "Events/s of a core"],
    ...[...samples].map(([name, list]) => [
      name,
      Math.round(middle(list, "eventsPerSec")).toLocaleString("en"),
      middle(list, "cpuUs").toFixed(2),
      Math.round(1e6 / middle(list, "cpuUs")).toLocaleString("en"),
    ]),
  ]));
}

async function measureBench(words: readonly string[]): Promise<Sample> {
  const { stdout } = await runProgram(Deno.execPath(), [
    ...["run", "-A", MAIN, ...words, "--json", "-", "--no-progress", "-t", "1"],
    ...["-c", `${FAST_STREAMS}`, "-d", values.seconds, "--grace", "30"],
  ]);
  const { total_requests: requests, requests_per_sec: perSecond, client_health: health } = JSON.parse(stdout);
  const cpuSec = health.cpu_user_sec + health.cpu_system_sec;
  return { eventsPerSec: perSecond * FAST_EVENTS, cpuUs: cpuSec * 1e6 / (requests * FAST_EVENTS) };
}

/** Runs a program, and reads what it has used of processors. */
async function timed(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const { stdout, stderr } = await runProgram("bash", [
    ...["-c", 'TIMEFORMAT="%U %S"; exec 3>&2; time "$@" 2> /dev/null', "time", command],
    ...args,
  ], env);
  const [user = NaN, system = NaN] = stderr.trim().split("\n").at(-1)!.split(" ").map(Number);
  return { stdout, cpuSec: user + system };
}

async function measureOha(oha: string, url: string): Promise<Sample> {
  const words = ["-z", `${values.seconds}s`, "-w", "-c", `${FAST_STREAMS}`, "--no-tui"];
  const { stdout, cpuSec } = await timed(oha, [...words, "--output-format", "json", url], {
    TOKIO_WORKER_THREADS: "1",
  });
  const { statusCodeDistribution: statuses, summary } = JSON.parse(stdout);
  const events = (statuses["200"] ?? 0) * FAST_EVENTS;
  return { eventsPerSec: events / summary.total, cpuUs: cpuSec * 1e6 / events };
}

async function measureK6(k6: string, url: string): Promise<Sample> {
  await using temp = await tempDir();
  const [script, summary] = [`${temp.path}/test.js`, `${temp.path}/summary.json`];
  await Deno.writeTextFile(
    script,
    'import http from "k6/http";\nexport default function () { http.get(__ENV.URL); }\n',
  );
  const words = ["run", "--quiet", "--no-usage-report", "-u", `${FAST_STREAMS}`, "-d", `${values.seconds}s`];
  const { cpuSec } = await timed(k6, [...words, "--summary-export", summary, script], {
    URL: url,
    GOMAXPROCS: "1",
  });
  const { count, rate } = JSON.parse(await Deno.readTextFile(summary)).metrics.http_reqs;
  return { eventsPerSec: rate * FAST_EVENTS, cpuUs: cpuSec * 1e6 / (count * FAST_EVENTS) };
}

/** The server in a process of its own. */
async function startServer(): Promise<{ readonly origin: string } & AsyncDisposable> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", SERVER],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let port = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    port += text;
    if (port.endsWith("\n")) break;
  }
  return {
    origin: `http://127.0.0.1:${port.trim()}`,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.status;
    },
  };
}
