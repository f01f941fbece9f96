/** The page that Prometheus reads. */
import { assert, assertEquals } from "@std/assert";
import { expositionText, legalLabels } from "../../src/export/prometheus_text.ts";
import { emptyFrame } from "./sample_run.ts";

const [requests] = emptyFrame().rows;

Deno.test("expositionText() writes help, type and a sample, without braces where there are no labels", () => {
  assertEquals(
    expositionText([requests!], { prefix: "bench", labels: () => ({}) }),
    "# HELP bench_requests_total Completed requests, errors included\n" +
      "# TYPE bench_requests_total counter\n" +
      "bench_requests_total 0\n",
  );
});

Deno.test("expositionText() escapes backslash, quote and line end in label values, and nothing else", () => {
  const labels = () => ({ b: 'say "hi"\\\n', a: "grün, {x}=y" });
  const line = expositionText([requests!], { prefix: "bench", labels }).split("\n")[2];
  assertEquals(line, String.raw`bench_requests_total{a="grün, {x}=y",b="say \"hi\"\\\n"} 0`);
});

Deno.test("legalLabels() keeps every label, under a name that is allowed", () => {
  const labels = legalLabels({
    "": "empty",
    "a-b": "1",
    "a.b": "2",
    a_b: "3",
    __x: "4",
    "0": "5",
    "größe": "6",
  });
  assert(labels.map(([name]) => name).every((name) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)));
  assert(!labels.some(([name]) => name.startsWith("__")));
  assertEquals(new Set(labels.map(([, value]) => value)).size, 7);
});
