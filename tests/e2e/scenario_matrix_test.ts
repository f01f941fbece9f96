/** Scenarios with every client, load model and number of threads. */
import { assertEquals, assertLess } from "@std/assert";
import { composePlan } from "../../src/run/compose/compose_plan.ts";
import { DOOR } from "../../src/cli/commands.ts";
import { LOCAL_SOURCES } from "../../src/run/compose/plan_sources.ts";
import { readSettings } from "../../src/run/settings/settings.ts";
import { runLocally } from "../../src/fleet/coordination/run_local.ts";
import { endedOf } from "../../src/metrics/stats.ts";
import { overallStats, type RunResult } from "../../src/result/run_result.ts";
import { startTarget } from "../../src/target/serve.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SCENARIO = `
data: { people: { file: people.json, strategy: STRATEGY } }
steps:
  - name: log in
    method: POST
    path: /login
    body: { user: "\${people.name}" }
    assert_status: 200
    extract: { token: { json: token } }
  - name: private
    path: /private?name=\${people.name}&n=\${counter()}
    headers: { Authorization: "Bearer \${token}" }
    assert_json: { isLoggedIn: true }
  - name: static
    path: /json
`;

interface Run {
  readonly strategy?: string;
  readonly rows?: number;
  readonly threads: number;
  readonly args: readonly string[];
}

/** Runs the scenario and gives the result with what the server saw. */
async function run({ strategy = "loop", rows = 7, threads, args }: Run) {
  await using temp = await tempDir();
  const folder = temp.path;
  await using server = startTarget({ port: 0, hostname: "127.0.0.1", keep: 10_000 });
  const people = Array.from({ length: rows }, (_, i) => ({ name: `p${i}` }));
  await Deno.writeTextFile(`${folder}/people.json`, JSON.stringify(people));
  await Deno.writeTextFile(`${folder}/s.yaml`, SCENARIO.replace("STRATEGY", strategy));
  const argv = ["--scenario", `${folder}/s.yaml`, ...args, server.url];
  const reading = await readSettings(DOOR.bench, argv, {
    environment: {},
    readTextFile: (path) => Deno.readTextFile(path),
  });
  if (reading.kind !== "settings") throw new Error(reading.text);
  const result = await runLocally(await composePlan(reading.settings, LOCAL_SOURCES), { threads });
  return { result, counts: new Map(server.counts), seen: [...server.seen] };
}

/** Runs it again where a machine that stood still let the time pass without a request. */
async function runUntilSome(what: Run) {
  while (true) {
    const ran = await run(what);
    if (totals(ran.result).ended > 0) return ran;
  }
}

function totals(result: RunResult) {
  const { counts } = overallStats(result);
  return { ended: endedOf(counts), failed: counts.failed, unfinished: counts.unfinished };
}

const LOADS: Readonly<Record<string, readonly string[]>> = {
  "a number of requests": ["-n", "41", "-c", "4"],
  "a number of iterations": ["--iterations", "20", "-c", "4"],
  "a time": ["-d", "300ms", "-c", "4", "--grace", "60"],
  "users": ["-u", "5", "-d", "300ms", "--think-time", "5ms", "--grace", "60"],
  "a rate": ["--rate", "100", "-d", "300ms", "--grace", "60"],
};

for (const client of ["raw", "fetch"]) {
  for (const threads of [1, 3]) {
    for (const [load, args] of Object.entries(LOADS)) {
      Deno.test(`a scenario runs with the ${client} client, ${load} and ${threads} threads`, async () => {
        const { result, counts, seen } = await runUntilSome({ threads, args: [...args, "--client", client] });
        const { ended, failed, unfinished } = totals(result);
        const sent = [...counts.values()].reduce((sum, count) => sum + count, 0);
        assertEquals(failed, 0, JSON.stringify(overallStats(result).counts.failures));
        assertEquals([sent, unfinished], [ended, 0]);
        if (load === "a number of requests") assertEquals(sent, 41);
        if (load === "a number of iterations") {
          assertEquals([result.total.iterations, counts.get("/login"), sent], [20, 20, 60]);
        }
        // The counter of all threads together gives each number once, from 1.
        const numbers = seen.flatMap(({ path }) => /&n=(\d+)/.exec(path)?.slice(1).map(Number) ?? []);
        assertEquals(new Set(numbers).size, numbers.length);
      });
    }
  }
}

for (const threads of [1, 2, 3]) {
  for (
    const [strategy, load, args] of [
      ["sequential", "connections", ["-c", "4", "-d", "600s"]],
      ["unique", "connections", ["-c", "4", "-d", "600s"]],
      ["sequential", "arrivals", ["--rate", "500", "-d", "600s"]],
    ] as const
  ) {
    Deno.test(`${strategy} rows go to one of the ${load} each, over ${threads} threads, and end the run`, async () => {
      const { result, seen } = await run({ strategy, rows: 23, threads, args });
      assertLess(result.durationMs, 500_000);
      const names = seen.filter(({ path }) => path === "/login").map(({ body }) =>
        JSON.parse(body ?? "").user
      );
      assertEquals(names.toSorted(), Array.from({ length: 23 }, (_, i) => `p${i}`).toSorted());
      assertEquals([result.total.iterations, totals(result).failed], [23, 0]);
    });
  }

  Deno.test(`looped rows are drawn evenly, over ${threads} threads`, async () => {
    const { seen } = await run({ rows: 5, threads, args: ["-c", "3", "--iterations", "30"] });
    const drawn = new Map<string, number>();
    for (const { path, body } of seen) {
      if (path === "/login") drawn.set(body!, (drawn.get(body!) ?? 0) + 1);
    }
    assertEquals([drawn.size, [...drawn.values()].every((count) => count === 6)], [5, true]);
  });
}
