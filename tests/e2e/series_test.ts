/**
 * Series of steps add up to the run, second by second, wherever the load comes from; and a change of the load reaches
 * workers, too.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import type { JsonDocument } from "../../src/result/document/json_document.ts";
import { startTarget } from "../../src/target/serve.ts";
import { freePort } from "../_support/peers.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { until } from "../_support/wait.ts";
import { fleetTest, watch } from "./_fleet.ts";

const SCENARIO = (origin: string) =>
  JSON.stringify({
    name: "shop",
    base_url: origin,
    steps: ["/", "/json", "/flaky/25", "/delay/1"].map((path) => ({ path })),
  });

/** Every second of a result, step by step and in all. */
function checkSums({ timeline, series, total_requests: total }: JsonDocument): void {
  const { t, steps, statuses, errors, iterations } = series!;
  assertEquals(t.length, timeline.length);
  assertGreater(steps.length, 3);
  for (const [i, point] of timeline.entries()) {
    const sum = (columns: readonly (readonly number[])[]) =>
      columns.reduce((total, column) => total + column[i]!, 0);
    assertEquals(sum(steps.map(({ requests }) => requests)), point.requests, `second ${i}`);
    assertEquals(sum(steps.map(({ errors }) => errors)), point.errors, `second ${i}`);
    assertEquals(sum(statuses.map(({ counts }) => counts)), point.requests, `second ${i}`);
    assertEquals(sum(errors.map(({ counts }) => counts)), point.errors, `second ${i}`);
    assertEquals(sum(iterations.map(({ requests }) => requests)), point.iterations ?? 0, `second ${i}`);
  }
  assertEquals(timeline.reduce((sum, { requests }) => sum + requests, 0), total);
}

fleetTest("series of steps add up to the run on one thread and on two", async () => {
  await using folder = await tempDir();
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await Deno.writeTextFile(`${folder.path}/shop.json`, SCENARIO(target.url));
  const run = (threads: string) => ({
    args: ["--scenario", "shop.json", "-c", "4", "-d", "3", "-t", threads, "--grace", "60", "--json", "-"],
    cwd: folder.path,
  });
  const ended = await manyPrograms(["1", "2"].map(run));
  for (const [i, { out }] of ended.entries()) {
    const document: JsonDocument = JSON.parse(out);
    assertEquals(document.threads, i + 1);
    checkSums(document);
  }
});

fleetTest("series of two workers add up, and both follow a changed rate", async () => {
  await using folder = await tempDir();
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await Deno.writeTextFile(`${folder.path}/shop.json`, SCENARIO(target.url));
  const port = freePort();
  const run = watch([
    ...["--master", "--port", String(port), "--bind", "127.0.0.1", "--expect-workers", "2"],
    ...[
      "--scenario",
      `${folder.path}/shop.json`,
      "--rate",
      "10",
      "-d",
      "600",
      "--grace",
      "60",
      "--web",
      "--json",
      "-",
    ],
  ]);
  await run.says("Waiting for 2 workers");
  const workers = [1, 2].map(() => watch(["--worker", `127.0.0.1:${port}`]));
  const served = () => target.counts.get("/") ?? 0;
  await run.says("/?token=");
  const [, origin, token] = /live page: (http:\S+)\/\?token=(\w+)/.exec(run.said())!;
  const ask = async (body: unknown): Promise<number> => {
    const response = await fetch(`${origin}/run`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
    return response.status;
  };
  await until(() => served() > 10);
  await until(async () => await ask({ rate: 40 }) === 200);
  const state = await (await fetch(`${origin}/run`)).json();
  assertEquals(state.workers.map(({ state }: { state: string }) => state), ["running", "running"]);
  await until(async () => {
    const [before, atMs] = [served(), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return (served() - before) / (performance.now() - atMs) * 1000 > 28;
  });
  assertEquals(await ask({ stop: true }), 200);
  const document: JsonDocument = JSON.parse((await run.ended).out);
  checkSums(document);
  assertEquals(document.changes!.map(({ kind, value }) => [kind, value]), [["rate", 40], [
    "stop",
    undefined,
  ]]);
  assert(document.trust.findings.some(({ kind }) => kind === "steered"));
  for (const { ended } of workers) assertEquals((await ended).code, 0);
});

fleetTest("one of several scenarios is changed while it runs, on two threads", async () => {
  await using folder = await tempDir();
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const scenarios = {
    browse: { rate: 10, duration: 600, steps: [{ path: "/" }] },
    buy: { users: 2, duration: 600, steps: [{ path: "/json", think_time: 0.2 }] },
  };
  const path = `${folder.path}/two.json`;
  await Deno.writeTextFile(path, JSON.stringify({ base_url: target.url, scenarios }));
  const run = watch(["--scenario", path, "-t", "2", "--grace", "60", "--web", "--json", "-"]);
  await run.says("/?token=");
  const [, origin, token] = /live page: (http:\S+)\/\?token=(\w+)/.exec(run.said())!;
  const ask = async (body: unknown) => {
    const response = await fetch(`${origin}/run`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return { status: response.status, said: await response.json() };
  };
  await until(async () => (await ask({ scenario: "browse", rate: 40 })).status === 200);
  assertEquals((await ask({ scenario: "buy", users: 4 })).said.changes[0].text, "buy: 4 users");
  assertEquals((await ask({ rate: 5 })).status, 400);
  const state = await (await fetch(`${origin}/run`)).json();
  assertEquals(state.scenarios, [{ name: "browse", rate: 40 }, { name: "buy", users: 4 }]);
  await until(async () => {
    const [before, atMs] = [target.counts.get("/") ?? 0, performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return ((target.counts.get("/") ?? 0) - before) / (performance.now() - atMs) * 1000 > 28;
  });
  await ask({ stop: true });
  const document: JsonDocument = JSON.parse((await run.ended).out);
  assertEquals(document.changes!.map(({ kind, scenario, value }) => [kind, scenario, value]), [
    ["rate", "browse", 40],
    ["users", "buy", 4],
    ["stop", undefined, undefined],
  ]);
});
