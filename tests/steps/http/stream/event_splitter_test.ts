/** Bodies as events: every kind, whole, byte by byte and cut anywhere. */
import { assertEquals } from "@std/assert";
import { EventSplitter, kindOfType } from "../../../../src/steps/http/stream/event_splitter.ts";
import type { StreamKind } from "../../../../src/plan/stream_spec.ts";

function eventsOf(kind: Exclude<StreamKind, "auto">, text: string, piece = Infinity): readonly string[] {
  const events: string[] = [];
  const splitter = new EventSplitter((data) => events.push(data), true);
  splitter.begin(kind);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += piece) {
    splitter.push(bytes, at, Math.min(bytes.length, at + piece));
  }
  splitter.finish();
  return events;
}

const ROWS:
  readonly (readonly [kind: "sse" | "ndjson" | "lines", text: string, events: readonly string[]])[] = [
    ["sse", "data: a\n\ndata: b\n\n", ["a", "b"]],
    ["sse", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
    ["sse", "data: a\r\rdata: b\r\r", ["a", "b"]],
    ["sse", "\ufeffdata: a\n\n", ["a"]],
    ["sse", "data: one\ndata: two\n\n", ["one\ntwo"]],
    ["sse", ": comment\n\nevent: ping\nid: 7\n\ndata:x\n\n", ["x"]],
    ["sse", "data\n\n", [""]],
    ["sse", "database: no\n\ndata: yes\n\n", ["yes"]],
    ["sse", "data: of an event that never ends\n", []],
    ["sse", 'data: {"a":"ä€😀"}\n\n', ['{"a":"ä€😀"}']],
    ["ndjson", '{"a":1}\n\n{"b":2}\r\n{"c":3}', ['{"a":1}', '{"b":2}', '{"c":3}']],
    ["lines", "one\r\n\ntwo", ["one", "", "two"]],
    ["lines", "a\rb\n", ["a\rb"]],
  ];

Deno.test("bodies are cut into events, however they come", () => {
  for (const [kind, text, events] of ROWS) {
    for (const piece of [Infinity, 1, 2, 3, 7]) {
      assertEquals(
        eventsOf(kind, text, piece),
        events,
        `${kind} ${JSON.stringify(text)} in pieces of ${piece}`,
      );
    }
  }
});

Deno.test("of chunks, each that comes is an event", () => {
  assertEquals(eventsOf("chunks", "abcdef", 4), ["abcd", "ef"]);
});

Deno.test("a line without end is kept up to a limit", () => {
  const [line] = eventsOf("lines", "x".repeat(3_000_000), 60_000);
  assertEquals(line!.length, 1_048_576);
});

Deno.test("how a body is cut is told from its content type", () => {
  const types = [
    "text/event-stream; charset=utf-8",
    "application/x-ndjson",
    "application/jsonl",
    "text/plain",
    "application/octet-stream",
    "",
  ];
  assertEquals(types.map(kindOfType), ["sse", "ndjson", "ndjson", "lines", "chunks", "chunks"]);
});
