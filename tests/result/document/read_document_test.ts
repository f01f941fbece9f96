/** Results that are read back, and those that are refused. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { jsonReporter } from "../../../src/report/json.ts";
import { toJsonDocument } from "../../../src/result/document/json_document.ts";
import { readJsonDocument } from "../../_support/read_json_document.ts";
import { OUTCOMES } from "../../_support/outcomes.ts";

for (const [name, make] of Object.entries(OUTCOMES)) {
  Deno.test(`readJsonDocuments() reads back what was written of the ${name} outcome`, () => {
    const outcome = make();
    const { saved: _read, ...document } = readJsonDocument(jsonReporter.render(outcome, { color: false }));
    const { saved: _written, ...expected } = toJsonDocument(outcome);
    assertEquals(JSON.stringify(document), JSON.stringify(expected));
  });
}

Deno.test("readJsonDocuments() reads a file of the shape that had no schema version", () => {
  const text = `{
    "duration_sec": 124.15, "connections": 300, "total_requests": 15229, "total_errors": 1,
    "requests_per_sec": 122.66, "transfer_per_sec_bytes": 125120000.0, "total_bytes": 15533200000,
    "latency": { "min": 0.449, "max": 4.85, "mean": 0.961, "median": 0.87, "stdev": 0.52 },
    "percentiles": { "p50": 0.87, "p99": 4.85 },
    "step_stats": { "home": { "count": 3, "min": 0.1, "max": 0.2, "mean": 0.15, "median": 0.15 } }
  }`;
  const document = readJsonDocument(text);
  assertEquals(document.total_requests, 15229);
  assertEquals(document.percentiles?.p99, 4.85);
});

const BAD: readonly (readonly [claim: string, text: string, says: string])[] = [
  ["text that is not JSON", "{", "not JSON"],
  ["a list", "[]", "expected a JSON object"],
  ["null", "null", "expected a JSON object"],
  ["another document", '{"a": 1}', 'no "total_requests"'],
  ["a newer schema", '{"schema_version": 3, "total_requests": 1}', "schema version is 3"],
  ["a schema version that is no number", '{"schema_version": "1", "total_requests": 1}', '"schema_version"'],
  ["a schema version of 0", '{"schema_version": 0, "total_requests": 1}', '"schema_version"'],
  [
    "a total that is text",
    '{"total_requests": "5"}',
    'expected a whole number of at least 0 at "total_requests", found "5"',
  ],
  ["a negative total", '{"total_requests": -5}', 'at "total_requests", found -5'],
  ["a total beyond all numbers", '{"total_requests": 1e999}', 'at "total_requests", found Infinity'],
  [
    "a latency that is no object",
    '{"total_requests": 1, "latency": 5}',
    'expected an object at "latency", found 5',
  ],
  ["a latency that is a list", '{"total_requests": 1, "latency": []}', 'at "latency", found an empty list'],
  [
    "a percentile that is null",
    '{"total_requests": 1, "percentiles": {"p50": null}}',
    'expected a number of at least 0 at "percentiles.p50", found null',
  ],
  [
    "a step that is a number",
    '{"total_requests": 1, "step_stats": {"a": 1}}',
    'expected an object at "step_stats.a", found 1',
  ],
  [
    "a step with a text count",
    '{"total_requests": 1, "step_stats": {"a": {"count": "1"}}}',
    'at "step_stats.a.count", found "1"',
  ],
  [
    "a histogram that goes back",
    '{"total_requests": 1, "histogram": [[5, 1], [4, 1]]}',
    'expected pairs that ascend, below 2^32 at "histogram", found a list',
  ],
  [
    "a histogram beyond its range",
    '{"total_requests": 1, "histogram": [[4294967296, 1]]}',
    'at "histogram", found a list',
  ],
  [
    "a histogram of triples",
    '{"total_requests": 1, "histogram": [[1, 2, 3]]}',
    'expected a pair at "histogram[0]',
  ],
  [
    "a note of unknown level",
    '{"total_requests": 1, "notes": [{"level": "x", "text": ""}]}',
    'expected "warning" or "info" at "notes[0].level", found "x"',
  ],
  [
    "a threshold without verdict",
    '{"total_requests": 1, "thresholds": [{"expression": "a"}]}',
    'expected true or false at "thresholds[0].passed", found nothing',
  ],
  [
    "a long text in place of a number",
    `{"total_requests": "${"y".repeat(5000)}"}`,
    `found "${"y".repeat(40)}…"`,
  ],
];

for (const [claim, text, says] of BAD) {
  Deno.test(`readJsonDocuments() refuses ${claim}`, () => {
    const error = assertThrows(() => readJsonDocument(text, '"old.json"'), UsageError);
    assertStringIncludes(error.message, says);
    assertStringIncludes(error.message, '"old.json"');
  });
}

Deno.test("readJsonDocuments() names every bad field at once", () => {
  const error = assertThrows(
    () => readJsonDocument('{"total_requests": 1, "tags": [], "url": 3}'),
    UsageError,
  );
  assertEquals((error as UsageError).problems.length, 2);
});

Deno.test("readJsonDocuments() tells ten problems, and how many there are besides", () => {
  const tags = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`t${i}`, i]));
  const error = assertThrows(
    () => readJsonDocument(JSON.stringify({ total_requests: 1, tags })),
    UsageError,
  ) as UsageError;
  assertEquals(error.problems.length, 11);
  assertStringIncludes(error.problems[10]!, "15 more problems");
});

Deno.test("readJsonDocuments() does not mind fields that nobody knows", () => {
  assertEquals(readJsonDocument('{"total_requests": 1, "later": {}}').total_requests, 1);
  const text = '{"total_requests": 1, "warmup": {"later": 5, "requests": 2, "duration_sec": 1}}';
  assertEquals(readJsonDocument(text).warmup, { duration_sec: 1, requests: 2 });
});
