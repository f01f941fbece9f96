/** What is read of `Server-Timing`, whatever servers send. */
import { assert, assertEquals } from "@std/assert";
import { Random } from "../../../src/lib/random.ts";
import { namesIn, parseServerTiming, timingsOf, timingText } from "../../../src/lib/net/server_timing.ts";

const CASES: readonly (readonly [text: string, metrics: readonly (readonly [string, number?])[]])[] = [
  ["db;dur=53.2", [["db", 53.2]]],
  ["missedCache", [["missedCache"]]],
  ['cache;desc="Cache Read";dur=23.2', [["cache;Cache Read", 23.2]]],
  ['a;dur=1,b ; dur = 2 , c;DUR="3"', [["a", 1], ["b", 2], ["c", 3]]],
  ["dc;desc=atl1,\tcpu;dur=2e1", [["dc;atl1"], ["cpu", 20]]],
  ['a;desc="with \\"quotes\\", and; more";dur=5, b;dur=6', [['a;with "quotes", and; more', 5], ["b", 6]]],
  // The first of each parameter counts, others mean nothing.
  ["a;dur=1;dur=2;x=9;desc=p;desc=q", [["a;p", 1]]],
  // What is broken costs itself.
  ["a;dur=abc, b;dur=, c;dur, d;dur=-4, e;dur=NaN, f;dur=1e99, g;dur=12ms", [
    ["a"],
    ["b"],
    ["c"],
    ["d"],
    ["e"],
    ["f"],
    ["g", 12],
  ]],
  ['a;desc="never closed, b;dur=2', [["a;never closed, b;dur=2"]]],
  ['"x", =, ;dur=5, ,, a b c;dur=4, b=3;dur=7', [["a", 4], ["b", 7]]],
  ['a;desc="x"rest;dur=3', [["a;x", 3]]],
  ['a;desc="";dur=0', [["a", 0]]],
  ["__proto__;dur=1, constructor;desc=toString", [["__proto__", 1], ["constructor;toString"]]],
  ["", []],
  [" , ;;;,", []],
];

Deno.test("parseServerTiming() reads metrics, and goes on behind what is broken", () => {
  for (const [text, expected] of CASES) {
    assertEquals(
      parseServerTiming(text).map(({ key, durationMs }) =>
        durationMs === undefined ? [key] : [key, durationMs]
      ),
      expected.map((one) => [...one]),
      text,
    );
  }
});

Deno.test("all fields of a head are one list, in any case of letters", () => {
  const head = new TextEncoder().encode(
    'HTTP/1.1 200 OK\r\nServer-Timing: a;dur=1\r\nX-Server-Timing: no;dur=9\r\nSERVER-TIMING:b;dur=2, c\nserver-timing: d;desc="é"\r\n\r\n',
  );
  assertEquals(timingsOf(head).metrics.map(({ key }) => namesIn(key).name), ["a", "b", "c", "d"]);
  assertEquals(timingText(head).slice(0, 20), "a;dur=1, b;dur=2, c,");
  assertEquals(timingsOf(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n")), { metrics: [], isCut: false });
});

Deno.test("ten thousand metrics, or one that is huge, cost no more than their share", () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `m${i};dur=${i}`).join(", ");
  const head = (value: string) =>
    new TextEncoder().encode(`HTTP/1.1 200 OK\r\nServer-Timing: ${value}\r\n\r\n`);
  const { metrics, isCut } = timingsOf(head(many));
  assertEquals([metrics.length, isCut, metrics[99]?.key], [100, true, "m99"]);
  const [long] = timingsOf(head(`${"n".repeat(5000)};dur=5`)).metrics;
  assertEquals(long?.key, "n".repeat(64));
  assertEquals(timingsOf(head(`${"n".repeat(100_000)};dur=5`)), { metrics: [], isCut: true });
  // A number is never cut in two.
  for (let filling = 8150; filling < 8200; filling++) {
    const { metrics } = timingsOf(head(`a;dur=1, ${"x".repeat(filling)}, b;dur=123456789`));
    assertEquals(
      metrics.map(({ durationMs }) => durationMs).filter(Boolean).every((ms) => [1, 123456789].includes(ms!)),
      true,
    );
  }
  const [described] = timingsOf(head(`a;desc="${"d\\".repeat(3000)}`)).metrics;
  assert(described!.key.length <= 66);
  assertEquals(timingText(head(many)).length, 300);
});

Deno.test("whatever comes, it is read to its end, and keys hold a name", () => {
  const random = new Random(11);
  const alphabet = [
    '"',
    "\\",
    ";",
    ",",
    "=",
    " ",
    "\t",
    "a",
    "dur",
    "desc",
    "1",
    "e",
    "\x80",
    "\xff",
    "-",
    ".",
  ];
  for (let round = 0; round < 3000; round++) {
    const length = Math.floor(random.fraction() * 40);
    const text = Array.from({ length }, () => alphabet[Math.floor(random.fraction() * alphabet.length)]).join(
      "",
    );
    for (const { key, durationMs } of parseServerTiming(text)) {
      assert(/^[!#$%&'*+.^_`|~\w-]+$/.test(namesIn(key).name), JSON.stringify({ text, key }));
      assert(durationMs === undefined || durationMs >= 0, text);
    }
  }
});
