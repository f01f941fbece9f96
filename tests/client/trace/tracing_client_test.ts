/** The client that sends a trace context with some requests. */
import { assert, assertEquals } from "@std/assert";
import { Exchange, type HttpClient, type PreparedRequest } from "../../../src/client/exchange/http_client.ts";
import { TraceSampler } from "../../../src/client/trace/trace_context.ts";
import { TracingClient } from "../../../src/client/trace/tracing_client.ts";
import type { HeaderLine } from "../../../src/plan/http_step.ts";

const PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

function requestWith(headers: readonly HeaderLine[], more: Partial<PreparedRequest> = {}): PreparedRequest {
  const url = new URL("http://localhost/");
  return {
    ...{ step: 0, method: "GET", url, origin: url.origin, headers, body: null, isRepeated: true },
    ...{ awaitsContinue: false, isLast: false, memory: null, isIdempotent: true, followsRedirects: false },
    ...{ wantsHead: false, wantsBody: false, wantsCookies: false },
    ...more,
  };
}

/** What a client below is handed for a request. */
function sentFor(request: PreparedRequest, sampler = new TraceSampler(1)) {
  let sent: PreparedRequest | undefined;
  const inner: HttpClient = {
    deadlineMs: 7,
    exchange: (request) => {
      sent = request;
      return Promise.resolve();
    },
    warm: () => Promise.resolve(),
    abort: () => {},
    close: () => {},
  };
  const out = new Exchange();
  out.traceParent = "of the one before";
  const client = new TracingClient(inner, sampler);
  client.exchange(request, out);
  assertEquals(client.deadlineMs, 7);
  return { sent: sent!, out };
}

Deno.test("a sampled request gets both fields behind its own, and bytes of its own", () => {
  const request = requestWith([["A", "1"]]);
  const { sent, out } = sentFor(request);
  assertEquals(sent.headers, [["A", "1"], ["traceparent", out.traceParent], ["tracestate", "ot=th:0"]]);
  assertEquals([sent.isRepeated, request.headers.length], [false, 1]);
});

Deno.test("a request that is not sampled goes on as it is", () => {
  const sampler = new TraceSampler(0.5);
  sampler.draw = () => false;
  const request = requestWith([]);
  const { sent, out } = sentFor(request, sampler);
  assert(sent === request);
  assertEquals(out.traceParent, "");
});

Deno.test("fields that the user gave stay, and a sampled context of theirs is told of", () => {
  for (const [value, told] of [[PARENT, PARENT], [` ${PARENT}`, PARENT], ["nonsense", ""]]) {
    const request = requestWith([["TraceParent", value!]]);
    const { sent, out } = sentFor(request);
    assert(sent === request);
    assertEquals(out.traceParent, told);
  }
  const { sent, out } = sentFor(requestWith([["Tracestate", "a=b"]]));
  assertEquals(sent.headers, [["Tracestate", "a=b"], ["traceparent", out.traceParent]]);
});

Deno.test("the request that is sent once more without asking for its body bears the same trace", () => {
  const plain = requestWith([]);
  const { sent, out } = sentFor(requestWith([["Expect", "100-continue"]], { unasked: () => plain }));
  assertEquals(sent.unasked!().headers, [["traceparent", out.traceParent], ["tracestate", "ot=th:0"]]);
});
