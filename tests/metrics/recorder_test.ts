/** What a thread records of its requests, second by second. */
import { assertEquals } from "@std/assert";
import { Exchange } from "../../src/client/exchange/http_client.ts";
import { Recorder } from "../../src/metrics/recorder.ts";

Deno.test("a window's number is that of its second, also after seconds in which the thread stood still", () => {
  const recorder = new Recorder({ isOpenLoop: false, phases: false, perAddress: false, verbosity: 0 });
  const ends = [1000.4, 2001, 5300, 6000.2, 6999.8, 7003];
  assertEquals(ends.map((endMs) => recorder.take(endMs).seq), [0, 1, 4, 5, 6, 7]);
});

Deno.test("an open loop times the sending of every success, of an error status that was asked for, too", () => {
  const recorder = new Recorder({ isOpenLoop: true, phases: false, perAddress: false, verbosity: 0 });
  for (
    const [status, rules] of [[200, null], [404, []], [200, []], [404, null], [404, ["Status"]]] as const
  ) {
    const exchange = new Exchange();
    exchange.reset(10, 20);
    exchange.status = status;
    exchange.endMs = 50;
    recorder.start();
    recorder.record(0, exchange, rules);
  }
  const [step] = recorder.take(100).steps;
  assertEquals([step?.succeeded, step?.latency.count, step?.serviceLatency?.count], [3, 3, 3]);
});
