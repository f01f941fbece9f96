/** The request log keeps what was measured, up to its limit. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { FAILURE } from "../../src/metrics/failure.ts";
import { type LoggedExchange, RequestLog } from "../../src/metrics/request_log.ts";
import { Random } from "../../src/lib/random.ts";

const EXCHANGE: LoggedExchange = {
  dueMs: 1000,
  startMs: 1002,
  endMs: 1010,
  status: 200,
  failure: FAILURE.none,
  bodyBytes: 12,
  connects: 0,
};

function logOf(share: number, maxPerWindow: number): RequestLog {
  const random = new Random(1);
  return new RequestLog({ share, maxPerWindow, zeroMs: () => 900, random: () => random.fraction() });
}

Deno.test("RequestLog keeps what was measured, from due to the end", () => {
  const log = logOf(1, 10);
  log.note(3, { ...EXCHANGE, connects: 1 }, null);
  assertEquals(log.take(), {
    requests: [{
      step: 3,
      atMs: 100,
      waitMs: 2,
      latencyMs: 10,
      status: 200,
      failure: "",
      bodyBytes: 12,
      isConnecting: true,
    }],
    unlogged: 0,
  });
  assertEquals(log.take(), { requests: [], unlogged: 0 });
});

Deno.test("RequestLog names failures, error statuses and broken checks", () => {
  const log = logOf(1, 10);
  log.note(0, { ...EXCHANGE, failure: FAILURE.timeout, status: 0 }, null);
  log.note(0, { ...EXCHANGE, status: 503 }, null);
  log.note(0, { ...EXCHANGE, status: 503 }, []);
  log.note(0, EXCHANGE, ["AssertBody: 'x' not found", "other"]);
  assertEquals(log.take().requests.map(({ failure }) => failure), [
    "timeout",
    "HTTP 503",
    "",
    "AssertBody: 'x' not found",
  ]);
});

Deno.test("RequestLog keeps its share", () => {
  const log = logOf(0.1, 1_000_000);
  for (let i = 0; i < 20_000; i++) log.note(0, EXCHANGE, null);
  assertAlmostEquals(log.take().requests.length, 2000, 150);
});

Deno.test("RequestLog never keeps more than its limit, and shows all of the window", () => {
  const log = logOf(1, 1000);
  for (let i = 0; i < 10_000; i++) log.note(0, { ...EXCHANGE, dueMs: 900 + i }, null);
  const { requests, unlogged } = log.take();
  assertEquals([requests.length, unlogged], [1000, 9000]);
  assert(requests.every(({ atMs }, i) => i === 0 || atMs >= requests[i - 1]!.atMs));
  const delayed = requests.filter(({ atMs }) => atMs >= 5000).length;
  assertGreater(delayed, 420);
  assertLess(delayed, 580);
});
