/** Something that may be given up tells all who listen, once. */
import { assertEquals } from "@std/assert";
import { Attempt, platformSignal } from "../../../src/client/net/attempt.ts";

Deno.test("Attempt tells those who listen, once, and not those who have gone", () => {
  const attempt = new Attempt();
  const told: string[] = [];
  const gone = () => told.push("gone");
  attempt.addEventListener("abort", () => told.push("first"));
  attempt.addEventListener("abort", gone);
  attempt.addEventListener("abort", () => told.push("second"));
  attempt.removeEventListener("abort", gone);
  attempt.removeEventListener("abort", gone);
  assertEquals(attempt.aborted, false);
  attempt.abort();
  attempt.abort();
  assertEquals([attempt.aborted, told], [true, ["first", "second"]]);
});

Deno.test("platformSignal() aborts with what it stands for, at once where that was given up already", () => {
  const attempt = new Attempt();
  const signal = platformSignal(attempt);
  assertEquals(signal.aborted, false);
  attempt.abort();
  assertEquals([signal.aborted, platformSignal(attempt).aborted], [true, true]);
  const own = new AbortController().signal;
  assertEquals(platformSignal(own), own);
});
