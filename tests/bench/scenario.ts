/**
 * Compares scenarios with the plain mode of this program, in turn, against nginx with one worker, and prints a Markdown
 * table: what a step costs when it never changes, when there are cookies, when a placeholder is filled in and a value
 * extracted.
 *
 * ```sh
 * deno task bench:scenario --rounds 5 --seconds 5
 * ```
 *
 * @module
 */
// deno-lint-ignore-file no-console -- printing is what this program is for
import { startNginx } from "../_support/nginx.ts";
import { median } from "./measure.ts";
import { machineLine, markdownTable } from "./table.ts";
import { needPrograms, readOptions } from "./options.ts";
import { tempDir } from "../_support/temp_dir.ts";

const HELP = `deno task bench:scenario [options]
  --rounds N        runs of each kind, in turn (default 5)
  --seconds N       length of each run (default 5)
  --connections N   default 50`;

const BODY = '{"id":7,"token":"b1946ac92492d2347c6235b4d2611184","ok":true}';

/** Kinds of load; without steps: the plain mode. */
const KINDS: Readonly<
  Record<string, { readonly steps?: readonly string[]; readonly flags?: readonly string[] }>
> = {
  "plain URL": {},
  "two static steps": { steps: ["{ path: /a.json }", "{ path: /b.json }"] },
  "two static steps, no cookies": {
    steps: ["{ path: /a.json }", "{ path: /b.json }"],
    flags: ["--no-session-cookies"],
  },
  "two static steps with checks": {
    steps: [
      "{ path: /a.json, assert_status: 200, assert_json: { ok: true } }",
      "{ path: /b.json, assert_body_contains: token }",
    ],
  },
  "template and extraction in each step": {
    steps: [
      '{ path: "/a.json?n=${counter()}", extract: { token: { json: token } } }',
      '{ path: "/b.json?t=${token}", extract: { id: { json: id } } }',
    ],
  },
  "template body, header and extraction": {
    steps: [
      '{ path: /a.json, headers: { X-Id: "${uuid()}" }, extract: { token: { json: token } } }',
      '{ path: /b.json, headers: { Authorization: "Bearer ${token}" }, extract: { id: { json: id } } }',
    ],
  },
};

/** One run. */
interface Sample {
  readonly perSecond: number;
  /** User and system time of the program, µs for each request. */
  readonly cpuUs: number;
  readonly errors: number;
}

const values = readOptions(HELP, {
  rounds: { type: "string", default: "5" },
  seconds: { type: "string", default: "5" },
  connections: { type: "string", default: "50" },
});

needPrograms("nginx");
await main();

async function main(): Promise<void> {
  await using server = await startNginx(
    "default_type application/json; keepalive_requests 1000000000; open_file_cache max=10;",
    { "a.json": BODY, "b.json": BODY },
  );
  const samples = new Map<string, Sample[]>(Object.keys(KINDS).map((kind) => [kind, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    const kinds = Object.keys(KINDS);
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
      samples.get(kind)!.push(await measure(kind, server.origin));
    }
  }
  console.log(
    `${await machineLine()}; nginx with one worker; ${values.connections} connections, one thread; ` +
      `medians of ${values.rounds} runs of ${values.seconds} s each\n`,
  );
  const plain = samples.get("plain URL")!;
  const head = ["Load", "req/s", "of plain", "CPU µs/request", "of plain", "req/s on one core", "Errors"];
  console.log(
    markdownTable("lrrrrrr", [head, ...[...samples].map(([kind, all]) => cells(kind, all, plain))]),
  );
}

function cells(kind: string, all: readonly Sample[], plain: readonly Sample[]): readonly string[] {
  const middle = (list: readonly Sample[], pick: (sample: Sample) => number) => median(list.map(pick)) ?? NaN;
  const rate = middle(all, ({ perSecond }) => perSecond);
  const cpuUs = middle(all, (sample) => sample.cpuUs);
  return [
    kind,
    Math.round(rate).toLocaleString("en"),
    (rate / middle(plain, ({ perSecond }) => perSecond)).toFixed(2),
    cpuUs.toFixed(1),
    (cpuUs / middle(plain, (sample) => sample.cpuUs)).toFixed(2),
    Math.round(1e6 / cpuUs).toLocaleString("en"),
    String(all.reduce((sum, { errors }) => sum + errors, 0)),
  ];
}

async function measure(kind: string, origin: string): Promise<Sample> {
  console.error(`Measuring ${kind}`);
  const { steps, flags = [] } = KINDS[kind]!;
  await using temp = await tempDir();
  const folder = temp.path;
  const path = `${folder}/scenario.yaml`;
  await Deno.writeTextFile(path, `steps:\n${(steps ?? []).map((step) => `  - ${step}\n`).join("")}`);
  const what = steps === undefined ? [`${origin}/a.json`] : ["--scenario", path, origin];
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const args = ["run", "-A", main, "--json", "-", "--no-progress", "-t", "1"]
    .concat("-c", values.connections, "-d", values.seconds, flags, what);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (code !== 0) throw new Error(`bench ended with code ${code}: ${new TextDecoder().decode(stderr)}`);
  const result = JSON.parse(new TextDecoder().decode(stdout));
  const { cpu_user_sec: user, cpu_system_sec: system } = result.client_health;
  return {
    perSecond: result.requests_per_sec,
    cpuUs: (user + system) * 1e6 / result.total_requests,
    errors: result.total_errors,
  };
}
