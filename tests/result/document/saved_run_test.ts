import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UsageError } from "../../../src/lib/errors.ts";
import { toJsonDocument } from "../../../src/result/document/json_document.ts";
import { readJsonDocument } from "../../../src/result/document/read_document.ts";
import { restoreOutcome } from "../../../src/result/document/restore_outcome.ts";
import {
  isSavedHistogram,
  restoreHistogram,
  saveHistogram,
} from "../../../src/result/document/saved_histogram.ts";
import { histogramOf, hugeOutcome, openLoopOutcome, ordinaryOutcome } from "../../_support/outcomes.ts";

Deno.test("a saved histogram comes back with every bucket and exact sums", () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 5e6, noNaN: true })), (values) => {
    const data = histogramOf(...values);
    const saved = JSON.parse(JSON.stringify(saveHistogram(data)));
    assert(isSavedHistogram(saved));
    const { counts, ...sums } = restoreHistogram(saved);
    const { counts: expected, ...expectedSums } = data;
    assertEquals([...Array.from(counts)], [...Array.from(expected)]);
    assertEquals(sums, expectedSums);
  }));
});

Deno.test("isSavedHistogram() refuses counts that do not add up and buckets that do not exist", () => {
  const saved = saveHistogram(histogramOf(1, 2, 3));
  assert(!isSavedHistogram({ ...saved, count: 4 }));
  assert(!isSavedHistogram({ ...saved, buckets: `${saved.buckets} 99999:0` }));
  assert(!isSavedHistogram({ ...saved, count: 4, buckets: `${saved.buckets} 99999:1` }));
  assert(!isSavedHistogram({ ...saved, buckets: "x" }));
});

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
  assertThrows(() => readJsonDocument(JSON.stringify(document)), UsageError, '"saved"');
});

Deno.test("a saved run that was tampered with is refused", () => {
  const document = JSON.parse(JSON.stringify(toJsonDocument(ordinaryOutcome())));
  for (
    const spoil of [
      (saved: typeof document) => saved.plan.load = { kind: "other" },
      (saved: typeof document) => saved.total.steps[0].latency.count++,
      (saved: typeof document) => saved.run.health = null,
      (saved: typeof document) => saved.windows = "1;2",
      (saved: typeof document) => delete saved.total,
    ]
  ) {
    const copy = structuredClone(document);
    spoil(copy.saved);
    assertThrows(() => readJsonDocument(JSON.stringify(copy)), UsageError, '"saved"');
  }
  const copy = structuredClone(document);
  copy.saved.total.steps[0].step = 7;
  assertThrows(() => restoreOutcome(readJsonDocument(JSON.stringify(copy)), "x"), UsageError, "steps");
});
