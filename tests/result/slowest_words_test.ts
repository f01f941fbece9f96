/** A slow request in words. */
import { assertEquals } from "@std/assert";
import type { SlowRequest } from "../../src/metrics/slow/slowest.ts";
import { slowestWords } from "../../src/result/slowest_words.ts";

const SLOW: SlowRequest = {
  ...{
    atMs: 0,
    waitMs: 0,
    latencyMs: 1200,
    status: 200,
    failure: "",
    address: "10.0.0.1",
    isConnecting: false,
  },
};

const CASES: readonly (readonly [more: Partial<SlowRequest>, words: string])[] = [
  [{}, "1.20s; status 200; open connection to 10.0.0.1"],
  [
    {
      connectionAgeMs: 3000,
      phases: { ttfb: 1100, transfer: 20 },
      serverTiming: "db;dur=1090",
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    },
    "1.20s, of which 1.10s waiting for the first byte; status 200; connection 3.00s old to 10.0.0.1; " +
    "the server says db;dur=1090; trace 4bf92f3577b34da6a3ce929d0e0e4736",
  ],
  [
    { isConnecting: true, address: "", phases: { dns: 100, connect: 300, tls: 700, ttfb: 90 } },
    "1.20s, of which 700.00ms in the TLS handshake, 300.00ms connecting, 100.00ms looking the name up, " +
    "90.00ms waiting for the first byte; status 200; new connection",
  ],
  [
    { waitMs: 800, phases: { ttfb: 400 } },
    "1.20s, of which 800.00ms waiting to start, 400.00ms waiting for the first byte; status 200; " +
    "open connection to 10.0.0.1",
  ],
  [{ status: 503, failure: "HTTP 503" }, "1.20s; HTTP 503; open connection to 10.0.0.1"],
];

Deno.test("slowestWords() says what took how long, on which connection, and where its trace is", () => {
  for (const [more, words] of CASES) assertEquals(slowestWords({ ...SLOW, ...more }), words);
  const timeout = slowestWords({ ...SLOW, latencyMs: 2000, status: 0, failure: "timeout" });
  assertEquals(timeout.startsWith("≥ 2.00s; "), true, timeout);
});
