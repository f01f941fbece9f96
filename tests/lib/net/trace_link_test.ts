/** Links to traces: made of a template, and never anything but http or https. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { templateProblem, traceLink } from "../../../src/lib/net/trace_link.ts";

const IDS = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };

Deno.test("traceLink() fills both ids in, wherever they stand", () => {
  assertEquals(
    traceLink("https://jaeger.example/trace/{trace_id}?uiFind={span_id}#{trace_id}", IDS),
    `https://jaeger.example/trace/${IDS.traceId}?uiFind=${IDS.spanId}#${IDS.traceId}`,
  );
});

const REFUSED: readonly (readonly [template: string, why: string])[] = [
  ["https://jaeger.example/trace/", "{trace_id} is missing"],
  ["javascript:alert('{trace_id}')", "with http:// or https://"],
  ["JaVaScRiPt:alert(1)//{trace_id}", "with http:// or https://"],
  ["data:text/html,<script>alert(1)</script>{trace_id}", "with http:// or https://"],
  ["//jaeger.example/{trace_id}", "with http:// or https://"],
  ["jaeger.example/{trace_id}", "with http:// or https://"],
  ["https://jaeger.example/{trace_id}/{traceId}", "{traceId} is neither {trace_id} nor {span_id}"],
  ["https://user:pass@jaeger.example/{trace_id}", "without user name and password"],
];

Deno.test("templates of anything else are refused with what is wrong, and link nowhere", () => {
  for (const [template, why] of REFUSED) {
    assertStringIncludes(templateProblem(template) ?? "accepted", why, template);
    assertEquals(traceLink(template, IDS), undefined, template);
  }
});

Deno.test("what stands in a file instead of a template or an id links nowhere", () => {
  const template = "https://jaeger.example/trace/{trace_id}";
  for (const other of [undefined, null, 7, {}, [template]]) assertEquals(traceLink(other, IDS), undefined);
  assertEquals(traceLink(template, { ...IDS, traceId: "../../admin" }), undefined);
  assertEquals(traceLink('https://a.example/"><script>{trace_id}', IDS)?.includes("<"), false);
});
