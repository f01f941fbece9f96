/** What is secret about steps of any kind, and what each kind says of its own. */
import { assertEquals } from "@std/assert";
import type { HttpStep } from "../../src/plan/http_step.ts";
import type { Scenario, Step } from "../../src/plan/scenario.ts";
import { requestOf, secretVariables, stepSecrets } from "../../src/steps/secrets.ts";
import { planFor } from "../_support/plan.ts";

const HEADERS = [["Authorization", "Bearer abc"]] as const;

/** A step of each kind, all with the same credentials. */
const STEPS: readonly Step[] = [
  {
    kind: "http",
    name: "http",
    method: "POST",
    url: "https://h/?sid=1",
    headers: HEADERS,
    isTemplate: false,
    extract: [{ name: "taken", from: "json", expression: "$.token" }],
    checks: [],
  },
  {
    kind: "websocket",
    name: "websocket",
    method: "GET",
    url: "wss://h/?sid=1",
    headers: HEADERS,
    subprotocols: [],
    compressed: false,
    isTemplate: false,
    replyTimeoutMs: 1,
    maxMessageBytes: 1,
    closeTimeoutMs: 1,
    load: { messages: [], intervalMs: 0, expectsReply: false, inFlight: 1 },
  },
  { kind: "code", name: "code", url: "https://h/?sid=1", headers: HEADERS },
];

function scenarioOf(steps: readonly Step[]): Scenario {
  const { scenario } = planFor(["http://h/"], { kind: "duration", connections: 1, durationMs: 1 });
  return { ...scenario, flows: [{ name: "all", weight: 1, steps }] };
}

Deno.test("requestOf() is the step, its handshake, or nothing that is known", () => {
  const requests = STEPS.map(requestOf);
  assertEquals(requests[0], STEPS[0] as HttpStep);
  assertEquals(requests.map((request) => request?.url), ["https://h/?sid=1", "https://h/?sid=1", undefined]);
});

Deno.test("stepSecrets() asks each step's kind; of a step found later nothing is known", () => {
  const secretsOfStep = stepSecrets({ scenario: scenarioOf(STEPS) });
  assertEquals([0, 1, 2, 3].map((step) => secretsOfStep(step).url), [["sid"], ["sid"], [], []]);
  assertEquals([0, 1, 2, 3].map((step) => [...secretsOfStep(step).headers]), [
    ["authorization"],
    ["authorization"],
    [],
    [],
  ]);
});

Deno.test("secretVariables() are those of steps of all kinds, and what setup found out", () => {
  assertEquals(
    secretVariables({ scenario: scenarioOf(STEPS), vars: { shared: 1 } }),
    new Set(["taken", "shared"]),
  );
});

Deno.test("stepSecrets() knows a step by its index", () => {
  const { scenario } = planFor(["http://h/", "http://h/?sid=1"], {
    kind: "duration",
    connections: 1,
    durationMs: 1,
  });
  const secretsOfStep = stepSecrets({ scenario });
  assertEquals([0, 1, 1].map((step) => secretsOfStep(step).url), [[], ["sid"], ["sid"]]);
});

Deno.test("secretVariables() goes by what a value is taken from", () => {
  const { scenario } = planFor(["http://h/"], { kind: "duration", connections: 1, durationMs: 1 });
  const { flows: [flow] } = scenario;
  const rows = [
    ["json", "$.access_token", true],
    ["json", "$.data['password'].value", false],
    ["json", "$..token", true],
    ["json", "$.items[0].id", false],
    ["header", "X-Auth-Token", true],
    ["header", "Location", false],
    ["regex", 'name="csrf_token" value="([^"]+)"', true],
    ["regex", "(?:sid|session)=(\\w+)", true],
    ["regex", 'name="item" value="([^"]+)" class="token"', false],
  ] as const;
  const extract = rows.map(([from, expression], i) => ({ name: `v${i}`, from, expression }));
  const own = { ...scenario, flows: [{ ...flow!, steps: [{ ...flow!.steps[0]!, extract }] }] };
  const found = secretVariables({ scenario: own, vars: { shared: 1 } });
  assertEquals(found.has("shared"), true);
  assertEquals(rows.map((_, i) => found.has(`v${i}`)), rows.map(([, , isSecret]) => isSecret));
});
