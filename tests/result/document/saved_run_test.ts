/** A saved run comes back exactly. */
import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { toJsonDocument } from "../../../src/result/document/json_document.ts";
import { readJsonDocument } from "../../_support/read_json_document.ts";
import { restoreOutcome } from "../../../src/result/document/restore_outcome.ts";
import { reportData } from "../../../src/report/html_report/report_data.ts";
import { hugeOutcome, openLoopOutcome, ordinaryOutcome } from "../../_support/outcomes.ts";

Deno.test("a saved run holds no header, no body, no detail and no credential of its plan", () => {
  const { result, ...rest } = ordinaryOutcome();
  const [flow] = result.plan.scenario.flows;
  const step = {
    ...flow!.steps[0]!,
    name: "GET https://me:canary@shop.test/?token=canary",
    headers: [["Authorization", "canary"] as const],
    body: { kind: "text", text: "canary" } as const,
  };
  const plan = {
    ...result.plan,
    scenario: { ...result.plan.scenario, flows: [{ ...flow!, steps: [step] }] },
    client: {
      ...result.plan.client,
      proxy: { http: "http://me:canary@proxy/", bypass: [] },
      tls: { verify: true, caCerts: [], key: "canary" },
    },
  };
  const total = { ...result.total, details: [{ topic: "head", text: "canary" }] };
  const text = JSON.stringify(toJsonDocument({ ...rest, result: { ...result, plan, total } }).saved);
  assert(!text.includes("canary"));
});

Deno.test("restoreOutcome() gives the total, the windows and the verdict exactly", () => {
  for (const make of [openLoopOutcome, hugeOutcome]) {
    const outcome = make();
    const { result } = restoreOutcome(readJsonDocument(JSON.stringify(toJsonDocument(outcome))), "x");
    assertEquals(toJsonDocument({ ...outcome, result }), toJsonDocument(outcome));
    assertEquals(result.timeline, outcome.result.timeline);
    assertEquals(result.durationMs, outcome.result.durationMs);
  }
});

Deno.test("restoreOutcome() says that another program's result holds too little", () => {
  assertThrows(() => restoreOutcome({ total_requests: 5 }, "x.json"), UsageError, 'no "saved" part');
});

Deno.test("steps of a saved run that name no kind are HTTP steps; an unknown kind is refused", () => {
  const document = JSON.parse(JSON.stringify(toJsonDocument(ordinaryOutcome())));
  const [step] = document.saved.plan.flows[0].steps;
  assertEquals(step.kind, "http");
  delete step.kind;
  const { result } = restoreOutcome(readJsonDocument(JSON.stringify(document)), "x");
  assertEquals(result.plan.scenario.flows[0]!.steps[0]!.kind, "http");
  step.kind = "telegraph";
  assertThrows(
    () => readJsonDocument(JSON.stringify(document)),
    UsageError,
    'expected "http" or "code" or "websocket" or "replay" at "saved.plan.flows[0].steps[0].kind", found "telegraph"',
  );
});

Deno.test("a saved run that was tampered with is refused", () => {
  const document = JSON.parse(JSON.stringify(toJsonDocument(ordinaryOutcome())));
  const spoils: readonly (readonly [place: string, spoil: (saved: typeof document) => unknown])[] = [
    ["saved.plan.load.kind", (saved) => saved.plan.load = { kind: "other" }],
    ["saved.plan.load.durationMs", (saved) => saved.plan.load = { kind: "duration", connections: 1 }],
    ["saved.total.steps[0].latency", (saved) => saved.total.steps[0].latency.count++],
    ["saved.total.steps[0].latency.buckets", (saved) => saved.total.steps[0].latency.buckets = 5],
    ["saved.total.steps[0].succeeded", (saved) => saved.total.steps[0].succeeded = "many"],
    ["saved.run.health", (saved) => saved.run.health = null],
    ["saved.windows", (saved) => saved.windows = "1;2"],
    ["saved.total", (saved) => delete saved.total],
  ];
  for (const [place, spoil] of spoils) {
    const copy = structuredClone(document);
    spoil(copy.saved);
    assertThrows(() => readJsonDocument(JSON.stringify(copy)), UsageError, `at "${place}", found`);
  }
  const copy = structuredClone(document);
  copy.saved.total.steps[0].step = 7;
  assertThrows(() => restoreOutcome(readJsonDocument(JSON.stringify(copy)), "x"), UsageError, "steps");
});

Deno.test("a baseline is saved with what charts show of it, and a long one stays small", () => {
  const outcome = { ...openLoopOutcome(), before: hugeOutcome().result };
  const text = JSON.stringify(toJsonDocument(outcome));
  const again = restoreOutcome(readJsonDocument(text), "x");
  assertEquals(again.before!.timeline, outcome.before.timeline);
  assertEquals(again.before!.series, outcome.before.series);
  assertEquals(reportData(again), reportData(outcome));
  const whole = JSON.stringify(toJsonDocument({ ...outcome, result: outcome.before }).saved).length;
  assertLess(JSON.stringify(toJsonDocument(outcome).baseline_run!.saved).length, whole / 2);
});
