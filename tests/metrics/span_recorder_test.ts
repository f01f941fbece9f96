/** Named stretches of time: counted by kind and name, added up over threads. */
import { assertEquals } from "@std/assert";
import { OUTCOME, SpanRecorders } from "../../src/metrics/span_recorder.ts";
import { EMPTY_SNAPSHOT, mergeSnapshots } from "../../src/metrics/snapshot.ts";

Deno.test("a stretch is told with what came of it, once", () => {
  const spans = new SpanRecorders();
  const group = spans.of("group", "checkout");
  group.end(1000, OUTCOME.succeeded);
  group.end(3000, OUTCOME.succeeded);
  group.end(9000, OUTCOME.failed);
  group.end(30_000, OUTCOME.unanswered);
  spans.of("iteration", "buy").end(5, OUTCOME.succeeded);
  const [first, second] = spans.take();
  assertEquals([first?.kind, first?.name, first?.succeeded, first?.failed], ["group", "checkout", 2, 2]);
  assertEquals(
    [first?.latency.max, first?.failedLatency.max, first?.unanswered.max],
    [3000, 9000, 30_000],
  );
  assertEquals(second?.name, "buy");
  assertEquals(spans.take(), []);
});

Deno.test("stretches of one name are one over all threads", () => {
  const taken = [1, 2].map((us) => {
    const spans = new SpanRecorders();
    spans.of("iteration", "buy").end(us, OUTCOME.succeeded);
    if (us === 2) spans.of("group", "buy").end(us, OUTCOME.succeeded);
    return { ...EMPTY_SNAPSHOT, spans: spans.take() };
  });
  const { spans } = mergeSnapshots(taken[0]!, taken[1]!);
  assertEquals(spans.map(({ kind, name, latency }) => [kind, name, latency.count, latency.sum]), [
    ["group", "buy", 1, 2],
    ["iteration", "buy", 2, 3],
  ]);
});

Deno.test("names beyond what anyone could read are counted together", () => {
  const spans = new SpanRecorders();
  for (let i = 0; i < 1200; i++) spans.of("group", `g${i}`).end(1, OUTCOME.succeeded);
  const taken = spans.take();
  assertEquals(taken.length, 1001);
  assertEquals(taken.find(({ name }) => name === "(others)")?.succeeded, 200);
});
