/** What checks are called: what they claim, and nothing that a request sends in secret. */
import { assertEquals } from "@std/assert";
import type { HttpStep } from "../../../src/plan/http_step.ts";
import { checkNames } from "../../../src/steps/http/check_names.ts";
import { scenarioPlan, scenarioStep } from "../../_support/outcomes.ts";

const LOAD = { kind: "requests", unit: "requests", amount: 1, connections: 1 } as const;

function namesOf(...steps: readonly HttpStep[]): readonly string[] {
  const { scenario } = scenarioPlan("s", steps, LOAD);
  return steps.flatMap((step) => checkNames(step, scenario));
}

const step = (name: string, changes: Partial<HttpStep>) => scenarioStep(name, "/", changes) as HttpStep;

Deno.test("checks are called by their step and their claims", () => {
  const first = step("first", { checks: [{ kind: "status", equals: 200 }] });
  const second = step("second", { checks: [{ kind: "max_latency", ms: 500 }] });
  assertEquals(namesOf(first), ["first: status is 200"]);
  assertEquals(namesOf(first, second), ["first: status is 200", "second: response within 500ms"]);
});

Deno.test("a check that expects back what a request sends in secret does not tell it", () => {
  const names = namesOf(
    step("log in", { headers: [["X-Password", "hunter22"], ["X-Token", "${token}"]] }),
    step("echo", {
      checks: [
        { kind: "header", name: "x-echo", equals: "hunter22" },
        { kind: "body_contains", text: "${token}" },
      ],
    }),
  );
  assertEquals(names, ['echo: header x-echo is "***"', 'echo: body contains "${token}"']);
});
