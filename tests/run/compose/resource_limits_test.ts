/** What this machine cannot hold is refused before the load. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { descriptorProblem, localAddressProblems } from "../../../src/run/compose/resource_limits.ts";
import type { LoadSpec } from "../../../src/plan/run_plan.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";

const CLOSED: LoadSpec = { kind: "duration", connections: 1000, durationMs: 1000 };

for (
  const [title, load, threads, expected] of [
    ["connections that fit", { ...CLOSED, connections: 900 }, 1, undefined],
    ["just as many as fit", { ...CLOSED, connections: 1002 }, 1, undefined],
    ["one too many", { ...CLOSED, connections: 1003 }, 1, "--connections 1003: "],
    ["what fits with fewer threads", { ...CLOSED, connections: 1002 }, 2, "--connections 1002: "],
    [
      "users",
      {
        kind: "users",
        users: 5000,
        durationMs: 1,
        rampUpMs: 0,
        thinkMs: 0,
        thinkJitter: 0,
      },
      1,
      "--users 5000: ",
    ],
    [
      "few requests on many connections",
      {
        kind: "requests",
        connections: 5000,
        unit: "requests",
        amount: 10,
      },
      1,
      undefined,
    ],
    [
      "a most that may not be reached",
      {
        kind: "rate",
        pacer: { kind: "constant", rate: 1 },
        durationMs: 1,
        maxConnections: 5000,
        targetRate: 1,
      },
      1,
      undefined,
    ],
  ] as const
) {
  Deno.test(`descriptorProblem() ${expected === undefined ? "lets pass" : "refuses"} ${title}`, () => {
    const problem = descriptorProblem(load, { threads, limits: { descriptors: 1024 } });
    if (expected === undefined) assertEquals(problem, undefined);
    else {
      assertStringIncludes(problem!, expected);
      assertStringIncludes(problem!, "no more than 1024 files");
      assertStringIncludes(problem!, `ulimit -n ${load.kind === "users" ? 8192 : 2048}`);
    }
  });
}

Deno.test("descriptorProblem() refuses nothing where the limit is unknown", () => {
  assertEquals(descriptorProblem(CLOSED, { threads: 1, limits: {} }), undefined);
});

Deno.test("localAddressProblems() names the addresses that this machine does not have", () => {
  const spec = { ...PLAIN_CLIENT, localAddresses: ["127.0.0.1", "192.0.2.1"] };
  assertEquals(localAddressProblems(spec), ["--local-address: 192.0.2.1 is not an address of this machine"]);
  assertEquals(localAddressProblems(PLAIN_CLIENT), []);
});
