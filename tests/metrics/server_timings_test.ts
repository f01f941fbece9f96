/** `Server-Timing` added up over responses, windows and threads. */
import { assertEquals } from "@std/assert";
import { Random } from "../../src/lib/random.ts";
import {
  addTimings,
  MAX_TIMINGS,
  OTHER_TIMINGS,
  type ServerTimings,
  TimingRecorder,
} from "../../src/metrics/server_timings.ts";

const headOf = (value: string) =>
  new TextEncoder().encode(`HTTP/1.1 200 OK\r\nServer-Timing: ${value}\r\n\r\n`);

/** Count and sum in ms of each metric. */
function sums(timings: ServerTimings | undefined) {
  return Object.fromEntries(
    Object.entries(timings ?? {}).map((
      [key, { count, times }],
    ) => [key, [count, Math.round(times.sum / 1000)]]),
  );
}

Deno.test("TimingRecorder counts metrics with and without durations, and hands nothing over twice", () => {
  const recorder = new TimingRecorder();
  const same = headOf("db;dur=5, cache;desc=HIT");
  recorder.note(same);
  recorder.note(same);
  recorder.note(headOf("db;dur=7, cache;desc=MISS"));
  assertEquals(sums(recorder.take()), { "cache;HIT": [2, 0], "cache;MISS": [1, 0], db: [3, 17] });
  assertEquals(recorder.take(), undefined);
  recorder.note(headOf("db;dur=1"));
  assertEquals(sums(recorder.take()), { db: [1, 1] });
});

Deno.test("too many names are added up, the same ones whoever saw what and when", () => {
  const random = new Random(3);
  const values = Array.from(
    { length: 600 },
    () => `m${Math.floor(random.fraction() * 90)};dur=${Math.floor(random.fraction() * 50)}`,
  );
  const all = new TimingRecorder();
  const threads = [new TimingRecorder(), new TimingRecorder(), new TimingRecorder()];
  const windows: ServerTimings[] = [];
  values.forEach((value, i) => {
    all.note(headOf(value));
    threads[i % 3]!.note(headOf(value));
    if (i % 50 === 49) threads.forEach((thread) => windows.push(thread.take() ?? {}));
  });
  const once = sums(all.take());
  const forward = windows.reduce(addTimings, {});
  const backward = windows.toReversed().reduce(addTimings, {});
  assertEquals(Object.keys(once).length, MAX_TIMINGS + 1);
  assertEquals(sums(forward), once);
  assertEquals(sums(backward), once);
  assertEquals(Object.values(once).reduce((sum, [count]) => sum + count!, 0), values.length);
  assertEquals(Object.keys(once).at(-1), OTHER_TIMINGS);
});
