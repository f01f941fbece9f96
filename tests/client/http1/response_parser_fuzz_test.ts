/** Random responses, good and mutated: read alike however they are cut, and never an exception. */
import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { RESPONSES } from "./_responses.ts";
import { type Arrival, bytesOf, parse } from "./_parsing.ts";
import { fuzzRuns } from "../../_support/fuzz.ts";

/** Another one every time; a failure is repeated by putting the printed one here. */
const SEED = Math.floor(Math.random() * 2 ** 31);
// deno-lint-ignore no-console -- what was tried must be known
console.log(`response_parser_fuzz_test: seed ${SEED}`);

const KNOWN = RESPONSES.map(([, text]) => bytesOf(text)).filter((bytes) => bytes.length > 0);

/** What the parser must not be moved by: the bytes behind those that have arrived. */
const junk = fc.constantFrom(
  ...[
    "",
    "\r\n\r\n",
    "0\r\n\r\n0\r\n\r\n",
    "5\r\nhello",
    "HTTP/1.1 200 OK\r\n\r\n",
    "\xff\xff\xff\xff",
    "999999",
  ],
).map(bytesOf);

const cuts = fc.array(fc.nat(3000), { maxLength: 5 });

const edits = fc.array(
  fc.tuple(
    fc.nat(3000),
    fc.oneof(fc.nat(255), fc.constantFrom(0, 9, 10, 13, 32, 44, 48, 58, 59, 102)),
    fc.constantFrom("set", "drop", "insert", "repeat", "cut"),
    fc.nat(40),
  ),
  { maxLength: 6 },
);

/** Bytes with some of them changed, removed, put in, repeated, or cut off. */
function edited(seed: Uint8Array, changes: Iterable<readonly [number, number, string, number]>): Uint8Array {
  const bytes = [...seed];
  for (const [position, byte, kind, length] of changes) {
    const at = position % Math.max(1, bytes.length);
    if (kind === "set") bytes[at] = byte;
    else if (kind === "drop") bytes.splice(at, 1 + length % 3);
    else if (kind === "insert") bytes.splice(at, 0, byte);
    else if (kind === "repeat") bytes.splice(at, 0, ...bytes.slice(at, at + length));
    else if (bytes.length > 40) bytes.length = Math.max(40, at);
  }
  return Uint8Array.from(bytes);
}

/** Parts of answers, good and bad, that are put together at random. */
const PARTS = {
  status: [
    "HTTP/1.1 200 OK",
    "HTTP/1.0 200 OK",
    "HTTP/1.1 204",
    "HTTP/1.1 304 N",
    "HTTP/1.1 101 S",
    "HTTP/1.1 100 C",
  ]
    .concat(
      "HTTP/1.1  404 ",
      "HTTP/2 200",
      "HTTP/1.1 20",
      "ICY 200 OK",
      "",
      " HTTP/1.1 200 OK",
      "HTTP/1.1 999 \x80",
    ),
  field: [
    "Content-Length: 5",
    "content-length:5, 5",
    "Content-Length: 6",
    "Content-Length: -1",
    "Content-Length:",
  ]
    .concat("Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, x")
    .concat(
      "Transfer-Encoding: identity",
      "Connection: close",
      "Connection: keep-alive",
      " folded",
      "\tfolded",
    )
    .concat(
      "X: y",
      "X:",
      ": x",
      "no colon",
      "X\x01: y",
      "X : y",
      "X: \0",
      "X: a\rb",
      `X: ${"a".repeat(300)}`,
    ),
  body: [
    "hello",
    "5\r\nhello\r\n0\r\n\r\n",
    "5;x=y\nhello\n0\n\n",
    "a\r\n0123456789\r\n0\r\nT: x\r\n\r\n",
    "0\r\n\r\n",
  ]
    .concat(
      "00000000000000005\r\n",
      "5\r\nhellooo",
      "ffffffffffffff\r\n",
      "g\r\n",
      "",
      "0\r\nbad\r\n\r\n",
      "5 ; \r\nhello",
    ),
  line: ["\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n"],
} as const;

const assembled = fc.tuple(
  fc.array(fc.constantFrom("\r\n", "\n", "HTTP/1.1 100 C\r\n\r\n", "HTTP/1.1 103 E\r\nA: b\r\n\r\n"), {
    maxLength: 3,
  }),
  fc.constantFrom(...PARTS.status),
  fc.array(fc.tuple(fc.constantFrom(...PARTS.line), fc.constantFrom(...PARTS.field)), { maxLength: 5 }),
  fc.tuple(fc.constantFrom(...PARTS.line), fc.constantFrom(...PARTS.line)),
  fc.array(fc.constantFrom(...PARTS.body), { maxLength: 3 }),
).map(([before, status, fields, ends, body]) =>
  bytesOf([...before, status, ...fields.flat(), ...ends, ...body].join(""))
);

/** Whole and split, with whatever behind: the same. */
function assertSteady(bytes: Uint8Array, how: Arrival, raw: readonly number[], behind: Uint8Array): void {
  const at = [...new Set(raw.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const whole = parse(bytes, how);
  const split = parse(bytes, { ...how, cuts: at, junk: behind });
  assertEquals(split.failure, whole.failure);
  if (whole.failure === "none") assertEquals(split, whole);
  assertGreaterOrEqual(whole.left, 0);
  assertLessOrEqual(whole.left, bytes.length);
  if (how.ends) assertEquals(whole.done, whole.failure === "none");
}

Deno.test("ResponseParser reads mutated answers alike whole and split, and never throws", () => {
  const source = fc.oneof(fc.constantFrom(...KNOWN), assembled);
  fc.assert(
    fc.property(
      source,
      edits,
      cuts,
      junk,
      fc.boolean(),
      fc.boolean(),
      (seed, changes, raw, behind, isHead, ends) => {
        assertSteady(edited(seed, changes), { isHead, ends }, raw, behind);
      },
    ),
    { numRuns: fuzzRuns(100_000), seed: SEED },
  );
});

Deno.test("ResponseParser reads answers put together from good and bad parts alike whole and split", () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(assembled, cuts, junk, fc.boolean(), (bytes, raw, behind, isHead) => {
      assertSteady(bytes, { isHead, ends: true }, raw, behind);
      ends.add(parse(bytes, { isHead, ends: true }).failure);
    }),
    {
      numRuns: 20_000,
      seed: SEED,
      // What too few of them are to be sure.
      examples: [[
        bytesOf(`${PARTS.status[0]}\r\nTransfer-Encoding: chunked\r\n\r\nxyz`),
        [],
        bytesOf(""),
        false,
      ]],
    },
  );
  // The parts reach every end that a parser can tell, but the two that need long answers.
  const reached = [
    "none",
    "truncated",
    "not_http",
    "bad_status_line",
    "bad_header",
    "bad_length",
    "bad_chunk",
    "bad_transfer_coding",
  ];
  assertEquals(reached.filter((failure) => !ends.has(failure)), []);
});

const eol = fc.constantFrom("\r\n", "\r\n", "\n");
const blank = fc.constantFrom("", " ", "\t", "  ");
const body = fc.array(fc.nat(255), { maxLength: 60 }).map((bytes) => String.fromCharCode(...bytes));
const other = fc.constantFrom("Date: now", "X-A:", "Set-Cookie: a=b", "Server: x\x01", "X-Long: a\r\n\tb")
  .map((line) => [line]);

/** A body in chunks of random sizes, with extensions and trailers. */
function chunked(text: string, sizes: readonly number[], end: string): string {
  const chunks: string[] = [];
  for (let at = 0, i = 0; at < text.length; i++) {
    const data = text.slice(at, at + Math.max(1, sizes[i % Math.max(1, sizes.length)] ?? 7));
    const size = data.length.toString(16);
    chunks.push(i % 2 ? size.toUpperCase() : `00${size}`, i % 3 ? "" : ';n="v"', end, data, end);
    at += data.length;
  }
  return `${chunks.join("")}0${end}${sizes.length % 2 ? `X-T: v${end}` : ""}${end}`;
}

Deno.test("ResponseParser reads 20,000 well-formed answers as they were meant", () => {
  fc.assert(
    fc.property(
      fc.record({
        body,
        status: fc.integer({ min: 200, max: 599 }),
        framing: fc.constantFrom("length", "chunked", "close"),
        interim: fc.nat(3),
        closes: fc.boolean(),
        others: fc.array(other, { maxLength: 3 }),
        sizes: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }),
        end: eol,
        gap: blank,
      }),
      cuts,
      junk,
      (meant, raw, behind) => {
        const { end, gap, framing } = meant;
        const hasBody = meant.status !== 204 && meant.status !== 304;
        const line = framing === "length"
          ? `Content-Length:${gap}${meant.body.length}${gap}`
          : framing === "chunked"
          ? `TRANSFER-encoding:${gap}Chunked${gap}`
          : `X-B:${gap}x`;
        const close = meant.closes ? [`connection:${gap}x,${gap}Close`] : [];
        const head = [`HTTP/1.1 ${meant.status} R`, ...meant.others.flat(), line, ...close].join(end) + end +
          end;
        const sent = framing === "chunked" ? chunked(meant.body, meant.sizes, end) : meant.body;
        const bytes = bytesOf(
          `HTTP/1.1 103 E${end}${end}`.repeat(meant.interim) + head + (hasBody ? sent : ""),
        );
        const at = [...new Set(raw.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        assertEquals(parse(bytes, { cuts: at, junk: behind, ends: true }), {
          done: true,
          failure: "none",
          status: meant.status,
          body: hasBody ? meant.body : "",
          keepAlive: !meant.closes && (framing !== "close" || !hasBody),
          left: 0,
        });
      },
    ),
    { numRuns: fuzzRuns(20_000), seed: SEED },
  );
});
