/** What may be changed in a run, and what is remembered of it. */
import { readWallClock } from "../../../src/lib/clock.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { RunControl } from "../../../src/fleet/coordination/run_control.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import type { LoadChange } from "../../../src/plan/load_change.ts";
import type { LoadSpec } from "../../../src/plan/run_plan.ts";
import { planFor } from "../../_support/plan.ts";

const RATE: LoadSpec = {
  kind: "rate",
  pacer: { kind: "constant", rate: 100 },
  durationMs: 60_000,
  maxConnections: 10,
  targetRate: 100,
};
const CONNECTIONS: LoadSpec = { kind: "duration", connections: 4, durationMs: 60_000 };

function begun(load: LoadSpec) {
  const sent: LoadChange[] = [];
  let stops = 0;
  const control = new RunControl(planFor("http://a.test/", load), { isFleet: false, onStop: () => stops++ });
  control.steer({
    zeroEpochMs: readWallClock() - 5000,
    send: (change) => sent.push(change),
    states: () => [],
  });
  return { control, sent, stops: () => stops };
}

Deno.test("RunControl tells all threads of a new rate ahead of its time, and remembers it", () => {
  const { control, sent } = begun(RATE);
  assertEquals(control.steerable, { rate: 100, isPaused: false });
  const [change] = control.request({ rate: 300, note: " deploy " });
  assertEquals({ ...change, atMs: 0 }, { atMs: 0, kind: "rate", value: 300, note: "deploy" });
  assertEquals(sent, [{ atMs: change!.atMs, rate: 300 }]);
  assertEquals(control.changes, [change!]);
  assertEquals(control.steerable.rate, 300);
});

Deno.test("RunControl changes users, pauses once, marks and stops", () => {
  const { control, sent, stops } = begun(CONNECTIONS);
  control.request({ users: 8 });
  control.request({ paused: true });
  control.request({ paused: true });
  control.request({ paused: false });
  control.request({ note: "failover" });
  control.request({ stop: true });
  assertEquals(control.changes.map(({ kind }) => kind), ["users", "pause", "resume", "mark", "stop"]);
  assertEquals(sent.map(({ atMs: _, ...change }) => change), [
    { users: 8 },
    { isPaused: true },
    { isPaused: true },
    { isPaused: false },
  ]);
  assertEquals(stops(), 1);
});

for (
  const [title, load, request, reason] of [
    ["a rate where there is none", CONNECTIONS, { rate: 5 }, "rate: this load has no rate"],
    ["users of an open loop", RATE, { users: 5 }, "users: only a load of users"],
    ["half a user", CONNECTIONS, { users: 1.5 }, "users: expected a whole number"],
    ["no user at all", CONNECTIONS, { users: 0 }, "users: expected a whole number"],
    ["a rate beyond all measure", RATE, { rate: 1e9 }, "rate: expected at most"],
    ["nothing", RATE, {}, "expected one of"],
    ["an empty note", RATE, { note: "" }, "expected one of"],
  ] as const
) {
  Deno.test(`RunControl refuses ${title}, and does nothing`, () => {
    const { control, sent } = begun(load);
    const { message } = assertThrows(() => control.request(request), UsageError);
    assertStringIncludes(message, reason);
    assertEquals([control.changes, sent], [[], []]);
  });
}

Deno.test("RunControl refuses changes before the load has begun", () => {
  const control = new RunControl(planFor("http://a.test/", RATE), { isFleet: false, onStop: () => {} });
  assertThrows(() => control.request({ rate: 5 }), UsageError, "has not begun");
  control.steer({ zeroEpochMs: readWallClock() + 10_000, send: () => {}, states: () => [] });
  assertThrows(() => control.request({ rate: 5 }), UsageError, "has not begun");
});

const SEVERAL: LoadSpec = {
  kind: "scenarios",
  parts: [
    { name: "browse", load: RATE as never, startMs: 0, flows: 1 },
    { name: "buy", load: CONNECTIONS as never, startMs: 0, flows: 1 },
  ],
};

Deno.test("RunControl changes one of several scenarios, and pauses all", () => {
  const { control, sent } = begun(SEVERAL);
  assertEquals(control.steerable, {
    scenarios: [{ name: "browse", rate: 100 }, { name: "buy", users: 4 }],
    isPaused: false,
  });
  control.request({ scenario: "buy", users: 8 });
  control.request({ scenario: "browse", rate: 300, note: "more" });
  control.request({ paused: true });
  assertEquals(control.steerable.scenarios, [{ name: "browse", rate: 300 }, { name: "buy", users: 8 }]);
  assertEquals(sent.map(({ atMs: _, ...change }) => change), [
    { part: 1, users: 8 },
    { part: 0, rate: 300 },
    { isPaused: true },
  ]);
  assertEquals(control.changes.map(({ kind, scenario, value }) => [kind, scenario, value]), [
    ["users", "buy", 8],
    ["rate", "browse", 300],
    ["pause", undefined, undefined],
  ]);
});

for (
  const [title, load, request, reason] of [
    [
      "no scenario among several",
      SEVERAL,
      { rate: 5 },
      'expected "scenario" beside rate or users: one of browse',
    ],
    ["an unknown scenario", SEVERAL, { scenario: "brows", rate: 5 }, "did you mean browse?"],
    ["a rate of users", SEVERAL, { scenario: "buy", rate: 5 }, "rate: this load has no rate"],
    ["a scenario of one load", RATE, { scenario: "buy", rate: 5 }, "this run has one load"],
    [
      "a scenario that is to pause",
      SEVERAL,
      { scenario: "buy", paused: true },
      "scenario: expected rate or users",
    ],
  ] as const
) {
  Deno.test(`RunControl refuses ${title}, and does nothing`, () => {
    const { control, sent } = begun(load);
    const { message } = assertThrows(() => control.request(request), UsageError);
    assertStringIncludes(message, reason);
    assertEquals([control.changes, sent], [[], []]);
  });
}
