import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  descriptorProblem,
  localAddressProblems,
  readLimits,
  resourceNotes,
} from "../../../src/run/compose/resource_limits.ts";
import type { LoadSpec } from "../../../src/plan/run_plan.ts";
import { EMPTY_SNAPSHOT, EMPTY_STEP_STATS } from "../../../src/metrics/snapshot.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { tinyOutcome } from "../../_support/outcomes.ts";

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max processes             1000                 2000                 processes 
Max open files            1024                 4096                 files     
`;

function systemOf(files: Readonly<Record<string, string>>): (path: string) => string | undefined {
  return (path) => files[path];
}

Deno.test("readLimits() reads the soft limit of files and the range of ports, where there are any", () => {
  const range = { "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n" };
  assertEquals(readLimits(systemOf({ "/proc/self/limits": LIMITS, ...range })), {
    descriptors: 1024,
    localPorts: 28_232,
  });
  const unlimited = LIMITS.replace("1024 ", "unlimited");
  assertEquals(readLimits(systemOf({ "/proc/self/limits": unlimited })), {});
  assertEquals(readLimits(systemOf({})), {});
});

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
  assertEquals(localAddressProblems(spec), ["--local-address: 192.0.2.1 is no address of this machine"]);
  assertEquals(localAddressProblems(PLAIN_CLIENT), []);
});

function notesFor(failures: Readonly<Record<string, number>>, limits = {}): readonly string[] {
  const step = { ...EMPTY_STEP_STATS, failed: 1, failures };
  const { result } = tinyOutcome();
  const total = { ...EMPTY_SNAPSHOT, steps: [step] };
  return resourceNotes({ ...result, total }, limits).map(({ text }) => text);
}

Deno.test("resourceNotes() name the limit that was reached, and what to do", () => {
  assertEquals(notesFor({ timeout: 5 }), []);
  const [files] = notesFor({ too_many_open_files: 12_345 }, { descriptors: 1024 });
  assertStringIncludes(
    files!,
    "12,345 requests failed because this process ran out of file descriptors: it may",
  );
  assertStringIncludes(files!, "1024 files");
  assertStringIncludes(files!, "ulimit -n");
  const [ports] = notesFor({ no_local_port: 3 }, { localPorts: 28_232 });
  assertStringIncludes(ports!, "from one address to one server there are 28,232");
  assertStringIncludes(ports!, "--local-address");
  assertEquals(notesFor({ no_local_port: 1, too_many_open_files: 1 }).length, 2);
});
