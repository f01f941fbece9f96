/** Options of open loops. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { type RateContext, rateLoadFrom, rateOptions, type RateValues } from "../../src/load/rate_options.ts";

const NONE: RateValues = {
  rate: undefined,
  arrivals: "constant",
  rateRamp: undefined,
  trafficProfile: undefined,
};
const noFiles = () => {
  throw new Error("No such file");
};

function loadOf(
  values: Partial<RateValues>,
  context: Omit<RateContext, "readTextFile"> = { durationMs: 5000 },
) {
  return rateLoadFrom({ ...NONE, ...values }, { ...context, readTextFile: noFiles });
}

Deno.test("rateLoadFrom() makes no open loop without --rate", () => {
  assertEquals(loadOf({}), undefined);
});

Deno.test("rateLoadFrom() of a rate is constant, with up to 1000 connections unless -c says otherwise", () => {
  const load = {
    kind: "rate",
    pacer: { kind: "constant", rate: 50 },
    durationMs: 5000,
    maxConnections: 1000,
    targetRate: 50,
  } as const;
  assertEquals(loadOf({ rate: 50 }), load);
  assertEquals(loadOf({ rate: 50 }, { durationMs: 5000, connections: 7 }), { ...load, maxConnections: 7 });
});

Deno.test("rateLoadFrom() with an amount ends after it", () => {
  assertEquals(loadOf({ rate: 50 }, { numRequests: 200 }), {
    kind: "rate",
    pacer: { kind: "constant", rate: 50 },
    amount: 200,
    maxConnections: 1000,
    targetRate: 50,
  });
});

Deno.test("rateLoadFrom() ramps over the duration, up or down", () => {
  assertEquals(loadOf({ rate: 50, rateRamp: 5 }), {
    kind: "rate",
    pacer: { kind: "linear", from: 50, to: 5, durationMs: 5000 },
    durationMs: 5000,
    maxConnections: 1000,
    targetRate: 50,
    rampTargetRate: 5,
  });
});

Deno.test("rateLoadFrom() of a profile names it", () => {
  assertEquals(loadOf({ rate: 50, trafficProfile: "step:0,5" }), {
    kind: "rate",
    pacer: { kind: "step", levels: [0, 5], durationMs: 5000 },
    description: "step (levels=0,5)",
    durationMs: 5000,
    maxConnections: 1000,
    targetRate: 50,
  });
});

Deno.test("rateLoadFrom() wants a duration for a ramp and for a profile", () => {
  for (const values of [{ rateRamp: 5 }, { trafficProfile: "sine" }]) {
    assertThrows(() => loadOf({ rate: 50, ...values }, { numRequests: 9 }), UsageError, "--duration");
  }
});

Deno.test("rateOptions refuse rates below 0, nan and infinity", () => {
  for (const text of ["-1", "nan", "inf", "Infinity"]) {
    assertThrows(() => rateOptions.rate.type.parse(text), UsageError);
    assertThrows(() => rateOptions.rateRamp.type.parse(text), UsageError);
  }
});

Deno.test("a rate of 0 is the beginning or the end of a ramp, and nothing by itself", () => {
  for (const values of [{ rate: 0 }, { rate: 0, rateRamp: 0 }, { rate: 0, trafficProfile: "sine" }]) {
    assertThrows(() => loadOf(values, { durationMs: 1000 }), UsageError, "--rate 0 starts nothing");
  }
  const ramp = { kind: "linear", durationMs: 1000 } as const;
  const up = loadOf({ rate: 0, rateRamp: 9 }, { durationMs: 1000 });
  assertEquals(up?.pacer, { ...ramp, from: 0, to: 9 });
  const down = loadOf({ rate: 9, rateRamp: 0 }, { durationMs: 1000 });
  assertEquals(down?.pacer, { ...ramp, from: 9, to: 0 });
});
