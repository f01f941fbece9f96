/** The table form of a result in HTML. */
import { assert, assertNotMatch, assertStringIncludes } from "@std/assert";
import { htmlTableReporter } from "../../src/report/html_table.ts";
import { hostileOutcome, openLoopOutcome } from "../_support/outcomes.ts";

const PLAIN = { color: false };

Deno.test("html-table report has a row for each value, nested names joined by dots", () => {
  const html = htmlTableReporter.render(openLoopOutcome(), PLAIN);
  assertStringIncludes(html, "<tr><td>total_requests</td><td>1140</td></tr>");
  assertStringIncludes(html, "<tr><td>latency.min</td><td>0.002</td></tr>");
  assertStringIncludes(html, "<tr><td>percentiles_at_least</td><td>p99, p99.9, max</td></tr>");
  assertStringIncludes(html, "<tr><td>lost_workers.1.reason</td><td>connection closed</td></tr>");
});

Deno.test("html-table report leaves the long series out", () => {
  const html = htmlTableReporter.render(openLoopOutcome(), PLAIN);
  assertNotMatch(html, /timeline|histogram/);
});

Deno.test("html-table report has no tag or quote that hostile text brought", () => {
  const html = htmlTableReporter.render(hostileOutcome(), PLAIN);
  assertNotMatch(html, /<script|script>|cmd\|'/);
  const tags = new Set(html.match(/<\/?[a-z0-9]+/gi));
  const own = "!DOCTYPE html head meta title body h1 table tr th td".split(" ");
  for (const tag of tags) assert(own.includes(tag.replace(/[</]/g, "")), tag);
});
