/** A target that is not there, comes later or goes away. */
import { assertAlmostEquals, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { manyPrograms } from "../_support/many_programs.ts";
import { metricsAt } from "../_support/metrics_page.ts";
import { program, programUntil } from "../_support/program.ts";
import { freePort, REFUSING_PORT, unixTest } from "../_support/peers.ts";
import { FAILURES_IN_A_ROW, FIRST_PAUSE_MS } from "../../src/client/net/connect_gate.ts";
import { watch } from "./_fleet.ts";

const WAYS = {
  "a closed loop": ["-c", "10"],
  "a closed loop of new connections": ["--no-keepalive"],
  "an open loop": ["--rate", "1000"],
  "users": ["-u", "10"],
  "users of new connections": ["-u", "10", "--no-keepalive"],
  "an open loop of the fetch client": ["--rate", "1000", "--client", "fetch"],
  "a warm-up of new connections": ["--warmup", "60s", "--no-keepalive"],
  "users who come little by little": ["-u", "10", "--ramp-up", "2s"],
  "HTTP/2": ["--http2"],
  "the fetch client": ["--client", "fetch"],
};

Deno.test("a target that is not there is told at once, with its address, whatever the load", async () => {
  const ways = Object.values(WAYS);
  const url = `http://127.0.0.1:${REFUSING_PORT}/`;
  const ended = await manyPrograms(ways.map((words) => ({ args: ["-d", "60s", ...words, url] })));
  ended.forEach(({ code, out, err }, i) => {
    const expected = `bench: Cannot connect to 127.0.0.1:${REFUSING_PORT}: connection refused\n`;
    assertEquals([code, out, err], [1, "", expected], ways[i]!.join(" "));
  });
});

Deno.test("a scenario whose URLs are filled in tells of an absent target, too", async () => {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    const base = `http://127.0.0.1:${REFUSING_PORT}`;
    await Deno.writeTextFile(file, `base_url: ${base}\nsteps: [{ path: "/\${randint(1,9)}" }]\n`);
    const { code, err } = await program(["-d", "60s", "--scenario", file]);
    assertEquals(code, 1);
    assertMatch(err, /^bench: Cannot connect to 127\.0\.0\.1:\d+: connection refused\n$/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("--wait-ready measures a target that starts later", async () => {
  const port = freePort();
  const running = watch(["-n", "5", "--wait-ready=60s", "--json", "-", `http://127.0.0.1:${port}/`]);
  await running.says(`Waiting up to 1m for the target (127.0.0.1:${port}: connection refused)`);
  await using _server = startTarget({ port, hostname: "127.0.0.1" });
  const { code, out, err } = await running.ended;
  assertEquals(code, 0, err);
  assertEquals(JSON.parse(out).total_requests, 5);
});

Deno.test("--wait-ready ends when the time is over", async () => {
  const port = REFUSING_PORT;
  const { code, err } = await program(["--wait-ready=200ms", `http://127.0.0.1:${port}/`]);
  assertEquals(code, 1);
  assertStringIncludes(err, `was not ready within 200ms (127.0.0.1:${port}: connection refused)`);
});

for (const words of [[], ["--rate", "2000"], ["--client", "fetch"]]) {
  unixTest(
    `a target that goes away is not hammered, and no rate counts what was never sent: ${words.join(" ")}`,
    [],
    async () => {
      const server = startTarget({ port: 0, hostname: "127.0.0.1" });
      const port = freePort();
      let isThere = true;
      const hasFailed = async () => {
        if (isThere && !server.counts.has("/")) return false;
        if (isThere) await server[Symbol.asyncDispose]();
        isThere = false;
        return (await metricsAt(port)).get("errors_total")! > FAILURES_IN_A_ROW + 3;
      };
      const load = ["-c", "50", "-d", "600", "-t", "1", "--serve-metrics", `${port}`, ...words];
      const { code, out } = await programUntil(hasFailed, [...load, "--json", "-", `${server.url}/`]);
      const result = JSON.parse(out);
      assertEquals(code, 0);
      // Each of the connections once, those that found out before anybody told them, and then one attempt at a time.
      const attempts = result.duration_sec * 1000 / FIRST_PAUSE_MS;
      assertLess(result.failed_connects, 50 + FAILURES_IN_A_ROW + attempts);
      const unconnected = result.error_types.connection_refused;
      const rate = (result.total_requests - unconnected) / result.duration_sec;
      // Written with two decimals: where the target left early, that is more than a hundredth of it.
      assertAlmostEquals(result.requests_per_sec, rate, Math.max(rate / 100, 0.01));
    },
  );
}
