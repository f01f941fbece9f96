/** Lines of the request log. */
import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { requestLines } from "../../src/report/request_lines.ts";
import { scenarioPlan, scenarioStep } from "../_support/outcomes.ts";

const text = fc.string({ unit: "binary" });
const ms = fc.double({ min: 0, max: 1e7, noNaN: true });

Deno.test("log lines of anything are one JSON object a line, in ASCII, and read back", () => {
  fc.assert(fc.property(text, text, text, ms, fc.nat(999), (name, method, failure, latencyMs, status) => {
    const steps = [scenarioStep(name, "/", { method }), scenarioStep("last", "/")];
    const plan = scenarioPlan("s", steps, { kind: "duration", connections: 1, durationMs: 1 });
    const request = {
      step: 0,
      atMs: 1,
      waitMs: 0,
      latencyMs,
      status,
      failure,
      bodyBytes: 1,
      isConnecting: false,
    };
    const lines = requestLines(plan)({ requests: [request, { ...request, step: 1 }] });
    const parsed = lines.join("").trimEnd().split("\n").map((line) => {
      assertMatch(line, /^\{[\x20-\x7e]*\}$/);
      return JSON.parse(line);
    });
    assertEquals(parsed.length, 2);
    assertEquals(parsed[0].method, method);
    assertEquals(parsed[0].error, failure === "" ? undefined : failure);
    assertEquals(parsed[1].step, "last");
  }));
});

Deno.test("log lines mask secrets, say when a connection was opened, and which run it was", () => {
  const steps = [scenarioStep("GET http://a.test/?token=canary", "/")];
  const plan = scenarioPlan("s", steps, {
    kind: "rate",
    pacer: { kind: "constant", rate: 1 },
    durationMs: 1,
    maxConnections: 1,
    targetRate: 1,
  });
  const request = {
    step: 0,
    atMs: 1500,
    waitMs: 0.25,
    latencyMs: 2,
    status: 0,
    failure: "timeout",
    bodyBytes: 0,
    isConnecting: true,
  };
  assertEquals(requestLines(plan, 2)({ requests: [request] }), [
    '{"t":1.5,"step":"GET http://a.test/?token=***","method":"GET","latency_ms":2,"wait_ms":0.25,"bytes":0,' +
    '"error":"timeout","connected":true,"run":2}\n',
  ]);
});
