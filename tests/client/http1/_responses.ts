/** Answers, well formed and not, and how the parser must read them. */
import type { Arrival, Parsed } from "./_parsing.ts";

const OK = "HTTP/1.1 200 OK\r\n";

/** An answer, and how it must end: status and body, or the failure. `ends`: the server closes after it. */
export const RESPONSES: readonly (readonly [
  claim: string,
  text: string,
  expected: Partial<Parsed>,
  options?: Arrival,
])[] = [
  ["a body with a length", `${OK}Content-Length: 5\r\n\r\nhello`, {
    status: 200,
    body: "hello",
    keepAlive: true,
  }],
  ["names in any case", `${OK}cOnTeNt-LeNgTh:5\r\n\r\nhello`, { body: "hello" }],
  ["an empty body", `${OK}Content-Length: 0\r\n\r\n`, { done: true, body: "" }],
  ["bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", { body: "hi" }],
  ["no reason phrase", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", { body: "hi" }],
  ["an empty reason phrase", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi", { body: "hi" }],
  ["spaces before the reason phrase", "HTTP/1.1 404  Gone\tby\x80\r\nContent-Length: 0\r\n\r\n", {
    status: 404,
  }],
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
  ...[
    ["with blanks round its parts", "2 \t; a = b ;c"],
    ["with blanks at its end", "2;a=b \t"],
    ["in quotes with escapes", '2;a="b\\"; c\\\\\t\x80" ;d=""'],
    ["of odd tokens", "2;!#$%&'*+-.^_`|~9=1"],
  ].map(([claim, size]): readonly [string, string, Partial<Parsed>] => [
    `a chunk extension ${claim}`,
    `${OK}Transfer-Encoding: chunked\r\n\r\n${size}\r\nhi\r\n0\r\n\r\n`,
    { done: true, body: "hi" },
  ]),
  ["blanks after a chunk size", `${OK}Transfer-Encoding: chunked\r\n\r\n2 \t \r\nhi\r\n0 \r\n\r\n`, {
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

  ["a control character in a value", `${OK}A: x\x01\x7f\x80y\r\nContent-Length: 2\r\n\r\nhi`, { body: "hi" }],
  ["a folded trailer", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nX-T: 1\r\n 2\r\n\r\n`, { done: true }],
  ["a length among the trailers", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 9\r\n\r\n`, {
    done: true,
    body: "",
  }],
  ["a minor version above 1", "HTTP/1.7 200 OK\r\nContent-Length: 2\r\n\r\nhi", {
    body: "hi",
    keepAlive: true,
  }],
  ["the largest length there is", `${OK}Content-Length: 9007199254740991\r\n\r\n`, { status: 200 }, {
    isHead: true,
  }],
  ["status 999", "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", { status: 999 }],
  ["an empty list of codings", `${OK}Transfer-Encoding: ,\r\nContent-Length: 2\r\n\r\nhi`, { body: "hi" }],

  ["no answer", "", { failure: "no_response" }, { ends: true }],
  ["garbage", "SSH-2.0-OpenSSH\r\n", { failure: "not_http" }],
  ["HTTP/0.9", "<html>hello", { failure: "not_http" }],
  ["HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", { failure: "not_http" }],
  ["a version without a minor", "HTTP/1. 200 OK\r\n\r\n", { failure: "bad_status_line" }],
  ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", { failure: "bad_status_line" }],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", { failure: "bad_status_line" }],
  ["a status below 100", "HTTP/1.1 099 OK\r\n\r\n", { failure: "bad_status_line" }],
  ["letters for a status", "HTTP/1.1 2x0 OK\r\n\r\n", { failure: "bad_status_line" }],
  ["no status", "HTTP/1.1\r\n\r\n", { failure: "bad_status_line" }],
  ["an empty line before the status line", `\r\n${OK}Content-Length: 2\r\n\r\nhi`, { failure: "not_http" }],
  ["a bare LF before the status line", `\n${OK}Content-Length: 2\r\n\r\nhi`, { failure: "not_http" }],
  ["two spaces after the version", "HTTP/1.1  200 OK\r\n\r\n", { failure: "bad_status_line" }],
  ["a space in the version", "HTTP/1. 1 200 OK\r\n\r\n", { failure: "bad_status_line" }],
  ["a tab after the status", "HTTP/1.1 200\tOK\r\n\r\n", { failure: "bad_status_line" }],
  ["a control character in a reason", "HTTP/1.1 200 O\x07K\r\n\r\n", { failure: "bad_status_line" }],
  ["DEL in a reason", "HTTP/1.1 200 O\x7fK\r\n\r\n", { failure: "bad_status_line" }],
  ["a garbled status line of an interim answer", `HTTP/1.1  100 Continue\r\n\r\n${OK}\r\n`, {
    failure: "bad_status_line",
  }],
  ["a space before the colon", `${OK}Content-Length : 2\r\n\r\nhi`, { failure: "bad_header" }],
  ["a tab before the colon", `${OK}X-A\t: 2\r\n\r\nhi`, { failure: "bad_header" }],
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
  ["a length of 2^53", `${OK}Content-Length: 9007199254740992\r\n\r\n`, { failure: "bad_length" }],
  ["length with chunked", `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n`, {
    failure: "bad_length",
  }],
  ["chunked before another coding", `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n`, {
    failure: "bad_transfer_coding",
  }],
  ["chunked twice", `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`, {
    failure: "bad_transfer_coding",
  }],
  ["chunked with a parameter", `${OK}Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n`, {
    failure: "bad_transfer_coding",
  }],
  ["words for a coding", `${OK}Transfer-Encoding: very chunked\r\n\r\n0\r\n\r\n`, {
    failure: "bad_transfer_coding",
  }],
  ["a coding with a parameter without a value", `${OK}Transfer-Encoding: gzip;q\r\n\r\nzz`, {
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
  ["a bare CR in a reason", "HTTP/1.1 200 O\rK\r\n\r\n", { failure: "bad_status_line" }],
  ["NUL in a reason", "HTTP/1.1 200 O\0K\r\n\r\n", { failure: "bad_status_line" }],
  ["a tab after the version", "HTTP/1.1\t200 OK\r\n\r\n", { failure: "bad_status_line" }],
  ["a lower-case version", "http/1.1 200 OK\r\n\r\n", { failure: "not_http" }],
  ["a length with another coding", `${OK}Content-Length: 2\r\nTransfer-Encoding: gzip\r\n\r\nhi`, {
    failure: "bad_length",
  }],
  ["a trailer without a colon", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nnonsense\r\n\r\n`, {
    failure: "bad_header",
  }],
  ["a trailer without a name", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n: x\r\n\r\n`, {
    failure: "bad_header",
  }],
  ["a space in a trailer's name", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nA B: x\r\n\r\n`, {
    failure: "bad_header",
  }],
  ["NUL in a trailer", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nA: \0\r\n\r\n`, {
    failure: "bad_header",
  }],
  ["a bare CR in a trailer", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nA: x\ry\r\n\r\n`, {
    failure: "bad_header",
  }],
  ["a fold before any trailer", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n x\r\n\r\n`, {
    failure: "bad_header",
  }],
  ["another answer in place of trailers", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 200 OK\r\n`, {
    failure: "bad_header",
  }],
  ["a head without end", OK + "A: b\r\n".repeat(400), { failure: "head_too_large" }],
  ["a line without end", OK + "A".repeat(2000), { failure: "head_too_large" }],
  ["a space before a trailer's colon", `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nX-T :1\n\n`, {
    failure: "bad_header",
  }],
  ...[
    ["words behind a size", "2 erf"],
    ["a word without a semicolon behind a size", "2\ta=b"],
    ["an empty extension", "2;"],
    ["an empty extension with a blank", "2 ; "],
    ["an empty extension before another", "2;;a"],
    ["an empty extension behind another", "2;a=b;"],
    ["an extension with a value alone", "2;=b"],
    ["an extension with an empty value", "2;a="],
    ["an extension with an empty value before another", "2;a=;b"],
    ["an extension with two values", "2;a=b=c"],
    ["an extension with a space in its name", "2;a b"],
    ["an extension with a space in its value", "2;a=b c"],
    ["an extension with a slash in its name", "2;a/b"],
    ["an extension with a control character in its name", "2;a\x01"],
    ["an extension with NUL in its value", "2;a=\0"],
    ["an extension with a quoted name", '2;"a"=b'],
    ["an extension with text behind its quotes", '2;a="b"c'],
    ["an extension with quotes inside its value", '2;a=b"c"'],
    ["an extension with quotes that do not end", '2;a="b'],
    ["an extension with a last quote that is escaped", '2;a="b\\"'],
    ["an extension with a control character in quotes", '2;a="\x07"'],
    ["an extension of the last chunk without a name", "2\r\nhi\r\n0;"],
    ["a control character behind a size", "2\x00"],
    ["a semicolon without a size", ";a=b"],
    ["an underscore in a size", "0_2"],
  ].map(([claim, size]): readonly [string, string, Partial<Parsed>] => [
    claim!,
    `${OK}Transfer-Encoding: chunked\r\n\r\n${size}\r\nhi\r\n0\r\n\r\n`,
    { failure: "bad_chunk" },
  ]),
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
