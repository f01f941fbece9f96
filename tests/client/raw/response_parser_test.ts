import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ResponseParser } from "../../../src/client/raw/response_parser.ts";
import { FAILURE_KINDS, type FailureName } from "../../../src/metrics/failure.ts";

interface Parsed {
  readonly done: boolean;
  readonly failure: FailureName;
  readonly status: number;
  readonly body: string;
  readonly keepAlive: boolean;
  /** Bytes after the end of the answer. */
  readonly left: number;
}

const MAX_HEAD = 1024;

/** Feeds bytes in pieces as the client does: a head stays in one buffer, body bytes start at its beginning again. */
function parse(
  bytes: Uint8Array,
  options: { cuts?: readonly number[]; isHead?: boolean; ends?: boolean } = {},
): Parsed {
  let body = "";
  const sink = {
    append(buffer: Uint8Array, from: number, to: number) {
      body += String.fromCharCode(...buffer.subarray(from, to));
    },
  };
  const parser = new ResponseParser(MAX_HEAD);
  parser.begin(options.isHead ?? false, sink);
  const edges = [0, ...options.cuts ?? [], bytes.length];
  const buffer = new Uint8Array(bytes.length + 1);
  let filled = 0;
  let left = 0;
  for (let i = 1; i < edges.length; i++) {
    const piece = bytes.subarray(edges[i - 1], edges[i]);
    if (piece.length === 0) continue;
    if (parser.isDone || parser.failure) {
      left += piece.length;
      continue;
    }
    if (!parser.isInHead) filled = 0;
    buffer.set(piece, filled);
    const used = parser.push(buffer, filled, filled + piece.length);
    left += filled + piece.length - used;
    filled += piece.length;
  }
  if (options.ends) parser.close();
  return {
    done: parser.isDone,
    failure: FAILURE_KINDS[parser.failure]!.name,
    status: parser.status,
    body,
    keepAlive: parser.keepAlive,
    left: parser.failure ? 0 : left,
  };
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const OK = "HTTP/1.1 200 OK\r\n";

/** An answer, and how it must end: status and body, or the failure. `ends`: the server closes after it. */
const ANSWERS: readonly (readonly [
  claim: string,
  text: string,
  expected: Partial<Parsed>,
  options?: { isHead?: boolean; ends?: boolean },
])[] = [
  ["a body with a length", `${OK}Content-Length: 5\r\n\r\nhello`, {
    status: 200,
    body: "hello",
    keepAlive: true,
  }],
  ["names in any case", `${OK}cOnTeNt-LeNgTh:5\r\n\r\nhello`, { body: "hello" }],
  ["an empty body", `${OK}Content-Length: 0\r\n\r\n`, { done: true, body: "" }],
  ["bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", { body: "hi" }],
  ["empty lines before the status line", `\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`, { body: "hi" }],
  ["no reason phrase", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", { body: "hi" }],
  ["an empty reason phrase", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi", { body: "hi" }],
  ["several spaces after the version", "HTTP/1.1   404 Gone\r\nContent-Length: 0\r\n\r\n", { status: 404 }],
  ["a space before the colon", `${OK}Content-Length : 2\r\n\r\nhi`, { body: "hi" }],
  ["white space round a value", `${OK}Content-Length:\t 2 \t\r\n\r\nhi`, { body: "hi" }],
  ["folded lines", `${OK}X-A: one\r\n two\r\nContent-Length: 2\r\n\r\nhi`, { body: "hi" }],
  ["equal lengths", `${OK}Content-Length: 2\r\nContent-Length: 2, 2\r\n\r\nhi`, { body: "hi" }],
  [
    "interim answers",
    `HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`,
    {
      status: 200,
      body: "hi",
    },
  ],
  ["101 as the last answer", "HTTP/1.1 101 Switching\r\n\r\n", { status: 101, done: true, keepAlive: false }],
  ["204 without a body", "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", { status: 204, done: true }],
  ["304 without a body", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", {
    status: 304,
    done: true,
  }],
  ["the answer to HEAD", `${OK}Content-Length: 1000\r\n\r\n`, { done: true, body: "" }, { isHead: true }],
  ["Connection: close", `${OK}Connection: Close\r\nContent-Length: 2\r\n\r\nhi`, {
    body: "hi",
    keepAlive: false,
  }],
  ["close in a list", `${OK}Connection: foo, close\r\nContent-Length: 0\r\n\r\n`, { keepAlive: false }],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", { body: "hi", keepAlive: false }],
  ["HTTP/1.0 that stays", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", {
    body: "hi",
    keepAlive: true,
  }],
  ["a body up to the close", `${OK}\r\nuntil the end`, {
    done: true,
    body: "until the end",
    keepAlive: false,
  }, { ends: true }],
  ["an unknown last coding", `${OK}Transfer-Encoding: gzip\r\n\r\nzzz`, { done: true, body: "zzz" }, {
    ends: true,
  }],
  ["identity", `${OK}Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi`, { body: "hi" }],
  ["chunks", `${OK}Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n`, {
    done: true,
    body: "hello!",
  }],
  ["gzip, chunked", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n1\r\nz\r\n0\r\n\r\n`, {
    done: true,
    body: "z",
  }],
  ["chunk extensions", `${OK}Transfer-Encoding: chunked\r\n\r\n2;a=b;c="d"\r\nhi\r\n0;e\r\n\r\n`, {
    done: true,
    body: "hi",
  }],
  ["a blank after a chunk size", `${OK}Transfer-Encoding: chunked\r\n\r\n2 \r\nhi\r\n0\r\n\r\n`, {
    done: true,
    body: "hi",
  }],
  ["chunks with bare line feeds", `${OK}Transfer-Encoding: chunked\n\n2\nhi\n0\n\n`, {
    done: true,
    body: "hi",
  }],
  ["trailers", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n`, {
    done: true,
    body: "hi",
  }],
  ["leading zeros of a size", `${OK}Transfer-Encoding: chunked\r\n\r\n0002\r\nhi\r\n000\r\n\r\n`, {
    done: true,
    body: "hi",
  }],
  ["bytes after the answer as left over", `${OK}Content-Length: 2\r\n\r\nhi there`, {
    done: true,
    body: "hi",
    left: 6,
  }],

  ["no answer", "", { failure: "no_response" }, { ends: true }],
  ["garbage", "SSH-2.0-OpenSSH\r\n", { failure: "not_http" }],
  ["HTTP/0.9", "<html>hello", { failure: "not_http" }],
  ["HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", { failure: "not_http" }],
  ["a version without a minor", "HTTP/1. 200 OK\r\n\r\n", { failure: "not_http" }],
  ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", { failure: "not_http" }],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", { failure: "not_http" }],
  ["a status below 100", "HTTP/1.1 099 OK\r\n\r\n", { failure: "not_http" }],
  ["letters for a status", "HTTP/1.1 2x0 OK\r\n\r\n", { failure: "not_http" }],
  ["no status", "HTTP/1.1\r\n\r\n", { failure: "not_http" }],
  ["a line without a colon", `${OK}nonsense\r\n\r\n`, { failure: "bad_header" }],
  ["an empty name", `${OK}: x\r\n\r\n`, { failure: "bad_header" }],
  ["a control character in a name", `${OK}A\x01B: x\r\n\r\n`, { failure: "bad_header" }],
  ["a space in a name", `${OK}A B: x\r\n\r\n`, { failure: "bad_header" }],
  ["NUL in a value", `${OK}A: x\0y\r\n\r\n`, { failure: "bad_header" }],
  ["a bare CR in a value", `${OK}A: x\ry\r\n\r\n`, { failure: "bad_header" }],
  ["a fold before any field", `${OK} folded\r\n\r\n`, { failure: "bad_header" }],
  ["a folded length", `${OK}Content-Length: 1\r\n 0\r\n\r\n`, { failure: "bad_header" }],
  ["different lengths", `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi`, { failure: "bad_length" }],
  ["different lengths in a list", `${OK}Content-Length: 2, 3\r\n\r\nhi`, { failure: "bad_length" }],
  ["a negative length", `${OK}Content-Length: -2\r\n\r\nhi`, { failure: "bad_length" }],
  ["a signed length", `${OK}Content-Length: +2\r\n\r\nhi`, { failure: "bad_length" }],
  ["a hexadecimal length", `${OK}Content-Length: 0x2\r\n\r\nhi`, { failure: "bad_length" }],
  ["an empty length", `${OK}Content-Length:\r\n\r\nhi`, { failure: "bad_length" }],
  ["a length above 2^53", `${OK}Content-Length: 99999999999999999999\r\n\r\n`, { failure: "bad_length" }],
  ["length with chunked", `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n`, {
    failure: "bad_length",
  }],
  ["chunked before another coding", `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n`, {
    failure: "bad_transfer_coding",
  }],
  ["chunked twice", `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`, {
    failure: "bad_transfer_coding",
  }],
  ["a chunk size that is no number", `${OK}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`, {
    failure: "bad_chunk",
  }],
  ["an empty chunk size", `${OK}Transfer-Encoding: chunked\r\n\r\n\r\n`, { failure: "bad_chunk" }],
  ["a negative chunk size", `${OK}Transfer-Encoding: chunked\r\n\r\n-1\r\n`, { failure: "bad_chunk" }],
  ["an enormous chunk size", `${OK}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n`, {
    failure: "bad_chunk",
  }],
  ["a chunk longer than its size", `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n`, {
    failure: "bad_chunk",
  }],
  ["a CR inside a size line", `${OK}Transfer-Encoding: chunked\r\n\r\n2\rx`, { failure: "bad_chunk" }],
  ["a head without end", OK + "A: b\r\n".repeat(400), { failure: "head_too_large" }],
  ["a line without end", OK + "A".repeat(2000), { failure: "head_too_large" }],
  ["trailers without end", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n` + "A: b\r\n".repeat(400), {
    failure: "head_too_large",
  }],
  ["interim answers without end", "HTTP/1.1 100 C\r\n\r\n".repeat(17), { failure: "too_many_interim" }],
  ["a close inside the head", "HTTP/1.1 200 OK\r\nConte", { failure: "truncated" }, { ends: true }],
  ["a close inside the body", `${OK}Content-Length: 100\r\n\r\nhello`, { failure: "truncated" }, {
    ends: true,
  }],
  ["a close inside a chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`, { failure: "truncated" }, {
    ends: true,
  }],
  ["a close before the last chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`, {
    failure: "truncated",
  }, {
    ends: true,
  }],
];

for (const [claim, text, expected, options] of ANSWERS) {
  const isFailure = expected.failure !== undefined;
  Deno.test(`ResponseParser ${isFailure ? "refuses" : "accepts"} ${claim}, whole and cut at every byte`, () => {
    const bytes = bytesOf(text);
    const whole = parse(bytes, options);
    assertEquals({ ...whole, ...expected }, whole);
    assertEquals(whole.done, !isFailure);
    const drops = Array.from(bytes, (_, i) => i).slice(1);
    const expectEqual = (cuts: readonly number[]) => {
      const cut = parse(bytes, { ...options, cuts });
      if (isFailure) assertEquals(cut.failure, whole.failure, `cut at ${cuts}`);
      else assertEquals(cut, whole, `cut at ${cuts}`);
    };
    for (const at of drops) expectEqual([at]);
    expectEqual(drops);
  });
}

const SEEDS = ANSWERS.map(([, text]) => bytesOf(text)).filter((bytes) => bytes.length > 0);

/** A known answer with some bytes changed, removed or put in. */
const mutated = fc.tuple(
  fc.constantFrom(...SEEDS),
  fc.array(fc.tuple(fc.nat(3000), fc.nat(255), fc.constantFrom("set", "drop", "insert")), { maxLength: 6 }),
).map(([seed, edits]) => {
  const bytes = [...seed];
  for (const [position, byte, kind] of edits) {
    const at = position % Math.max(1, bytes.length);
    if (kind === "set") bytes[at] = byte;
    else bytes.splice(at, kind === "drop" ? 1 : 0, ...(kind === "insert" ? [byte] : []));
  }
  return Uint8Array.from(bytes);
});

Deno.test("ResponseParser reads 100,000 mutated answers alike whole and split, and never throws", () => {
  const cutsOf = (raw: readonly number[], length: number) =>
    [...new Set(raw.map((cut) => cut % (length + 1)))].sort((a, b) => a - b);
  fc.assert(
    fc.property(mutated, fc.array(fc.nat(3000), { maxLength: 5 }), (bytes, cuts) => {
      const whole = parse(bytes, { ends: true });
      const split = parse(bytes, { ends: true, cuts: cutsOf(cuts, bytes.length) });
      assertEquals(split.failure, whole.failure);
      if (whole.failure === "none") assertEquals(split, whole);
    }),
    { numRuns: 100_000 },
  );
});
