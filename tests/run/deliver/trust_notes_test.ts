/** What is said beside the numbers of a result. */
import { assertEquals, assertMatch } from "@std/assert";
import type { ClientSpec } from "../../../src/plan/client_spec.ts";
import type { Snapshot, StepStats } from "../../../src/metrics/snapshot.ts";
import type { RunResult } from "../../../src/result/run_result.ts";
import { trustNotes } from "../../../src/run/deliver/trust_notes.ts";
import { histogramOf, outcomeOf, stepOf } from "../../_support/outcomes.ts";
import { planFor } from "../../_support/plan.ts";

interface Seen {
  readonly url?: string;
  readonly client?: Partial<ClientSpec>;
  readonly total?: Partial<Snapshot>;
  readonly result?: Partial<Omit<RunResult, "total">>;
}

/** All notes of a run with one step. */
function notesOf(step: Partial<StepStats>, { url = "http://a.test/", client, total, result }: Seen = {}) {
  const load = { kind: "requests", unit: "requests", amount: 10, connections: 1 } as const;
  const plan = planFor(url, load, client ? { client } : {});
  const steps = [stepOf(step)];
  const outcome = outcomeOf(plan, steps, { result: { durationMs: 10, ...result } });
  return trustNotes({ ...outcome.result, total: { ...outcome.result.total, ...total } });
}

const textsOf = (...args: Parameters<typeof notesOf>) => notesOf(...args).map(({ text }) => text);
const FINE: Partial<StepStats> = { latency: histogramOf(1, 2, 3), statuses: { "200": 3 } };

Deno.test("a run in which nothing is remarkable has no notes", () => {
  assertEquals(notesOf(FINE), []);
});

Deno.test("a run without a success says so, with the commonest reason", () => {
  assertMatch(textsOf({})[0]!, /^No response arrived before the end/);
  const failures = { timeout: 1, connection_reset: 2 };
  const [note] = notesOf({ failed: 3, failures });
  assertEquals(note!.level, "warning");
  assertMatch(note!.text, /^No request succeeded: 2 of 3 failed with ".*reset.*"$/i);
});

Deno.test("a server that seems to speak the other scheme is told of, unless it spoke TLS or a proxy is between", () => {
  const tls = { failed: 2, failures: { tls_handshake: 2 } };
  const plain = { failed: 2, failures: { not_http: 2 } };
  const url = "https://a.test/";
  assertMatch(textsOf(tls, { url })[0]!, /use http:$/);
  assertMatch(
    textsOf(plain)[0]!,
    /use https:, if it speaks only HTTP\/2, --http2, and for gRPC a grpc: URL$/,
  );
  assertEquals(/use https?:/.test(textsOf(plain, { url })[0]!), false);
  assertEquals(
    /use http/.test(textsOf(plain, { client: { proxy: { http: "http://p:1", bypass: [] } } })[0]!),
    false,
  );
  const details = [{ topic: "tls_handshake", text: "TLS alert certificate_required" }];
  const told = textsOf(tls, { url, total: { details } });
  assertEquals(told.some((text) => /use http:/.test(text)), false);
  assertEquals(
    told.some((text) =>
      /alert certificate_required \(add a client certificate with --cert and --key\)$/.test(text)
    ),
    true,
  );
});

Deno.test("nothing but redirects is a hint, once none were to be followed", () => {
  const redirects = { latency: histogramOf(1), statuses: { "301": 1, "302": 4 } };
  assertMatch(textsOf(redirects)[0]!, /^Every response was a redirect \(301, 302\)/);
  assertEquals(notesOf(redirects, { client: { maxRedirects: 3 } }), []);
  assertEquals(notesOf({ ...redirects, statuses: { "301": 1, "200": 1 } }), []);
});

Deno.test("what was asked for and the server did not grant is a warning: HTTP/2, streams", () => {
  const http2 = { client: { http2: true } } as const;
  assertMatch(
    textsOf(FINE, { ...http2, total: { protocols: { "1.1": 3 } } })[0]!,
    /HTTP\/1\.1 for all 3 responses/,
  );
  assertMatch(
    textsOf(FINE, { ...http2, total: { protocols: { "1.1": 1, "2": 2 } } })[0]!,
    /for 1 of 3 responses/,
  );
  assertEquals(notesOf(FINE, { ...http2, total: { protocols: { "2": 3 } } }), []);
  assertMatch(
    textsOf(FINE, { client: { streams: 50 }, total: { streamWaits: 2, streamLimit: 20 } })[0]!,
    /allows 20 streams per connection, --streams asked for 50: 2 of 3 requests waited/,
  );
});

Deno.test("limits that were met are told one by one, in the singular where it is one", () => {
  const texts = textsOf(FINE, { total: { limits: { body_bytes: 1, log_lines: 2, loop_rounds: 1 } } });
  assertEquals(texts.length, 3);
  assertMatch(texts.join("\n"), /2 lines of the log.*\n.*cut short 1 time:.*\n.*start of 1 body:/);
});

Deno.test("a run that was ended says why and that its numbers cover the time until then", () => {
  assertMatch(
    textsOf(FINE, { result: { interrupted: true } })[0]!,
    /^The run was interrupted: the numbers cover/,
  );
  const aborted = { atMs: 2000, expression: "p95 < 1ms", reason: "5 of 9 were slower" };
  assertMatch(
    textsOf(FINE, { result: { interrupted: true, aborted } })[0]!,
    /^The run was ended after 2.*, since "p95 < 1ms" was not met: 5 of 9 were slower/,
  );
});

Deno.test("asking before bodies is told with what it cost", () => {
  const texts = textsOf(FINE, { total: { continueWaits: 2, continueWaitMs: 2000, continueRefusals: 1 } });
  assertMatch(texts[0]!, /held the bodies of 2 requests back for 1\.?0* ?s on average/);
  assertMatch(texts[1]!, /417: 1 request was sent again/);
});
