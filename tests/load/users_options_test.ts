/** Options of users. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { usersLoadFrom, usersOptions, type UsersValues } from "../../src/load/users_options.ts";

const NONE: UsersValues = {
  users: undefined,
  stages: undefined,
  rampUp: 0,
  thinkTime: undefined,
  thinkJitter: undefined,
};
const MINUTE = { durationMs: 60_000 };

Deno.test("usersLoadFrom() makes no users without --users", () => {
  assertEquals(usersLoadFrom(NONE, MINUTE), undefined);
});

Deno.test("usersLoadFrom() pauses for a second unless told otherwise", () => {
  assertEquals(usersLoadFrom({ ...NONE, users: 30, rampUp: 10_000 }, MINUTE), {
    kind: "users",
    users: 30,
    durationMs: 60_000,
    rampUpMs: 10_000,
    thinkMs: 1000,
    thinkJitter: 0.5,
  });
});

Deno.test("usersLoadFrom() ends after an amount, a time, or whichever comes first", () => {
  const given = { ...NONE, users: 2 };
  const { durationMs, amount } = usersLoadFrom(given, { amount: 40 })!;
  assertEquals([durationMs, amount], [undefined, 40]);
  const both = usersLoadFrom(given, { ...MINUTE, amount: 40 })!;
  assertEquals([both.durationMs, both.amount], [60_000, 40]);
});

const PAUSES: readonly [claim: string, given: number | undefined, hasScenario: boolean, thinkMs: number][] = [
  ["an explicit 0 counts", 0, false, 0],
  ["a scenario has its own", undefined, true, 0],
  ["what is given also holds for the rest of a scenario", 300, true, 300],
];
for (const [claim, thinkTime, hasScenario, thinkMs] of PAUSES) {
  Deno.test(`usersLoadFrom() think time: ${claim}`, () => {
    assertEquals(
      usersLoadFrom({ ...NONE, users: 1, thinkTime }, { ...MINUTE, hasScenario })?.thinkMs,
      thinkMs,
    );
  });
}

Deno.test("usersLoadFrom() wants a duration longer than the ramp-up", () => {
  assertThrows(() => usersLoadFrom({ ...NONE, users: 1 }, {}), UsageError, "--users needs --duration");
  assertThrows(
    () => usersLoadFrom({ ...NONE, users: 1, rampUp: 60_000 }, MINUTE),
    UsageError,
    "--ramp-up 1m must be shorter than the duration of 1m",
  );
});

Deno.test("usersLoadFrom() refuses a pause that nobody makes, but leaves it to a search", () => {
  const values = { ...NONE, thinkTime: 5 };
  assertThrows(
    () => usersLoadFrom(values, MINUTE),
    UsageError,
    "--think-time needs --users, --stages or --autofind",
  );
  assertEquals(usersLoadFrom(values, { ...MINUTE, isAutofind: true }), undefined);
});

Deno.test("usersLoadFrom() leaves the pauses of scenarios as they are unless it is told otherwise", () => {
  const jitterOf = (thinkJitter: number | undefined, hasScenario: boolean) =>
    usersLoadFrom({ ...NONE, users: 1, thinkJitter }, { durationMs: 1000, hasScenario })?.thinkJitter;
  assertEquals([jitterOf(undefined, false), jitterOf(undefined, true), jitterOf(0.2, true)], [0.5, 0, 0.2]);
});

Deno.test("usersOptions refuse no users, negative pauses and jitter outside 0 to 1", () => {
  const { users, thinkTime, thinkJitter, rampUp } = usersOptions;
  for (
    const [option, text] of [[users, "0"], [thinkTime, "-1"], [rampUp, "-1"], [thinkJitter, "1.1"]] as const
  ) {
    assertThrows(() => option.type.parse(text), UsageError);
  }
  assertEquals([thinkTime.type.parse("0"), thinkJitter.type.parse("0")], [0, 0]);
});
