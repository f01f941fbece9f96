/** The keys with which one of several scenarios says its load. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { resolve } from "../../../src/options/resolve.ts";
import { type GivenLoad, LOAD_KEYS } from "../../../src/plan/parts/load_keys.ts";
import { loadBesideScenarios, partLoadFrom } from "../../../src/run/compose/part_load.ts";
import { mainOptions } from "../../../src/run/settings/settings.ts";

const SETTINGS = {
  ...resolve(mainOptions, { config: { name: "", values: { scenario: "x.yaml" } } }),
  operands: [],
};

function loadOf(given: GivenLoad) {
  return partLoadFrom(given, SETTINGS, () => "");
}

function problemsOf(given: GivenLoad): readonly string[] {
  return assertThrows(() => loadOf(given), UsageError).problems;
}

Deno.test("every key is obeyed", () => {
  const cases: readonly (readonly [GivenLoad, Readonly<Record<string, unknown>>])[] = [
    [{}, { kind: "duration", connections: 10, durationMs: 10_000 }],
    [{ connections: 3, duration: 2 }, { kind: "duration", connections: 3, durationMs: 2000 }],
    [{ iterations: "7" }, { kind: "requests", connections: 10, unit: "iterations", amount: 7 }],
    [{ num_requests: 7, connections: 1 }, { kind: "requests", connections: 1, unit: "requests", amount: 7 }],
    [{ users: 4, duration: "1m", ramp_up: "10s" }, {
      kind: "users",
      users: 4,
      durationMs: 60_000,
      rampUpMs: 10_000,
      // The pauses are the steps' own.
      thinkMs: 0,
      thinkJitter: 0,
    }],
    [{ stages: "1s@5" }, {
      kind: "users",
      users: 5,
      durationMs: 1000,
      rampUpMs: 0,
      thinkMs: 0,
      thinkJitter: 0,
      stages: [[0, 0], [1000, 5]],
    }],
    [{ rate: "30/m", connections: 9, arrivals: "poisson" }, {
      kind: "rate",
      pacer: { kind: "constant", rate: 0.5 },
      arrivals: "poisson",
      durationMs: 10_000,
      maxConnections: 9,
      targetRate: 0.5,
    }],
    [{ rate: 1, rate_ramp: 5 }, {
      kind: "rate",
      pacer: { kind: "linear", from: 1, to: 5, durationMs: 10_000 },
      durationMs: 10_000,
      maxConnections: 1000,
      targetRate: 1,
      rampTargetRate: 5,
    }],
  ];
  for (const [given, load] of cases) assertEquals(loadOf(given) as unknown, load, JSON.stringify(given));
  const traffic = loadOf({ rate: 1, traffic_profile: "step:1,2" });
  assertEquals(traffic.kind === "rate" && traffic.pacer.kind, "step");
  const named = [...cases.flatMap(([given]) => Object.keys(given)), "traffic_profile"];
  assertEquals(Object.keys(LOAD_KEYS).filter((key) => !named.includes(key)), []);
});

Deno.test("problems are about keys, all of them together", () => {
  assertEquals(problemsOf({ connections: 0, rate: "fast" }).map((problem) => problem.split(":")[0]), [
    '"connections"',
    '"rate"',
  ]);
  assertEquals(problemsOf({ users: 5 }), ['"users" needs "duration" or "iterations"']);
  assertEquals(problemsOf({ rate_ramp: 5 }), ['"rate_ramp" needs "rate"']);
  assertEquals(problemsOf({ stages: "1s@5", users: 5, duration: 1 }).length, 2);
  assertEquals(problemsOf({ users: 5, duration: "5s", ramp_up: "9s" }), [
    '"ramp_up" 9s must be shorter than the duration of 5s',
  ]);
});

Deno.test("the load of the whole run is named where it is given, and only then", () => {
  const given = resolve(mainOptions, {
    given: [{ property: "connections", flag: "-c", text: "5" }],
    environment: { BENCH_DURATION: "5s" },
    config: {
      name: "b.yaml",
      values: { scenario: "x.yaml", rate: 5, threads: 1, warmup: 1, autofind: false },
    },
  });
  assertEquals(
    loadBesideScenarios(given),
    "x.yaml has scenarios with their own loads: leave out -c, b.yaml: rate, BENCH_DURATION",
  );
  assertEquals(loadBesideScenarios(resolve(mainOptions, {})), undefined);
});
