/** What is counted adds up, over threads and over time, as it was declared. */
import { assertEquals } from "@std/assert";
import { METRICS } from "../../src/metrics/catalog.ts";
import type { CounterSpec } from "../../src/metrics/declared/measure_specs.ts";
import { addCounts, addTimes, SHOWN_COUNTERS } from "../../src/metrics/measures.ts";
import { histogramOf } from "../_support/outcomes.ts";

const SPECS = {
  sent: { help: "", unit: "1" },
  peak: { help: "", unit: "1", time: "max" },
  limit: { help: "", unit: "1", threads: "max", time: "max" },
  users: { help: "", unit: "1", time: "last" },
  cpuMs: { help: "", unit: "ms", isOptional: true },
} satisfies Record<string, CounterSpec>;

const A = { sent: 1, peak: 5, limit: 9, users: 2 };
const B = { sent: 10, peak: 3, limit: 4, users: 7, cpuMs: 1.5 };

Deno.test("addCounts() adds up two threads as the catalogue says", () => {
  assertEquals(addCounts<object>(SPECS, [A, B], "threads"), {
    sent: 11,
    peak: 8,
    limit: 9,
    users: 9,
    cpuMs: 1.5,
  });
});

Deno.test("addCounts() adds a later window as the catalogue says, and invents nothing", () => {
  assertEquals(addCounts<object>(SPECS, [A, B], "time"), {
    sent: 11,
    peak: 5,
    limit: 9,
    users: 7,
    cpuMs: 1.5,
  });
  assertEquals(addCounts<object>(SPECS, [A, A], "time"), { sent: 2, peak: 5, limit: 9, users: 2 });
});

Deno.test("addTimes() merges what both have and keeps what one has", () => {
  const specs = { latency: { help: "" }, dropped: { help: "", isOptional: true } } as const;
  const sum = addTimes<Record<string, ReturnType<typeof histogramOf>>>(specs, [
    { latency: histogramOf(1) },
    { latency: histogramOf(2), dropped: histogramOf(3) },
  ]);
  assertEquals([sum.latency!.count, sum.dropped!.count], [2, 1]);
});

Deno.test("every counter that users meet is a metric, under a name of its own", () => {
  const keys = METRICS.map(({ key }) => key);
  assertEquals(SHOWN_COUNTERS.filter(({ key }) => keys.filter((other) => other === key).length !== 1), []);
});
