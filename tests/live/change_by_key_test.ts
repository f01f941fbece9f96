/** What keys of the dashboard change in a run. */
import { assertEquals } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { ChangeKeys, type LiveControl } from "../../src/live/change_by_key.ts";

function asked(key: string, steerable: LiveControl["steerable"]): unknown {
  let request: unknown;
  const keys = new ChangeKeys({
    steerable,
    request: (given) => {
      request = given;
      return [];
    },
  });
  keys.press(key);
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
  Deno.test(`ChangeKeys.press("${key}") of ${JSON.stringify(steerable)}`, () => {
    assertEquals(asked(key, steerable), request);
  });
}

Deno.test("ChangeKeys.press() says what was done, or why not", () => {
  const steerable = { rate: 100 };
  const done = new ChangeKeys({
    steerable,
    request: () => [{ atMs: 0, kind: "rate", value: 110 }],
  }).press("+");
  assertEquals(done, "rate 110/s");
  const refused = new ChangeKeys({
    steerable,
    request: () => {
      throw new UsageError("the load is ending");
    },
  }).press("+");
  assertEquals(refused, "the load is ending");
});

Deno.test("ChangeKeys.standing says what keys can change", () => {
  const request = () => [];
  assertEquals(new ChangeKeys({ steerable: { users: 2, isPaused: true }, request }).standing, {
    isPaused: true,
    changes: { canPause: true, amount: "users" },
  });
  assertEquals(new ChangeKeys({ steerable: {}, request }).standing, {
    isPaused: false,
    changes: { canPause: false },
  });
});

Deno.test("ChangeKeys change the scenario that s has chosen", () => {
  const asked: unknown[] = [];
  const keys = new ChangeKeys({
    steerable: { scenarios: [{ name: "browse", rate: 100 }, { name: "buy", users: 2 }, { name: "once" }] },
    request: (given) => {
      asked.push(given);
      return [];
    },
  });
  assertEquals(keys.standing.changes, {
    canPause: false,
    amount: "rate",
    scenario: "browse",
    canChoose: true,
  });
  keys.press("+");
  assertEquals(keys.press("s"), "+ and - now change buy");
  keys.press("+");
  keys.press("s");
  assertEquals(keys.press("+"), undefined);
  keys.press("s");
  keys.press("-");
  assertEquals(asked, [
    { scenario: "browse", rate: 110 },
    { scenario: "buy", users: 3 },
    { scenario: "browse", rate: 90.9 },
  ]);
});
