/** Changes of a page's data, found here and applied by the page's own script. */
import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import liveScript from "../../src/report/html_report/live.js" with { type: "text" };
import { deltaOf } from "../../src/web/delta.ts";

const [source] = /function patched\(value, change\) \{[\s\S]*?\n {2}\}/.exec(liveScript)!;
const patched = new Function(`${source}; return patched;`)() as (value: unknown, change: unknown) => unknown;

Deno.test("deltaOf() gives what the page needs to get from any data to any other", () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  fc.assert(fc.property(value, value, (before, after) => {
    const delta = deltaOf(before, after);
    const got = delta === undefined ? before : patched(before, delta);
    assertEquals(JSON.stringify(sorted(got)), JSON.stringify(sorted(after)));
  }));
});

Deno.test("deltaOf() of a series that has grown is its end alone", () => {
  const series = (length: number) => ({ steps: [{ name: "a", rate: Array.from({ length }, (_, i) => i) }] });
  const delta = deltaOf(series(1000), series(1001))!;
  assertLess(JSON.stringify(delta).length, 80);
  assertEquals(patched(series(1000), delta), series(1001));
});

/** With keys in order, which a change does not keep. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, part]) => [key, sorted(part)]);
}
