/** Modules with several scenarios: functions side by side, each with its load; the same over threads, in the library too. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { run, summarize } from "../../src/api.ts";
import { startTarget } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { runModule } from "./_script.ts";

const SEVERAL = `
import type { Bench, Options, Scenarios } from "@x/bench/script";

export const options: Options = { data: ["people=people.csv"], "data-strategy": ["people=unique"], seed: 3 };

export const scenarios: Scenarios = {
  browse: { connections: 2, iterations: 12 },
  order: { exec: placeOrder, rate: 300, iterations: 6, start: "50ms" },
  again: { exec: "placeOrder", connections: 1, iterations: 4 },
};

export function setup({ http }: Bench) {
  return http.get("/echo?setup").then(() => ({ word: "w" }));
}

export async function browse({ http, random, vars, iteration }: Bench) {
  await http.get(\`/echo?browse=\${iteration}&\${vars.word}&\${random()}\`, { name: "browse" });
}

export async function placeOrder({ http, data, random, user }: Bench) {
  const { name } = data.row("people");
  await http.get(\`/echo?person=\${name}\`, { name: "person" });
  await http.get(\`/echo?order=\${random()}\`, { name: "order" });
  await http.get(\`/echo?user=\${user}\`, { name: "user" });
}
`;

const PEOPLE = ["name", ...Array.from({ length: 20 }, (_, i) => `p${i}`)].join("\n") + "\n";

Deno.test("scenarios of a module do the same over any number of threads, after one setup; rows go to one each", async () => {
  await using temp = await tempDir();
  await using server = startTarget({ port: 0, hostname: "127.0.0.1", keep: 10_000 });
  const path = `${temp.path}/several.ts`;
  await Deno.writeTextFile(path, SEVERAL);
  await Deno.writeTextFile(`${temp.path}/people.csv`, PEOPLE);
  let before = 0;
  const requests = (word: string) =>
    server.seen.slice(before).map((one) => one.path).filter((path) => path.startsWith(`/echo?${word}`))
      .sort();
  let expected: readonly string[] | undefined;
  for (const threads of ["1", "2", "3"]) {
    before = server.seen.length;
    const { code, out, err } = await program([path, server.url, "-t", threads, "--json", "-"]);
    assertEquals(code, 0, err);
    const { scenario_stats, step_stats, iterations, total_errors } = JSON.parse(out);
    assertEquals([iterations, total_errors], [22, 0], out);
    assertEquals(
      Object.entries(scenario_stats as Record<string, { count: number; iterations: number }>)
        .map(([name, { count, iterations }]) => [name, count, iterations]),
      [["browse", 12, 12], ["order", 18, 6], ["again", 12, 4]],
    );
    assertEquals(step_stats.order.count, 10, "what both scenarios call by one name is one step");
    const drawn = [...requests("browse"), ...requests("order")];
    assertEquals(drawn, expected ??= drawn, `${threads} threads`);
    assertEquals(requests("setup").length, 1);
    assertEquals(new Set(requests("person")).size, 10, "a row was given twice");
    // Users of one scenario are none of another's.
    const users = new Set(requests("user"));
    assert(!users.has("/echo?user=0") && !users.has("/echo?user=1"), [...users].join());
  }
});

Deno.test("--check calls the function of each scenario once", async () => {
  const { code, out, counts } = await runModule(SEVERAL, ["--check"], { "people.csv": PEOPLE });
  assertEquals(code, 0, out);
  for (
    const title of ["Scenario browse  (2 connections, 12 iterations)", "Scenario order  (300/s, 6 arrivals"]
  ) {
    assertStringIncludes(out, title);
  }
  assertEquals(counts.get("/echo"), 1 + 1 + 3 + 3);
});

Deno.test("what is wrong with scenarios is one message before any load", async () => {
  const cases: readonly (readonly [string, string])[] = [
    [`export const scenarios = [];`, "shop.ts: expected scenarios to be an object of names and scenarios"],
    [
      `export const scenarios = { a: { exec: "gone", rate: 1 } }; export function b() {}`,
      'shop.ts: scenarios.a: Cannot run shop.ts: expected an exported function "gone"; it exports b',
    ],
    [
      `function hidden() {} export const scenarios = { a: { exec: hidden } };`,
      'shop.ts: scenarios.a: "exec": the function "hidden" is not exported, which threads need to find it',
    ],
    [
      `export const scenarios = { a: { conections: 1, rate: "fast", start: "soon" } }; export default () => {};`,
      'shop.ts: scenarios.a: unknown key "conections": did you mean connections?',
    ],
    [
      `export const options = { users: 3, duration: 5 }; export const scenarios = { a: { rate: 1 } }; export default () => {};`,
      "shop.ts has scenarios with their own loads: leave out shop.ts: users, shop.ts: duration",
    ],
  ];
  for (const [source, message] of cases) {
    const { code, err, counts } = await runModule(source, []);
    assertEquals([code, counts.size], [1, 0], err);
    assertStringIncludes(err, message);
  }
});

Deno.test("the library obeys a module's options, and its scenarios", async () => {
  await using temp = await tempDir();
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const plain = `${temp.path}/plain.ts`;
  await Deno.writeTextFile(
    plain,
    `export const options = { url: "${server.url}", connections: 2, iterations: 7, threshold: "p95 < 1s" };
     export default async ({ http }) => { await http.get("/"); };`,
  );
  assertEquals(summarize(await run({ scenario: plain, threads: 1 })).iterations, 7);
  assertEquals(summarize(await run({ scenario: plain, threads: 1, iterations: 3 })).iterations, 3);
  const several = `${temp.path}/several.ts`;
  await Deno.writeTextFile(several, SEVERAL);
  await Deno.writeTextFile(`${temp.path}/people.csv`, PEOPLE);
  const { scenario_stats } = summarize(await run({ url: server.url, scenario: several, threads: 1 }));
  assertEquals(scenario_stats?.["order"]?.iterations, 6);
});

Deno.test("a search for the largest load runs a module, and rows that are each given once end a load", async () => {
  const source = `
    export const options = { data: ["people=people.csv"], "data-strategy": ["people=sequential"] };
    export default async ({ http, data }) => { await http.get("/echo?" + data.row("people").name); };`;
  const spent = await runModule(source, ["-c", "2", "-d", "30s"], { "people.csv": PEOPLE });
  assertEquals([spent.code, spent.result.iterations, spent.counts.get("/echo")], [0, 20, 20], spent.err);
  const search = await runModule(
    `export default async ({ http, pause }) => { await http.get("/json"); await pause(0.01); };`,
    [
      "--autofind",
      "--autofind-by",
      "users",
      "--start-users",
      "1",
      "--max-users",
      "2",
      "--step-duration",
      "300ms",
    ],
  );
  assert(search.counts.get("/json")! > 2, search.err);
});
