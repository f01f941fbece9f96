import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { jsonReporter } from "../../../src/report/json.ts";
import { toJsonDocument } from "../../../src/result/document/json_document.ts";
import { readJsonDocument } from "../../../src/result/document/read_document.ts";
import { OUTCOMES } from "../../_support/outcomes.ts";

for (const [name, make] of Object.entries(OUTCOMES)) {
  Deno.test(`readJsonDocument() reads back what was written of the ${name} outcome`, () => {
    const outcome = make();
    assertEquals(
      JSON.stringify(readJsonDocument(jsonReporter.render(outcome, { color: false }))),
      JSON.stringify(toJsonDocument(outcome)),
    );
  });
}

Deno.test("readJsonDocument() reads a file of the shape that had no schema version", () => {
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
  ["a newer schema", '{"schema_version": 2, "total_requests": 1}', "schema version is 2"],
  ["a schema version that is no number", '{"schema_version": "1", "total_requests": 1}', '"schema_version"'],
  ["a schema version of 0", '{"schema_version": 0, "total_requests": 1}', '"schema_version"'],
  ["a total that is text", '{"total_requests": "5"}', '"total_requests" is not a whole number'],
  ["a negative total", '{"total_requests": -5}', '"total_requests" is not a whole number'],
  ["a latency that is no object", '{"total_requests": 1, "latency": 5}', '"latency" is not'],
  [
    "a percentile that is null",
    '{"total_requests": 1, "percentiles": {"p50": null}}',
    '"percentiles" is not',
  ],
  ["a step that is a number", '{"total_requests": 1, "step_stats": {"a": 1}}', '"step_stats" is not'],
  ["a step with a text count", '{"total_requests": 1, "step_stats": {"a": {"count": "1"}}}', '"step_stats"'],
  [
    "a histogram that goes back",
    '{"total_requests": 1, "histogram": [[5, 1], [4, 1]]}',
    '"histogram" is not',
  ],
  ["a histogram beyond its range", '{"total_requests": 1, "histogram": [[4294967296, 1]]}', '"histogram"'],
  ["a histogram of triples", '{"total_requests": 1, "histogram": [[1, 2, 3]]}', '"histogram"'],
  ["a note of unknown level", '{"total_requests": 1, "notes": [{"level": "x", "text": ""}]}', '"notes"'],
  [
    "a threshold without verdict",
    '{"total_requests": 1, "thresholds": [{"expression": "a"}]}',
    '"thresholds"',
  ],
];

for (const [claim, text, says] of BAD) {
  Deno.test(`readJsonDocument() refuses ${claim}`, () => {
    const error = assertThrows(() => readJsonDocument(text, '"old.json"'), UsageError);
    assertStringIncludes(error.message, says);
    assertStringIncludes(error.message, '"old.json"');
  });
}

Deno.test("readJsonDocument() names every bad field at once", () => {
  const error = assertThrows(
    () => readJsonDocument('{"total_requests": 1, "tags": [], "url": 3}'),
    UsageError,
  );
  assertEquals((error as UsageError).problems.length, 2);
});

Deno.test("readJsonDocument() does not mind fields that nobody knows", () => {
  assertEquals(readJsonDocument('{"total_requests": 1, "later": {}}').total_requests, 1);
});
