/**
 * Duels of servers whose truth is known, on a machine that another program keeps busy: equal ones, and some that are 3%
 * slower. Every duel goes on for a minute at most. The first argument is how many of each there are.
 *
 * @module
 */
import process from "node:process";
import { program } from "../_support/program.ts";

const EACH = Number(Deno.args[0] ?? 3);
const DURATION = Deno.args[1] ?? "60s";
const MEAN_MS = 20;
const [PORT_A, PORT_EQUAL, PORT_SLOWER] = [29_001, 29_002, 29_003] as const;

/** Responds after a random time: the sum of four exponential ones, whose mean is known. */
const SERVER = `
const [port, meanMs] = Deno.args.map(Number);
Deno.serve({ port, hostname: "127.0.0.1", onListen() {} }, async () => {
  let ms = 0;
  for (let i = 0; i < 4; i++) ms -= Math.log(1 - Math.random()) * meanMs / 4;
  await new Promise((resolve) => setTimeout(resolve, Math.floor(ms + Math.random())));
  return new Response("x");
});`;

/** Computes for a random while, and rests for another. */
const NEIGHBOUR = `
for (;;) {
  const until = performance.now() + Math.random() * 400;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
}`;

function start(code: string, ...args: readonly (string | number)[]): Disposable {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", code, ...args.map(String)],
    stdout: "null",
    stderr: "null",
  }).spawn();
  return { [Symbol.dispose]: () => child.kill("SIGKILL") };
}

/** The part of a duel's JSON that is looked at. */
interface Found {
  readonly elapsed: number;
  readonly metrics: readonly {
    readonly metric: string;
    readonly verdict: string;
    readonly change?: number;
    readonly interval?: readonly [number | null, number | null];
  }[];
}

async function fight(port: number): Promise<Found> {
  const { out, err } = await program([
    ...["duel", "-d", DURATION, "-c", "50", "-q", "--metrics", "rps,p50,p95,p99", "--json", "-"],
    ...[`http://127.0.0.1:${PORT_A}/`, `http://127.0.0.1:${port}/`],
  ]);
  if (out === "") throw new Error(err);
  return JSON.parse(out);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);
{
  using _a = start(SERVER, PORT_A, MEAN_MS);
  using _equal = start(SERVER, PORT_EQUAL, MEAN_MS);
  using _slower = start(SERVER, PORT_SLOWER, MEAN_MS * 1.03);
  using _neighbour = start(NEIGHBOUR);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  let [alarms, found, held, intervals] = [0, 0, 0, 0];
  for (let i = 0; i < EACH; i++) {
    const equal = await fight(PORT_EQUAL);
    if (equal.metrics.some(({ verdict }) => verdict === "better" || verdict === "worse")) alarms++;
    const slower = await fight(PORT_SLOWER);
    if (slower.metrics.some(({ verdict }) => verdict === "worse")) found++;
    for (const [duel, truth] of [[equal, 0], [slower, 3]] as const) {
      const { interval } = duel.metrics.find(({ metric }) => metric === "p50")!;
      if (interval === undefined) continue;
      intervals++;
      if ((interval[0] ?? -Infinity) <= truth && truth <= (interval[1] ?? Infinity)) held++;
    }
    const rows = [equal, slower].map(({ metrics, elapsed }) =>
      `${elapsed.toFixed(0)}s ${
        metrics.map(({ metric, change, interval }) =>
          `${metric} ${change?.toFixed(1)} [${
            interval?.map((bound) => bound?.toFixed(1) ?? "?").join(", ") ?? "?"
          }]`
        ).join("  ")
      }`
    );
    say(`equal:  ${rows[0]}\nslower: ${rows[1]}`);
  }
  say(`wrong alarms: ${alarms} of ${EACH}`);
  say(`3% slower found: ${found} of ${EACH}`);
  say(`p50's interval holds the truth: ${held} of ${intervals}`);
}
