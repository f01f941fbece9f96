/**
 * Compares scenarios in TypeScript with the same tests in k6, in turn, one thread each (`GOMAXPROCS=1`), against nginx with
 * one worker, and prints a Markdown table. The program is looked for as `k6` on the PATH, or where `K6` says.
 *
 * ```sh
 * deno task bench:script --rounds 5 --seconds 5
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { runProgram } from "./run_program.ts";
import { startNginx } from "../_support/nginx.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { median } from "./measure.ts";
import { needPrograms, readOptions } from "./options.ts";
import { machineLine, markdownTable } from "./table.ts";

const HELP = `deno task bench:script [options]
  --rounds N        runs of each kind, in turn (default 5)
  --seconds N       length of each run (default 5)
  --connections N   default 50`;

const BODY = '{"id":7,"token":"b1946ac92492d2347c6235b4d2611184","ok":true}';

/** The same test twice. */
const TESTS: Readonly<Record<string, { readonly bench: string; readonly k6: string }>> = {
  "GET, status checked": {
    bench: `const r = await http.get("/a.json");
  check(r, { "status is 200": (r) => r.status === 200 });`,
    k6: `const r = http.get(__ENV.URL + "/a.json");
  check(r, { "status is 200": (r) => r.status === 200 });`,
  },
  "JSON, and a second request with a value of it": {
    bench: `const first = await http.get("/a.json");
  const { id } = first.json();
  const second = await http.get("/b.json?id=" + id);
  check(second, { "status is 200": (r) => r.status === 200 });`,
    k6: `const first = http.get(__ENV.URL + "/a.json");
  const { id } = first.json();
  const second = http.get(__ENV.URL + "/b.json?id=" + id);
  check(second, { "status is 200": (r) => r.status === 200 });`,
  },
};

/** One run. */
interface Sample {
  readonly perSecond: number;
  /** User and system time, µs for each request. */
  readonly cpuUs: number;
}

const values = readOptions(HELP, {
  rounds: { type: "string", default: "5" },
  seconds: { type: "string", default: "5" },
  connections: { type: "string", default: "50" },
});
const K6 = Deno.env.get("K6") ?? "k6";

needPrograms("nginx", K6);
await main();

async function main(): Promise<void> {
  await using server = await startNginx(
    "default_type application/json; keepalive_requests 1000000000; open_file_cache max=10;",
    { "a.json": BODY, "b.json": BODY },
  );
  const rows: string[][] = [];
  for (const [name, { bench, k6 }] of Object.entries(TESTS)) {
    const own: Sample[] = [];
    const theirs: Sample[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      console.error(`Measuring ${name}, round ${round + 1}`);
      own.push(await measureBench(bench, server.origin));
      theirs.push(await measureK6(k6, server.origin));
    }
    const middle = (list: readonly Sample[], key: keyof Sample) =>
      median(list.map((sample) => sample[key])) ?? NaN;
    const ratio = middle(own, "cpuUs") / middle(theirs, "cpuUs");
    for (const [tool, list] of [["bench", own], ["k6", theirs]] as const) {
      rows.push([
        name,
        tool,
        Math.round(middle(list, "perSecond")).toLocaleString("en"),
        middle(list, "cpuUs").toFixed(1),
        tool === "bench" ? ratio.toFixed(2) : "1.00",
      ]);
    }
  }
  console.log(
    `${await machineLine()}; nginx with one worker; ${values.connections} connections, one thread; ` +
      `medians of ${values.rounds} runs of ${values.seconds} s each\n`,
  );
  console.log(markdownTable("llrrr", [["Test", "Tool", "req/s", "CPU µs/request", "of k6"], ...rows]));
}

async function measureBench(body: string, origin: string): Promise<Sample> {
  await using temp = await tempDir();
  const path = `${temp.path}/test.ts`;
  await Deno.writeTextFile(path, `export default async ({ http, check }) => {\n  ${body}\n};\n`);
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const { stdout } = await runProgram(Deno.execPath(), [
    ...["run", "-A", main, path, origin, "--json", "-", "--no-progress", "-t", "1"],
    ...["-c", values.connections, "-d", values.seconds],
  ]);
  const result = JSON.parse(stdout);
  const { cpu_user_sec: user, cpu_system_sec: system } = result.client_health;
  return { perSecond: result.requests_per_sec, cpuUs: (user + system) * 1e6 / result.total_requests };
}

async function measureK6(body: string, origin: string): Promise<Sample> {
  await using temp = await tempDir();
  const path = `${temp.path}/test.js`;
  const imports = 'import http from "k6/http";\nimport { check } from "k6";\n';
  await Deno.writeTextFile(path, `${imports}export default function () {\n  ${body}\n}\n`);
  const summary = `${temp.path}/summary.json`;
  const { stderr } = await runProgram("bash", [
    ...[
      "-c",
      'TIMEFORMAT="%U %S"; time "$@" > /dev/null 2> /dev/null',
      "time",
      K6,
      "run",
      "--quiet",
      "--no-usage-report",
    ],
    ...["-u", values.connections, "-d", `${values.seconds}s`, "--summary-export", summary, path],
  ], { URL: origin, GOMAXPROCS: "1" });
  const { count, rate } = JSON.parse(await Deno.readTextFile(summary)).metrics.http_reqs;
  const [user = NaN, system = NaN] = stderr.trim().split(" ").map(Number);
  return { perSecond: rate, cpuUs: (user + system) * 1e6 / count };
}
