/** Metrics, checks and groups of a module: thresholds, every report, exports, saved runs, over threads. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { freePort } from "../_support/peers.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { runModule } from "./_script.ts";

const SOURCE = `
export default async ({ http, check, metric, group, iteration }) => {
  await group("browse", () => http.get("/"));
  await group("buy", async () => {
    const response = await http.get("/json");
    check(response, { "is JSON": (r) => typeof r.json() === "object", "even": () => iteration % 2 === 0 });
    check("apart", iteration % 4 !== 0);
    metric.counter("orders").add();
    metric.counter("orders").add(0.5);
    metric.trend("basket size").add(iteration % 100);
    metric.rate("cached").add(iteration % 2 === 0);
    metric.gauge("queue").set(iteration % 10);
  });
};`;

Deno.test("metrics, checks and groups have numbers, thresholds and exit codes, over threads too", async () => {
  const thresholds = [
    ...[
      "orders count >= 150",
      "orders rate > 1",
      '"basket size" p95 < 96',
      '"basket size" avg > 49',
      "cached rate > 49%",
    ],
    ...[
      "cached rate < 0.51",
      "queue max < 10",
      "checks rate > 70%",
      '"is JSON" rate >= 100%',
      "group:buy p95 < 9s",
    ],
  ];
  for (const threads of ["1", "2"]) {
    const { code, result, err } = await runModule(SOURCE, [
      ...["--iterations", "100", "-c", "4", "-t", threads],
      ...thresholds.flatMap((text) => ["--th", text]),
    ]);
    const verdicts = result.thresholds.map((
      { expression, passed }: { expression: string; passed: boolean },
    ) => [expression, passed]);
    assertEquals(verdicts, thresholds.map((text) => [text, true]));
    assertEquals(code, 0, err);
    assertEquals(result.checks, {
      apart: { passed: 75, failed: 25 },
      even: { passed: 50, failed: 50 },
      "is JSON": { passed: 100, failed: 0 },
    });
    const { orders, cached, queue, "basket size": basket } = result.custom_metrics;
    assertEquals([orders.type, orders.count, orders.value], ["counter", 200, 150]);
    assertEquals([cached.value, queue.min, queue.max], [0.5, 0, 9]);
    assertEquals([basket.value, basket.min, basket.max], [49.5, 0, 99]);
    assertEquals([result.group_stats.buy.count, result.group_stats.buy.errors], [100, 50]);
    assertEquals(result.iteration_stats["shop.ts"].count, 100);
  }
  const missed = await runModule(SOURCE, [
    "--iterations",
    "10",
    "--th",
    "orders count > 100",
    "--th",
    "gone count > 0",
  ]);
  assertEquals(missed.code, 2);
  assertEquals(missed.result.thresholds, [
    { expression: "orders count > 100", actual: "15", passed: false },
    { expression: "gone count > 0", passed: false },
  ]);
});

Deno.test("every report and export has them, and a saved run gives them again", async () => {
  await using temp = await tempDir();
  const { path } = temp;
  await Deno.writeTextFile(`${path}/shop.ts`, SOURCE);
  const port = freePort();
  await using _server = startTarget({ port, hostname: "127.0.0.1" });
  let pushed = "";
  await using receiver = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    pushed += await request.text();
    return new Response(null, { status: 202 });
  });
  const { code, out, err } = await program([
    ...[`${path}/shop.ts`, `http://127.0.0.1:${port}`, "--iterations", "40", "--no-progress"],
    ...[
      "--json",
      `${path}/r.json`,
      "--html-report",
      `${path}/r.html`,
      "--pushgateway",
      `http://127.0.0.1:${receiver.addr.port}`,
    ],
  ]);
  assertEquals(code, 0, err);
  const again = await program(["report", `${path}/r.json`]);
  const full = await program(["report", `${path}/r.json`, "--full"]);
  const summary = await program(["summary", `${path}/r.json`]);
  for (const text of [out, again.out, full.out, summary.out, await Deno.readTextFile(`${path}/r.html`)]) {
    for (const part of ["basket size", "orders", "is JSON", "20 of 40"]) assertStringIncludes(text, part);
  }
  assertMatch(pushed, /custom_orders_total\S* 60\b/);
  assertMatch(pushed, /custom_basket_size_p95\S* \d/);
  assertMatch(pushed, /checks_failed_total\S* 30\b/);
});

Deno.test("a metric keeps its kind, takes numbers alone, and belongs to modules", async () => {
  const { result } = await runModule(
    `export default async ({ http, metric }) => {
      await http.get("/");
      metric.counter("a").add(1);
      metric.trend("a").add(1);
    };`,
    ["--iterations", "2"],
  );
  assertEquals(Object.keys(result.error_types), [
    'shop.ts:4: TypeError: Cannot use the metric "a" as a trend: it is a counter',
  ]);
  const plain = await program(["http://127.0.0.1:1/", "--th", "orders count > 3"]);
  assertEquals(plain.code, 1);
  assertMatch(plain.err, /but there are no checks, and only modules have metrics of their own/);
});
