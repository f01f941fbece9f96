/** Fifty users log in, carry cookie and token along, and are checked at every step. */
import { assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { metricsAt } from "../_support/metrics_page.ts";
import { freePort, unixTest } from "../_support/peers.ts";
import { ended, startProgram } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { until } from "../_support/wait.ts";

const SCENARIO = `
name: login flow
think_time: 20ms
steps:
  - name: log in
    method: POST
    path: /login
    body: { user: "user-\${counter()}" }
    assert_status: 200
    assert_header: { Content-Type: { regex: "^application/json" } }
    extract: { token: { json: token } }
  - name: private
    path: /private
    headers: { Authorization: "Bearer \${token}" }
    assert_json: { isLoggedIn: true }
    assert_max_latency: 100s
`;

const THRESHOLDS = [
  "step:log in p95 < 90s",
  "step:private p95 < 90s",
  "step:private error_rate < 0.01%",
  "error_rate < 0.01%",
];

/** Runs the flow under a load; `meanwhile` is done to the target on the way. */
async function runFlow(
  port: number,
  load: readonly string[],
  meanwhile: (child: Deno.ChildProcess) => Promise<void>,
) {
  await using temp = await tempDir();
  const path = `${temp.path}/file.yaml`;
  await Deno.writeTextFile(path, SCENARIO);
  const child = startProgram([
    ...["--scenario", path, ...load, "--json", "-"],
    ...THRESHOLDS.flatMap((claim) => ["--th", claim]),
    `http://127.0.0.1:${port}`,
  ]);
  const [end] = await Promise.all([ended(child), meanwhile(child)]);
  return { ...end, result: JSON.parse(end.out) };
}

unixTest("a login flow of 50 users passes its thresholds without a failure", [], async () => {
  const port = freePort();
  await using server = startTarget({ port, hostname: "127.0.0.1" });
  const isSeen = () => (server.counts.get("/private") ?? 0) >= 200;
  const { code, result, err } = await runFlow(
    port,
    ["-u", "50", "-d", "600", "--grace", "60"],
    async (child) => {
      await until(isSeen);
      child.kill("SIGINT");
    },
  );
  assertEquals([code, result.total_errors, result.error_types], [0, 0, {}], err);
  assertEquals(result.thresholds.map(({ passed }: { passed: boolean }) => passed), [true, true, true, true]);
  const { "log in": login, private: hidden } = result.step_stats;
  assertGreaterOrEqual(login.count, 50);
  assertEquals(
    [server.counts.get("/login"), server.counts.get("/private"), result.unfinished_requests],
    [login.count, hidden.count, 0],
  );
});

Deno.test("a server that is restarted shows as failures, and the flow recovers", async () => {
  const port = freePort();
  const where = { port, hostname: "127.0.0.1" };
  const first = startTarget(where);
  const second = Promise.withResolvers<typeof first>();
  // So many iterations that most are left for the new server, however long it takes to be there.
  const metrics = freePort();
  const load = ["-c", "50", "--iterations", "4000", "--serve-metrics", `${metrics}`];
  const { code, result } = await runFlow(port, load, async () => {
    await until(() => (first.counts.get("/private") ?? 0) >= 200);
    await first.close();
    await until(async () => ((await metricsAt(metrics)).get("failed_connects_total") ?? 0) > 0);
    second.resolve(startTarget(where));
  });
  await using server = await second.promise;
  assertEquals(code, 2);
  assertGreater(result.error_types.connection_refused, 0);
  assertEquals(result.thresholds.at(-1).passed, false);
  // Every user came back: most logins of the new server were followed by the page behind it.
  assertGreater(server.counts.get("/private") ?? 0, 200);
  assertEquals(result.timeline.at(-1).errors, 0);
});
