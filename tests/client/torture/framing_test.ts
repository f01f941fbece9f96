/** Servers that misstate lengths, garble chunks or say too much. */
import { gzipSync } from "node:zlib";
import { response } from "../../_support/raw_server.ts";
import { type Behaviour, type End, sends, sendsAndCloses, SHORT_MS, tortureTest } from "./_behaviour.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

function row(title: string, bytes: string | Uint8Array, end: End, more: Partial<Behaviour> = {}): Behaviour {
  return { title, response: sends(bytes), end, ...more };
}

tortureTest("misstate lengths", [
  row("states two lengths", `${OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, "bad_length"),
  row("states two lengths in one field", `${OK}Content-Length: 3, 4\r\n\r\nabcd`, "bad_length"),
  row("states one length twice", `${OK}Content-Length: 3\r\nContent-Length: 3,3\r\n\r\nabc`, "ok", {
    bodyBytes: 6,
  }),
  row("states a negative length", `${OK}Content-Length: -1\r\n\r\n`, "bad_length"),
  row("states a signed length", `${OK}Content-Length: +3\r\n\r\nabc`, "bad_length"),
  row("states a fraction", `${OK}Content-Length: 3.0\r\n\r\nabc`, "bad_length"),
  row("states a hexadecimal length", `${OK}Content-Length: 0x3\r\n\r\nabc`, "bad_length"),
  row("states a word", `${OK}Content-Length: three\r\n\r\nabc`, "bad_length"),
  row("states nothing", `${OK}Content-Length: \r\n\r\nabc`, "bad_length"),
  row("states 10^30", `${OK}Content-Length: 1${"0".repeat(30)}\r\n\r\nabc`, "bad_length"),
  row("states leading zeros", `${OK}Content-Length: 0003\r\n\r\nabc`, "ok", { bodyBytes: 6 }),
  row(
    "states a length with chunked",
    `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
    "bad_length",
  ),
  row(
    "states a length with gzip coding",
    `${OK}Content-Length: 3\r\nTransfer-Encoding: gzip\r\n\r\nabc`,
    "bad_length",
  ),
  row("states less than it sends", `${OK}Content-Length: 3\r\n\r\nabcdef`, "unexpected_bytes"),
  {
    title: "states more than it sends, and closes",
    response: sendsAndCloses(`${OK}Content-Length: 9\r\n\r\nabc`),
    end: "truncated",
  },
  row("states more than it sends, and waits", `${OK}Content-Length: 9\r\n\r\nabc`, "timeout", {
    timeoutMs: SHORT_MS,
  }),
  row("sends a body with 204", "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc", "unexpected_bytes"),
  row(
    "sends a body with 304",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\nabc",
    "unexpected_bytes",
  ),
  row("sends 304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", "ok", {
    bodyBytes: 0,
  }),
  row("sends a body to HEAD", response("abc"), "unexpected_bytes", { step: { method: "HEAD" } }),
  row("sends no body to HEAD", `${OK}Content-Length: 3\r\n\r\n`, "ok", { step: { method: "HEAD" } }),
  row("announces chunks to HEAD", CHUNKED, "ok", { step: { method: "HEAD" } }),
]);

tortureTest("misuse codings", [
  row("writes chunked in capitals", `${OK}TRANSFER-ENCODING: CHUNKED\r\n\r\n1\r\nx\r\n0\r\n\r\n`, "ok", {
    bodyBytes: 2,
  }),
  row("chunks twice", `${OK}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`, "bad_transfer_coding"),
  row("chunks before another coding", `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n`, "bad_transfer_coding"),
  row(
    "chunks behind another coding",
    `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`,
    "ok",
  ),
  row("says identity", `${OK}Transfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx`, "ok"),
  {
    title: "has a coding that nobody knows, up to the close",
    response: sendsAndCloses(`${OK}Transfer-Encoding: xchunked\r\n\r\nabc`),
    end: "ok",
    bodyBytes: 6,
  },
  row("chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", "ok"),
  row("packs the body", withBody("Content-Encoding: gzip", gzipSync("many words ".repeat(100))), "ok"),
  row(
    "says that the body is packed, and it is not",
    response("plain", { headers: ["Content-Encoding: br"] }),
    "ok",
  ),
]);

tortureTest("garble chunks", [
  row("has extensions", `${CHUNKED}2;a;b=c;d="e f"\r\nhi\r\n0;z\r\n\r\n`, "ok", { bodyBytes: 4 }),
  row("has trailers", `${CHUNKED}2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n`, "ok", { bodyBytes: 4 }),
  row("has framing among the trailers", `${CHUNKED}2\r\nhi\r\n0\r\nContent-Length: 9\r\n\r\n`, "ok", {
    bodyBytes: 4,
  }),
  row("ends lines with LF alone", `${CHUNKED}2\nhi\n0\n\n`, "ok", { bodyBytes: 4 }),
  row("has capitals and zeros in sizes", `${CHUNKED}00A\r\n0123456789\r\n000\r\n\r\n`, "ok", {
    bodyBytes: 20,
  }),
  row("has blanks behind a size", `${CHUNKED}2 \t\r\nhi\r\n0\r\n\r\n`, "ok"),
  row("has a blank before a size", `${CHUNKED} 2\r\nhi\r\n0\r\n\r\n`, "bad_chunk"),
  row("has an empty size", `${CHUNKED}\r\nhi\r\n`, "bad_chunk"),
  row("has a size with 0x", `${CHUNKED}0x2\r\nhi\r\n0\r\n\r\n`, "bad_chunk"),
  row("has a negative size", `${CHUNKED}-2\r\nhi\r\n0\r\n\r\n`, "bad_chunk"),
  row("has a word for a size", `${CHUNKED}two\r\nhi\r\n0\r\n\r\n`, "bad_chunk"),
  row("has a size of 17 digits", `${CHUNKED}${"f".repeat(17)}\r\nhi\r\n`, "bad_chunk"),
  row("has a size above 2^53", `${CHUNKED}20000000000000\r\nhi\r\n`, "bad_chunk"),
  row("has words behind a size", `${CHUNKED}2 erf\r\nhi\r\n0\r\n\r\n`, "bad_chunk"),
  row("has an empty extension", `${CHUNKED}2;\r\nhi\r\n0\r\n\r\n`, "bad_chunk"),
  row("has an extension without a name", `${CHUNKED}2;=x\r\nhi\r\n0\r\n\r\n`, "bad_chunk"),
  row("has more data than its size", `${CHUNKED}2\r\nhello\r\n0\r\n\r\n`, "bad_chunk"),
  row("has less data than its size", `${CHUNKED}5\r\nhi\r\n0\r\n\r\n`, "bad_chunk"),
  row("has no line end behind data", `${CHUNKED}2\r\nhi0\r\n\r\n`, "bad_chunk"),
  row("has a bare CR behind a size", `${CHUNKED}2\rhi`, "bad_chunk"),
  row("has nonsense for a trailer", `${CHUNKED}0\r\nnonsense\r\n\r\n`, "bad_header"),
  row("never sends the last chunk", `${CHUNKED}2\r\nhi\r\n`, "timeout", { timeoutMs: SHORT_MS }),
  row("never ends the trailers", `${CHUNKED}2\r\nhi\r\n0\r\n`, "timeout", { timeoutMs: SHORT_MS }),
  row("ends without an empty line, then answers again", `${CHUNKED}0\r\n${response("x")}`, "bad_header"),
]);

tortureTest("say more than they were asked", [
  row("sends two answers at once", response("one") + response("two"), "unexpected_bytes"),
  row("sends an empty line behind the body", `${response("one")}\r\n`, "unexpected_bytes"),
  row("sends garbage behind the body", `${response("one")}\0\0\0`, "unexpected_bytes"),
  row(
    "sends a second answer behind chunks",
    `${CHUNKED}1\r\nx\r\n0\r\n\r\n${response("two")}`,
    "unexpected_bytes",
  ),
  row(
    "sends a second answer behind the announced end",
    response("one", { headers: ["Connection: close"] }) + response("two"),
    "unexpected_bytes",
  ),
  row(
    "sends an interim answer behind the final one",
    `${response("one")}HTTP/1.1 100 Continue\r\n\r\n`,
    "unexpected_bytes",
  ),
  row("switches protocols unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "ok", {
    bodyBytes: 0,
  }),
  row(
    "switches protocols and goes on in the new one",
    "HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello",
    "unexpected_bytes",
  ),
  row(
    "sends interim answers first",
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n${response("x")}`,
    "ok",
  ),
  row(
    "sends an interim answer with a length",
    `HTTP/1.1 102 Wait\r\nContent-Length: 9\r\n\r\n${response("x")}`,
    "ok",
  ),
  row("sends sixteen interim answers", "HTTP/1.1 102 Wait\r\n\r\n".repeat(16) + response("x"), "ok", {
    bodyBytes: 2,
  }),
  row("sends seventeen", "HTTP/1.1 102 Wait\r\n\r\n".repeat(17) + response("x"), "too_many_interim"),
  {
    title: "answers 503 as soon as it has accepted, and closes",
    accept: (connection) => connection.end(response("full", { status: "503 Full" })),
    end: "HTTP 503",
  },
]);

function withBody(header: string, body: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`${OK}${header}\r\nContent-Length: ${body.length}\r\n\r\n`);
  return Uint8Array.from([...head, ...body]);
}
