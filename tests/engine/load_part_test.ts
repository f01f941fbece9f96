/** How a load ends. */
import { assertEquals } from "@std/assert";
import { createLoadPart } from "../../src/engine/load_part.ts";
import type { Timers } from "../../src/engine/timers.ts";
import { readClock } from "../../src/lib/clock.ts";
import { planParts } from "../../src/plan/parts/plan_parts.ts";
import { WHOLE } from "../../src/plan/share.ts";
import { Counters } from "../../src/template/counters.ts";
import { planFor } from "../_support/plan.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { pause, until } from "../_support/wait.ts";

/** Timers that fire when they are told to, whatever the time. */
class ManualTimers implements Timers {
  readonly lateMs = 0;
  readonly #waiting = new Map<() => void, number>();

  after(ms: number, run: () => void): () => void {
    this.#waiting.set(run, ms);
    return () => void this.#waiting.delete(run);
  }

  /** Fires those that are to last so long. */
  fire(isMeant: (ms: number) => boolean): void {
    for (const [run, ms] of [...this.#waiting]) if (isMeant(ms) && this.#waiting.delete(run)) run();
  }
}

Deno.test("an arrival that was due in time has the grace, though the end of the load was seen before it", async () => {
  await using server = await startRawServer(async (connection) => {
    await pause(50);
    await connection.send(response("hello"));
  });
  const [durationMs, rate] = [800, 2];
  const pacer = { kind: "constant", rate } as const;
  const load = { kind: "rate", pacer, durationMs, maxConnections: 2, targetRate: rate } as const;
  const plan = planFor(`${server.origin}/`, load, {
    client: { sockets: "platform" },
    plan: { gracefulStopMs: 60_000 },
  });
  const [whole] = planParts(plan);
  const timers = new ManualTimers();
  const part = createLoadPart(whole!, WHOLE, {
    timers,
    recorderOptions: { isOpenLoop: true, phases: false, perAddress: false, verbosity: 0 },
    numbers: { counters: new Counters(WHOLE), rows: new Counters(WHOLE) },
    readPart: () => Promise.reject(),
  });
  assertEquals(await part.prepare(), undefined);
  const startMs = readClock();
  const over = part.run(startMs);
  await until(() => server.requests.length > 0 && part.recorder.inFlight === 0);
  // The thread stands still until the load is long over; then it finds all its timers at the same time.
  await until(() => readClock() - startMs > durationMs);
  timers.fire((ms) => ms > durationMs / 2);
  await Promise.resolve();
  timers.fire(() => true);
  await over;
  part.close();
  const [counts] = part.recorder.take(readClock()).steps;
  assertEquals([counts!.succeeded, counts!.unfinished, server.requests.length], [2, 0, 2]);
});
