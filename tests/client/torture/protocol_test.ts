/** Servers that do not speak HTTP/1.x, or badly. */
import { response } from "../../_support/raw_server.ts";
import { type Behaviour, type End, sends, sendsAndCloses, tortureTest } from "./_behaviour.ts";

const OK = "HTTP/1.1 200 OK\r\n";

/** Sends an answer that keeps the connection. */
function row(title: string, bytes: string | Uint8Array, end: End, more: Partial<Behaviour> = {}): Behaviour {
  return { title, response: sends(bytes), end, ...more };
}

tortureTest("do not speak HTTP/1.x", [
  row("answers in HTTP/0.9", "<html>hello</html>\n", "not_http"),
  row("answers in HTTP/0.9 with one letter", "x", "not_http"),
  { title: "answers in HTTP/0.9 and closes", response: sendsAndCloses("<html>\n"), end: "not_http" },
  row("greets as SSH", "SSH-2.0-OpenSSH_9.2\r\n", "not_http"),
  row("greets as SMTP", "220 mail.example ESMTP\r\n", "not_http"),
  row("greets as Redis", "-ERR unknown command 'GET'\r\n", "not_http"),
  row("answers as Shoutcast", "ICY 200 OK\r\n\r\n", "not_http"),
  row("answers as RTSP", "RTSP/1.0 200 OK\r\n\r\n", "not_http"),
  row(
    "answers with HTTP/2 frames",
    new Uint8Array([0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 128]),
    "not_http",
  ),
  row("says HTTP/2.0", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", "not_http"),
  row("says HTTP/3", "HTTP/3 200\r\n\r\n", "not_http"),
  row("echoes the request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "not_http"),
  row("sends random bytes", Uint8Array.from({ length: 500 }, (_, i) => (i * 197 + 13) % 256), "not_http"),
  row("sends zeros", new Uint8Array(2000), "not_http"),
  row("sends a TLS alert", new Uint8Array([21, 3, 3, 0, 2, 2, 40]), "not_http"),
  row("sends UTF-16", "\xff\xfeH\0T\0T\0P\0", "not_http"),
  row("sends a byte order mark first", "\xef\xbb\xbfHTTP/1.1 200 OK\r\n\r\n", "not_http"),
  row("sends a space first", ` ${OK}Content-Length: 0\r\n\r\n`, "not_http"),
  row("sends JSON", '{"status":200}', "not_http"),
  row("sends the body of the answer before this one", "fine", "not_http"),
]);

tortureTest("garble the status line", [
  row("writes http in lower case", "http/1.1 200 OK\r\n\r\n", "not_http"),
  row("leaves the minor version out", "HTTP/1 200 OK\r\n\r\n", "not_http"),
  row("has a minor version of two digits", "HTTP/1.10 200 OK\r\n\r\n", "bad_status_line"),
  row("has a tab behind the version", "HTTP/1.1\t200 OK\r\n\r\n", "bad_status_line"),
  row("leaves the status out", "HTTP/1.1 \r\n\r\n", "bad_status_line"),
  row("has a word for a status", "HTTP/1.1 OK\r\n\r\n", "bad_status_line"),
  row("has a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "bad_status_line"),
  row("has a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "bad_status_line"),
  row("has a negative status", "HTTP/1.1 -20 OK\r\n\r\n", "bad_status_line"),
  row("has status 000", "HTTP/1.1 000 OK\r\n\r\n", "bad_status_line"),
  row("has a bare CR in the reason", "HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n", "bad_status_line"),
  row("has NUL in the reason", "HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n", "bad_status_line"),
  row("leaves the reason out", response("x", { status: "200" }), "ok", { bodyBytes: 2 }),
  row(
    "has two spaces before the status",
    "HTTP/1.1  200 OK\r\nContent-Length: 1\r\n\r\nx",
    "bad_status_line",
  ),
  row("has spaces before the reason", "HTTP/1.1 200   OK\r\nContent-Length: 1\r\n\r\nx", "ok", {
    bodyBytes: 2,
  }),
  row("has a control character in the reason", "HTTP/1.1 200 O\x01K\r\n\r\n", "bad_status_line"),
  row(
    "has bytes above 127 in the reason",
    new TextEncoder().encode(response("x", { status: "200 Schön" })),
    "ok",
  ),
  row("says HTTP/1.9", "HTTP/1.9 200 OK\r\nContent-Length: 1\r\n\r\nx", "ok"),
  row("sends an empty line first", `\r\n${response("x")}`, "not_http"),
  row("has status 599", response("x", { status: "599 Odd" }), "HTTP 599"),
  row("has status 999", response("x", { status: "999 Odder" }), "HTTP 999"),
]);

tortureTest("garble header fields", [
  row("leaves the colon out", `${OK}Nonsense\r\nContent-Length: 0\r\n\r\n`, "bad_header"),
  row("has a field without a name", `${OK}: x\r\nContent-Length: 0\r\n\r\n`, "bad_header"),
  row("has a control character in a name", `${OK}X\x07Y: x\r\nContent-Length: 0\r\n\r\n`, "bad_header"),
  row("has a space in a name", `${OK}X Y: x\r\nContent-Length: 0\r\n\r\n`, "bad_header"),
  row("has a letter above 127 in a name", `${OK}Gr\xf6\xdfe: x\r\nContent-Length: 0\r\n\r\n`, "bad_header"),
  row("has brackets in a name", `${OK}X(1): x\r\nContent-Length: 0\r\n\r\n`, "bad_header"),
  row("has NUL in a value", `${OK}X: a\0b\r\nContent-Length: 0\r\n\r\n`, "bad_header"),
  row("has a bare CR in a value", `${OK}X: a\rY: b\r\nContent-Length: 0\r\n\r\n`, "bad_header"),
  row("begins with a folded line", `${OK} folded\r\nContent-Length: 0\r\n\r\n`, "bad_header"),
  row("folds the length", `${OK}Content-Length: 1\r\n 0\r\n\r\n0123456789`, "bad_header"),
  row("folds the coding", `${OK}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`, "bad_header"),
  row("folds another field", `${OK}X: a\r\n\tb\r\nContent-Length: 1\r\n\r\nx`, "ok", { bodyBytes: 2 }),
  row("has a space before the colon", `${OK}Content-Length : 1\r\n\r\nx`, "bad_header"),
  row("ends lines with LF alone", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", "ok", { bodyBytes: 2 }),
  row("has a control character in a value", `${OK}X: a\x01\x1b[2J\r\nContent-Length: 1\r\n\r\nx`, "ok"),
  row("has a value above 127", `${OK}X: \xff\xfe\r\nContent-Length: 1\r\n\r\nx`, "ok"),
  row("has an empty value", `${OK}X:\r\nContent-Length: 1\r\n\r\nx`, "ok"),
  row("has five hundred fields", `${OK}${"X-Many: 1\r\n".repeat(500)}Content-Length: 1\r\n\r\nx`, "ok"),
  row("has a head of 60 KB", `${OK}X: ${"a".repeat(60_000)}\r\nContent-Length: 1\r\n\r\nx`, "ok"),
  row("has a head of 70 KB", `${OK}X: ${"a".repeat(70_000)}\r\nContent-Length: 1\r\n\r\nx`, "head_too_large"),
]);
