/** Ports that the program opens, with more visitors than it has room for. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { freePort } from "../_support/peers.ts";
import { fleetTest, startRemembering, watch } from "./_fleet.ts";
import { FEW_DESCRIPTORS, holdIdle } from "./_idle_peers.ts";
import { until } from "../_support/wait.ts";

/** The text behind a URL, once it can be had. */
async function textOf(url: string): Promise<string> {
  let text = "";
  const ask = async () => {
    // Each on a connection of its own.
    const response = await fetch(url, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(2000),
    });
    text = await response.text();
  };
  let isAsking = false;
  await until(() => {
    if (!isAsking && text === "") {
      isAsking = true;
      void ask().catch(() => {}).finally(() => isAsking = false);
    }
    return text !== "";
  });
  return text;
}

fleetTest(
  "a run whose metrics page gets more idle visitors than it has descriptors measures on",
  async () => {
    await using server = startRemembering();
    const port = freePort();
    const args = [
      "-d",
      "600",
      "-c",
      "4",
      "--json",
      "-",
      "--serve-metrics",
      `127.0.0.1:${port}`,
      `${server.url}/`,
    ];
    const run = watch(args, {}, FEW_DESCRIPTORS);
    await until(() => server.count > 0);
    using _idle = await holdIdle(port, 300);
    // The page waits one and a half times as long for its last scrape as lay between these two.
    await textOf(`http://127.0.0.1:${port}/metrics`);
    assertStringIncludes(await textOf(`http://127.0.0.1:${port}/metrics`), "requests_total");
    run.child.kill("SIGINT");
    const { code, out, err } = await run.ended;
    assertEquals(code, 0, err);
    const { total_requests: total, total_errors: errors } = JSON.parse(out);
    assertEquals([total > 0, errors], [true, 0]);
  },
);

fleetTest("bench serve with more idle connections than it has descriptors serves on", async () => {
  const port = freePort();
  const serving = watch(["serve", "--port", String(port)], {}, FEW_DESCRIPTORS);
  await serving.says("Listening on");
  using _idle = await holdIdle(port, 300);
  assertEquals(await textOf(`http://127.0.0.1:${port}/`), "Hello from bench\n");
  serving.child.kill("SIGINT");
  const { code, err } = await serving.ended;
  assertEquals([code, err], [0, ""]);
});
