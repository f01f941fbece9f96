/** What keys of the dashboard change in a run. */
import { assertEquals } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { changeByKey, type LiveControl, standingOf } from "../../src/live/change_by_key.ts";

function asked(key: string, steerable: LiveControl["steerable"]): unknown {
  let request: unknown;
  changeByKey(key, {
    steerable,
    request: (given) => {
      request = given;
      return [];
    },
  });
  return request;
}

for (
  const [key, steerable, request] of [
    ["p", { isPaused: false }, { paused: true }],
    ["p", { isPaused: true }, { paused: false }],
    ["p", {}, undefined],
    ["+", { rate: 100 }, { rate: 110 }],
    ["=", { rate: 100 }, { rate: 110 }],
    ["-", { rate: 100 }, { rate: 90.9 }],
    ["+", { users: 3 }, { users: 4 }],
    ["-", { users: 50 }, { users: 45 }],
    ["-", { users: 1 }, { users: 1 }],
    ["+", {}, undefined],
    ["m", {}, { note: "mark" }],
    ["x", { rate: 100 }, undefined],
  ] as const
) {
  Deno.test(`changeByKey("${key}") of ${JSON.stringify(steerable)}`, () => {
    assertEquals(asked(key, steerable), request);
  });
}

Deno.test("changeByKey() says what was done, or why not", () => {
  const steerable = { rate: 100 };
  const done = changeByKey("+", { steerable, request: () => [{ atMs: 0, kind: "rate", value: 110 }] });
  assertEquals(done, "rate 110/s");
  const refused = changeByKey("+", {
    steerable,
    request: () => {
      throw new UsageError("the load is ending");
    },
  });
  assertEquals(refused, "the load is ending");
});

Deno.test("standingOf() says what keys can change", () => {
  const request = () => [];
  assertEquals(standingOf({ steerable: { users: 2, isPaused: true }, request }), {
    isPaused: true,
    changes: { canPause: true, amount: "users" },
  });
  assertEquals(standingOf({ steerable: {}, request }), { isPaused: false, changes: { canPause: false } });
});
