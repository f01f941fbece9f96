/** A search in JSON. */
import { assertEquals } from "@std/assert";
import { type AutofindResult, toAutofindJson } from "../../src/result/autofind_result.ts";

const USERS: AutofindResult = {
  by: "users",
  url: "http://127.0.0.1/",
  limits: { maxErrorRatePercent: 1, maxP95Ms: 5000 },
  stepDurationMs: 30_000,
  best: 10,
  reachedMax: false,
  interrupted: true,
  steps: [
    {
      load: 10,
      verdict: "passed",
      reasons: [],
      requestsPerSecond: 9.8765,
      p50: { ms: 0.3271, isAtLeast: false },
      p95: { ms: 180, isAtLeast: false },
      p99: { ms: 2000, isAtLeast: true },
      errorRatePercent: 0.3333,
      requests: 300,
      errors: 1,
      samples: 299,
      durationMs: 4000,
      isGeneratorLimited: false,
    },
    {
      load: 20,
      verdict: "failed",
      reasons: ["no request ended"],
      requests: 0,
      errors: 0,
      samples: 0,
      durationMs: 30_000,
      isGeneratorLimited: false,
    },
    {
      load: 15,
      verdict: "interrupted",
      reasons: [],
      requests: 0,
      errors: 0,
      samples: 0,
      durationMs: 30_000,
      isGeneratorLimited: false,
    },
  ],
};

Deno.test("toAutofindJson() writes the documented keys, in seconds and percent", () => {
  const unmeasured = {
    rps: null,
    p50: null,
    p95: null,
    p99: null,
    percentiles_at_least: [],
    error_rate: null,
    total_requests: 0,
    total_errors: 0,
    latency_samples: 0,
    duration: 30,
    generator_limited: false,
  };
  assertEquals(toAutofindJson(USERS), {
    mode: "autofind",
    url: "http://127.0.0.1/",
    max_error_rate: 1,
    max_p95: 5,
    step_duration: 30,
    max_sustainable_users: 10,
    first_failed: null,
    knee_factor: null,
    reached_max: false,
    interrupted: true,
    steps: [
      {
        users: 10,
        rps: 9.88,
        p50: 0.000327,
        p95: 0.18,
        p99: 2,
        percentiles_at_least: ["p99"],
        error_rate: 0.33,
        total_requests: 300,
        total_errors: 1,
        latency_samples: 299,
        duration: 4,
        generator_limited: false,
        passed: true,
        reasons: [],
      },
      { users: 20, ...unmeasured, passed: false, reasons: ["no request ended"] },
      { users: 15, ...unmeasured, passed: null, reasons: [] },
    ],
  });
});

Deno.test("toAutofindJson() of a search by rate has max_sustainable_rate and what was served", () => {
  const document = toAutofindJson({
    ...USERS,
    by: "rate",
    steps: [{ ...USERS.steps[0]!, openLoop: { achievedRate: 9.876, dropped: 3, delayed: 4 } }],
  });
  assertEquals([document.max_sustainable_users, document.max_sustainable_rate], [null, 10]);
  const { users, rate, achieved_rate, delayed, dropped } = document.steps[0]!;
  assertEquals([users, rate, achieved_rate, delayed, dropped], [undefined, 10, 9.88, 4, 3]);
});

Deno.test("toAutofindJson() says null when no load passed", () => {
  const { best: _, ...without } = USERS;
  assertEquals(toAutofindJson(without).max_sustainable_users, null);
  assertEquals(toAutofindJson({ ...without, by: "rate", steps: [] }).max_sustainable_rate, null);
});
