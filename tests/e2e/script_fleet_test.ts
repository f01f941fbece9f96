/** Modules on workers: only with --allow-code, with their relative imports, setup once, the same totals. */
import { assertEquals, assertMatch } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { freePort } from "../_support/peers.ts";
import { ended, startProgram } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { fleetTest } from "./_fleet.ts";

const FILES = {
  "tests/shop.ts": `
import { itemPath } from "../lib/paths.ts";
export const options = { iterations: 60, connections: 4, seed: 3 };
export const setup = async ({ http }) => (await http.post("/shop/login", { json: { user: "ann", password: "x" } })).json();
export default async ({ http, check, vars, iteration, random, metric }) => {
  check(await http.get(itemPath(iteration), { auth: vars.token }), { "there": (r) => r.ok });
  metric.trend("drawn").add(Math.floor(random() * 1000));
  if (iteration === 7) throw new Error("seven");
};`,
  "lib/paths.ts": `export { itemPath } from "./deeper/items.ts";`,
  "lib/deeper/items.ts": "export const itemPath = (n: number): string => `/shop/items/${1001 + n % 20}`;",
};

async function runFleet(flags: readonly string[]) {
  await using temp = await tempDir();
  for (const [name, text] of Object.entries(FILES)) {
    const path = `${temp.path}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const port = String(freePort());
  const module = [`${temp.path}/tests/shop.ts`, server.url, "--json", "-", "--no-progress"];
  const alone = flags.length === 0;
  const master = startProgram([
    ...module,
    ...(alone ? [] : ["--master", "--expect-workers", "2", "--port", port]),
  ]);
  const workers = alone
    ? []
    : [1, 2].map(() => startProgram(["--worker", `127.0.0.1:${port}`, "-t", "1", ...flags.slice(1)]));
  const [end, ...others] = await Promise.all([master, ...workers].map(ended));
  return { ...end!, others, result: JSON.parse(end!.out), counts: new Map(server.counts) };
}

fleetTest("two workers with --allow-code do what one process does, and setup runs once", async () => {
  const alone = await runFleet([]);
  const fleet = await runFleet(["fleet", "--allow-code"]);
  for (const { result, counts } of [alone, fleet]) {
    assertEquals([result.total_requests, result.total_errors, counts.get("/shop/login")], [60, 1, 1]);
    assertEquals(result.error_types, { "shop.ts:8: Error: seven": 1 });
    assertEquals(result.checks, { there: { passed: 60, failed: 0 } });
    assertEquals(Object.keys(result.step_stats).sort(), ["GET /shop/items/{id}", "shop.ts"]);
  }
  assertEquals(fleet.result.custom_metrics, alone.result.custom_metrics);
});

fleetTest("a worker without --allow-code refuses a module, and says so at both ends", async () => {
  const { code, others, err, counts } = await runFleet(["fleet"]);
  assertEquals([code, counts.get("/shop/items/1001")], [1, undefined]);
  assertMatch(
    others[0]!.err,
    /Refused a plan: a worker runs no code for a master unless it is started with --allow-code/,
  );
  assertMatch(err, /--allow-code/);
});
