/** Examples of a latency histogram. */
import { assertEquals } from "@std/assert";
import { addExemplars, type Exemplar, ExemplarRecorder } from "../../../src/metrics/trace/exemplar.ts";

const parentOf = (i: number) => `00-${String(i).padStart(32, "0")}-${String(i).padStart(16, "0")}-03`;

function takenOf(latencies: readonly number[], zeroMs = 0) {
  const recorder = new ExemplarRecorder();
  latencies.forEach((ms, i) =>
    recorder.note({ dueMs: zeroMs + i, endMs: zeroMs + i + ms, traceParent: parentOf(i + 1) })
  );
  const taken = recorder.take(zeroMs);
  assertEquals(recorder.take(zeroMs), undefined);
  return taken ?? [];
}

Deno.test("ExemplarRecorder keeps the newest of each order of magnitude, with both ids", () => {
  const taken = takenOf([1.1, 1.2, 1.3, 900, 0], 5000);
  assertEquals(taken.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b).map(Math.round), [
    0,
    1,
    1,
    900,
  ]);
  const slow = taken.find(({ latencyMs }) => latencyMs > 100)!;
  assertEquals([slow.atMs, Number(slow.traceId), Number(slow.spanId)], [903, 4, 4]);
  assertEquals([slow.traceId.length, slow.spanId.length], [32, 16]);
});

Deno.test("exemplars of windows and threads add up the same in any order, and stay few", () => {
  const parts: (readonly Exemplar[])[] = Array.from(
    { length: 12 },
    (_, part) =>
      takenOf(Array.from({ length: 40 }, (_, i) => (i * 37 + part * 11) % 2000)).map((one): Exemplar => ({
        ...one,
        atMs: one.atMs + part * 1000,
      })),
  );
  const forward = parts.reduce(addExemplars);
  assertEquals(parts.toReversed().reduce((a, b) => addExemplars(b, a)), forward);
  assertEquals(forward.length <= 2 * 22, true);
  assertEquals(Math.max(...forward.map(({ atMs }) => atMs)) >= 11_000, true);
});
