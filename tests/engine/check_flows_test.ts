/** `--check`: one pass through a scenario, told step by step. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { checkFlows } from "../../src/engine/check_flows.ts";
import type { RunPlan } from "../../src/plan/run_plan.ts";
import type { Scenario, Step } from "../../src/plan/scenario.ts";
import type { CheckedStep } from "../../src/steps/checked_step.ts";
import { startTarget, type Target } from "../../src/target/serve.ts";
import { PLAIN_CLIENT } from "../_support/plan.ts";
import { REFUSING_PORT } from "../_support/peers.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { scenarioOf, stepOf } from "../scenario/_plans.ts";

function planOf(scenario: Scenario, changes: Partial<RunPlan> = {}): RunPlan {
  return {
    version: 1,
    load: { kind: "users", users: 5, durationMs: 1000, rampUpMs: 0, thinkMs: 700, thinkJitter: 0 },
    scenario,
    client: PLAIN_CLIENT,
    gracefulStopMs: 0,
    warmupMs: 0,
    seed: 1,
    verbosity: 0,
    ...changes,
  };
}

async function stepsOf(
  steps: readonly Step[],
  parts: Partial<Scenario> = {},
  changes: Partial<RunPlan> = {},
): Promise<readonly CheckedStep[]> {
  const [flow] = await checkFlows(
    planOf(scenarioOf(steps, parts), changes),
    new AbortController().signal,
  );
  return flow!.steps;
}

function target(): Target {
  return startTarget({ port: 0, hostname: "127.0.0.1" });
}

Deno.test("checkFlows() tells what a login flow sent, got, extracted and checked, without its secrets", async () => {
  await using server = target();
  const steps = await stepsOf([
    stepOf(`${server.url}/login`, {
      name: "login",
      method: "POST",
      body: { kind: "text", text: '{"user":"${people.name}","password":"${people.password}"}', isJson: true },
      extract: [{ name: "token", from: "json", expression: "token" }],
      checks: [{ kind: "status", equals: 200 }, { kind: "json", path: "token", equals: "*" }],
    }),
    stepOf(`${server.url}/private?pw=\${people.password}`, {
      name: "private",
      headers: [["Authorization", "Bearer ${token}"], ["X-Api", "${env(API)}"]],
      checks: [{ kind: "json", path: "isLoggedIn", equals: true }, { kind: "max_latency", ms: 1e6 }],
      thinkMs: 0,
    }),
    stepOf(`${server.url}/echo?key=\${env(API)}`, { name: "echo", headers: [["X-Token-Copy", "${token}"]] }),
  ], {
    cookies: "persistent",
    data: [{
      name: "people",
      strategy: "loop",
      fields: ["name", "password"],
      rows: [["ann", "hush-hush"]],
    }],
    env: { API: "env s3cret" },
  });
  assertEquals(steps.map(({ name, passed, pauseMs }) => [name, passed, pauseMs]), [
    ["login", true, 700],
    ["private", true, 0],
    ["echo", true, 700],
  ]);
  const [login, hidden, echo] = steps as [CheckedStep, CheckedStep, CheckedStep];
  assertEquals(login.sent?.url, `${server.url}/login`);
  assertEquals(login.sent?.body.text, '{"user":"ann","password":"***"}');
  assertEquals(login.received?.status, 200);
  assertEquals(login.extracted, { token: "*** (36 characters)" });
  assertEquals(login.checks, [{ claim: "status is 200", holds: true }, {
    claim: "JSON has token",
    holds: true,
  }]);
  assertMatch(hidden.sent!.head, /^GET \/private\?pw=\*\*\* HTTP/);
  assertMatch(echo.received!.body.text!, /"path":"\/echo\?key=\*\*\*"/);
  assertMatch(echo.received!.body.text!, /"x-token-copy","\*\*\*"/);
  const shown = JSON.stringify(steps);
  const session = /session=[0-9a-f-]{36}/;
  for (const secret of [/hush-hush/, /env.{0,3}s3cret/, session]) {
    assert(!secret.test(shown), `${secret}`);
  }
});

Deno.test("checkFlows() says which checks do not hold, what was not found, and what was not reached", async () => {
  await using server = target();
  const steps = await stepsOf([
    stepOf(`${server.url}/json`, {
      name: "a",
      checks: [{ kind: "status", equals: 201 }, { kind: "body_contains", text: "bench" }],
      extract: [{ name: "x", from: "json", expression: "no.such" }],
    }),
    stepOf(`${server.url}/json?\${x}`, { name: "b" }),
  ]);
  assertEquals(steps.map(({ name, passed }) => [name, passed]), [["a", false], ["b", undefined]]);
  assertEquals(steps[0]!.checks.map(({ holds }) => holds), [false, true]);
  assertEquals(steps[0]!.problems, ["Cannot extract x: nothing at JSON path no.such"]);
});

Deno.test("checkFlows() calls an error status a failure only where no check expects it", async () => {
  await using server = target();
  const steps = await stepsOf([
    stepOf(`${server.url}/status/404`, { name: "plain" }),
    stepOf(`${server.url}/status/404`, { name: "meant", checks: [{ kind: "status", equals: 404 }] }),
  ]);
  assertEquals(steps.map(({ passed, problems }) => [passed, problems]), [
    [false, ["Error status 404, and no check expects it"]],
    [true, []],
  ]);
});

Deno.test("checkFlows() runs each flow once, each with cookies of its own", async () => {
  await using server = target();
  const visit = (name: string) => ({
    name,
    weight: name === "rare" ? 0.001 : 1000,
    steps: [
      stepOf(`${server.url}/cookies`, { name: `${name} 1` }),
      stepOf(`${server.url}/cookies`, { name }),
    ],
  });
  const flows = await checkFlows(
    planOf(
      scenarioOf([], { flows: [visit("often"), visit("rare")], pick: "weighted", cookies: "persistent" }),
    ),
    new AbortController().signal,
  );
  assertEquals(flows.map(({ name, steps }) => [name, steps.map(({ received }) => received?.body.text)]), [
    ["often", ["{}", '{"visits":"1"}']],
    ["rare", ["{}", '{"visits":"1"}']],
  ]);
  assertEquals(server.counts.get("/cookies"), 4);
});

Deno.test("checkFlows() shows transport failures, timeouts included", async () => {
  await using server = await startRawServer(() => Promise.resolve());
  const client = { ...PLAIN_CLIENT, timeoutMs: 100 };
  const [slow] = await stepsOf([stepOf(`${server.origin}/`)], {}, { client });
  assertEquals([slow?.passed, slow?.received], [false, undefined]);
  // Connecting may take that long on a busy machine.
  assertMatch(slow!.problems[0]!, /^Timed out/);
  const [refused] = await stepsOf([stepOf(`http://127.0.0.1:${REFUSING_PORT}/`)]);
  assertMatch(refused!.problems[0]!, /^Connection refused/);
});

Deno.test("checkFlows() cuts long bodies, and shows bytes as a number", async () => {
  await using server = await startRawServer((connection, { number }) =>
    connection.send(response(number === 1 ? "x".repeat(5000) : "a\x00\x01"))
  );
  const [long, binary] = await stepsOf([stepOf(`${server.origin}/a`), stepOf(`${server.origin}/b`)]);
  assertEquals(long!.received!.body, { bytes: 5000, text: `${"x".repeat(1000)}…` });
  assertEquals(binary!.received!.body, { bytes: 3 });
});

Deno.test("checkFlows() looks into coded bodies", async () => {
  await using server = target();
  const [step] = await stepsOf([
    stepOf(`${server.url}/gzip/90`, {
      headers: [["Accept-Encoding", "gzip"]],
      checks: [{ kind: "body_contains", text: "quick brown" }],
      extract: [{ name: "animal", from: "regex", expression: "brown (\\w+)" }],
    }),
  ]);
  assertMatch(step!.received!.head, /content-encoding: gzip/i);
  assertEquals([step?.passed, step?.extracted], [true, { animal: "fox" }]);
});
