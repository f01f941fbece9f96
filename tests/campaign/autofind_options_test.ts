/** The options of a search: defaults, bounds, and which of them go together. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  autofindOptions,
  autofindSearchFrom,
  type AutofindValues,
} from "../../src/campaign/autofind_options.ts";
import { UsageError } from "../../src/lib/errors.ts";

const DEFAULTS: AutofindValues = {
  autofind: true,
  autofindBy: "users",
  maxErrorRate: 1,
  maxP95: undefined,
  stepDuration: undefined,
  startUsers: undefined,
  maxUsers: undefined,
  startRate: undefined,
  maxRate: undefined,
  stepMultiplier: 2,
};
const CONTEXT = { thinkMs: 500, thinkJitter: 0, maxConnections: 1000 };

function problemsOf(changes: Partial<AutofindValues>): readonly string[] {
  return assertThrows(() => autofindSearchFrom({ ...DEFAULTS, ...changes }, CONTEXT), UsageError).problems;
}

Deno.test("autofindSearchFrom() fills in the defaults of its kind", () => {
  const search = {
    by: "users",
    start: 10,
    max: 10_000,
    multiplier: 2,
    stepDurationMs: 30_000,
    limits: { maxErrorRatePercent: 1, maxP95Ms: 5000 },
    ...CONTEXT,
  } as const;
  assertEquals(autofindSearchFrom(DEFAULTS, CONTEXT), search);
  assertEquals(
    autofindSearchFrom({ ...DEFAULTS, autofindBy: "rate", startRate: 50, maxRate: 500 }, CONTEXT),
    { ...search, by: "rate", start: 50, max: 500, stepDurationMs: 15_000, kneeFactor: 4 },
  );
  assertEquals(autofindSearchFrom({ ...DEFAULTS, autofind: false }, CONTEXT), undefined);
});

Deno.test("autofindSearchFrom() wants a start below the maximum", () => {
  assertEquals(problemsOf({ startUsers: 20, maxUsers: 20 }), [
    "--max-users 20 must be greater than --start-users 20",
  ]);
  assertEquals(problemsOf({ autofindBy: "rate", maxRate: 5 }), [
    "--max-rate 5 must be greater than --start-rate 10",
  ]);
});

Deno.test("autofindSearchFrom() refuses the bounds of the other kind of search", () => {
  assertEquals(problemsOf({ startRate: 20 }), ["--start-rate needs --autofind-by rate"]);
  assertEquals(problemsOf({ autofindBy: "rate", startUsers: 5, maxUsers: 2 }), [
    "--start-users needs --autofind-by users",
    "--max-users needs --autofind-by users",
  ]);
});

Deno.test("autofindOptions refuse a factor of 1 and a percentage above 100", () => {
  assertThrows(() => autofindOptions.stepMultiplier.type.parse("1"), UsageError, "above 1");
  assertThrows(() => autofindOptions.maxErrorRate.type.parse("101"), UsageError, "0 to 100");
  assertEquals(autofindOptions.maxP95.type.parse("2.0"), 2000);
});
