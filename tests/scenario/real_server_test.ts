/** A scenario file against a real server. */
import { assertEquals } from "@std/assert";
import { createClients } from "../../src/client/registry.ts";
import { Recorder } from "../../src/metrics/recorder.ts";
import { WHOLE } from "../../src/plan/share.ts";
import { compileScenario } from "../../src/scenario/compile.ts";
import { stepKind } from "../../src/steps/registry.ts";
import { FlowUser } from "../../src/scenario/iteration.ts";
import { loadScenario } from "../../src/scenario/load_scenario.ts";
import { PLAIN_CLIENT, planFor } from "../_support/plan.ts";

const SCENARIO = `
session: fresh_per_iteration
data: { people: { file: people.csv, strategy: sequential } }
steps:
  - name: login
    method: POST
    path: /login
    body: { name: "\${people.name}" }
    assert_status: 201
    assert_header: { Content-Type: application/json }
    extract: { token: { json: token }, page: { header: Location } }
  - name: page
    path: \${page}
    headers: { Authorization: "Bearer \${token}" }
    assert_json: { name: "*", visits: 1 }
  - name: gone
    path: /gone
    assert_status: 404
  - name: wrong
    path: /gone
    assert_status: 200
    assert_body_contains: here
`;

/** Knows who logged in by token and by cookie. */
function shop(): Deno.HttpServer<Deno.NetAddr> {
  const names = new Map<string, string>();
  let sessions = 0;
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/login") {
      const { name } = await request.json();
      const id = String(++sessions);
      names.set(id, name);
      const headers = { "Location": "/me?full", "Set-Cookie": `sid=${id}; Path=/; HttpOnly` };
      return Response.json({ token: `t${id}` }, { status: 201, headers });
    }
    const id = /(?:^|; )sid=(\d+)/.exec(request.headers.get("cookie") ?? "")?.[1] ?? "";
    const isKnown = request.headers.get("authorization") === `Bearer t${id}` && names.has(id);
    if (pathname === "/me" && isKnown) return Response.json({ name: names.get(id), visits: 1 });
    return new Response("Not found", { status: 404 });
  });
}

Deno.test("a scenario file runs against a real server: session, values, rows and rules", async () => {
  const server = shop();
  const { scenario } = await loadScenario(SCENARIO, {
    path: "s.yaml",
    baseUrl: `http://127.0.0.1:${server.addr.port}/`,
    readFile: () => Promise.resolve(new TextEncoder().encode('name\nann\n"bo ""x"""\n')),
    env: () => undefined,
  });
  const recorder = new Recorder({ isOpenLoop: false, phases: false, perAddress: false, verbosity: 0 });
  const plan = planFor("http://any.invalid/", { kind: "duration", connections: 1, durationMs: 1 });
  const client = createClients(PLAIN_CLIENT)();
  const user = new FlowUser(client, 0, {
    program: await compileScenario(scenario, {
      share: WHOLE,
      seed: 1,
      open: (kind) =>
        stepKind(kind).open({
          plan: { ...plan, scenario },
          constants: new Map(),
          secretVariables: new Set(),
          recorder,
          now: () => performance.now(),
          watch() {},
        }),
    }),
    recorder,
    budget: { left: Infinity },
    seed: 1,
    thinkMs: 0,
    thinkJitter: 0,
    pausesAtEnd: false,
    now: () => performance.now(),
    startMs: () => 0,
    isOver: () => false,
    sleep: () => Promise.resolve(),
    wallClockMs: () => Date.now(),
    newClient: createClients(PLAIN_CLIENT),
  });
  for (let k = 0; k < 10 && !user.isSpent; k++) await user.iterate(k, -1);
  client.close();
  await server.shutdown();
  const snapshot = recorder.take(0);
  assertEquals([snapshot.iterations, user.isSpent], [2, true]);
  assertEquals(
    snapshot.steps.map((
      { step, succeeded, failed },
    ) => [scenario.flows[0]?.steps[step]?.name, succeeded, failed]),
    [["login", 2, 0], ["page", 2, 0], ["gone", 2, 0], ["wrong", 0, 2]],
  );
  assertEquals(snapshot.steps[3]?.failures, {
    "AssertStatus: expected 200, got 404": 2,
    "AssertBody: 'here' not found": 2,
  });
});
