/** Waiting, up to a time or a signal. */
import { assertEquals } from "@std/assert";
import { pause } from "../../src/lib/clock.ts";

Deno.test("pause() ends after its time, or as soon as its signal aborts, and listens no longer", async () => {
  await pause(1);
  const stopping = new AbortController();
  const waited = pause(3_600_000, stopping.signal);
  stopping.abort();
  await waited;
  await pause(3_600_000, stopping.signal);
  let listeners = 0;
  const signal = {
    aborted: false,
    addEventListener: () => listeners++,
    removeEventListener: () => listeners--,
  } as unknown as AbortSignal;
  await pause(1, signal);
  assertEquals(listeners, 0);
});
