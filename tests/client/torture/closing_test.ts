/** Servers that close and reset connections at every moment. */
import { type Behaviour, sends, sendsAndCloses, sendsAndResets, tortureTest } from "./_behaviour.ts";
import { response } from "../../_support/raw_server.ts";
import { settle } from "../../_support/wait.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** Where an answer can break off. Nothing at all on a used connection is sent anew, since it may have been idle. */
const STAGES: readonly (readonly [where: string, bytes: string])[] = [
  ["after one byte", "H"],
  ["inside the version", "HTTP/1."],
  ["inside the status", "HTTP/1.1 20"],
  ["inside the reason", "HTTP/1.1 200 O"],
  ["between CR and LF of the status line", "HTTP/1.1 200 OK\r"],
  ["behind the status line", OK],
  ["inside a field name", `${OK}Content-Le`],
  ["inside a field value", `${OK}Content-Length: 1`],
  ["before the empty line", `${OK}Content-Length: 10\r\n`],
  ["inside the empty line", `${OK}Content-Length: 10\r\n\r`],
  ["behind the head", `${OK}Content-Length: 10\r\n\r\n`],
  ["one byte short of the body's end", `${OK}Content-Length: 10\r\n\r\n123456789`],
  ["behind a chunked head", CHUNKED],
  ["inside a chunk size", `${CHUNKED}1`],
  ["inside a chunk extension", `${CHUNKED}10;a=`],
  ["behind a chunk size", `${CHUNKED}5\r\n`],
  ["inside a chunk", `${CHUNKED}5\r\nhel`],
  ["behind a chunk's data", `${CHUNKED}5\r\nhello`],
  ["between chunks", `${CHUNKED}5\r\nhello\r\n`],
  ["inside the last chunk", `${CHUNKED}5\r\nhello\r\n0`],
  ["before the trailers", `${CHUNKED}5\r\nhello\r\n0\r\n`],
  ["inside a trailer", `${CHUNKED}5\r\nhello\r\n0\r\nX-Sum: 1`],
  ["before the last empty line", `${CHUNKED}5\r\nhello\r\n0\r\nX-Sum: 1\r\n`],
  ["behind an interim answer", "HTTP/1.1 100 Continue\r\n\r\n"],
  ["inside a second interim answer", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Ea"],
];

tortureTest("close too early", [
  ...STAGES.map(([where, bytes]): Behaviour => ({
    title: `closes ${where}`,
    response: sendsAndCloses(bytes),
    end: "truncated",
  })),
  {
    title: "closes without a byte",
    response: (connection) => connection.end(),
    end: ["no_response", "ok"],
  },
  {
    title: "closes without a byte, towards POST",
    response: (connection) => connection.end(),
    step: { method: "POST", body: { kind: "text", text: "once" } },
    end: "no_response",
  },
]);

tortureTest("reset", [
  ...STAGES.map(([where, bytes]): Behaviour => ({
    title: `resets ${where}`,
    response: sendsAndResets(bytes),
    end: "connection_reset",
  })),
  {
    title: "resets without a byte",
    response: (connection) => connection.reset(),
    end: ["connection_reset", "ok"],
  },
  {
    title: "resets without a byte, towards POST",
    response: (connection) => connection.reset(),
    step: { method: "POST", body: { kind: "text", text: "once" } },
    end: "connection_reset",
  },
  {
    title: "resets inside a body that ends with the connection",
    response: sendsAndResets(`${OK}\r\nuntil the e`),
    end: "connection_reset",
  },
]);

tortureTest("treat connections in their own way", [
  {
    title: "closes as soon as it has accepted",
    accept: (connection) => connection.end(),
    end: "no_response",
  },
  {
    title: "resets as soon as it has accepted",
    accept: (connection) => connection.reset(),
    end: "connection_reset",
    seen: 4,
  },
  {
    title: "closes behind a whole answer without a word",
    response: sendsAndCloses(response("unannounced")),
    end: "ok",
    bodyBytes: 22,
  },
  {
    title: "resets behind a whole answer without a word",
    response: sendsAndResets(response("unannounced")),
    end: "ok",
    bodyBytes: 22,
  },
  {
    title: "announces the end and closes",
    response: sendsAndCloses(response("bye", { headers: ["Connection: close"] })),
    end: "ok",
    bodyBytes: 6,
  },
  {
    title: "announces the end and keeps the connection open",
    response: sends(response("bye", { headers: ["Connection: close"] })),
    end: "ok",
  },
  {
    title: "announces the end among other options, in capitals",
    response: sends(response("bye", { headers: ["Connection: x, CLOSE"] })),
    end: "ok",
  },
  {
    title: "says both keep-alive and close",
    response: sends(response("bye", { headers: ["Connection: keep-alive", "Connection: close"] })),
    end: "ok",
  },
  {
    title: "promises to stay and closes",
    response: sendsAndCloses(
      response("bye", { headers: ["Connection: keep-alive", "Keep-Alive: timeout=60"] }),
    ),
    end: "ok",
  },
  {
    title: "announces the end behind chunks",
    response: sendsAndCloses(
      `${OK}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
    ),
    end: "ok",
    bodyBytes: 4,
  },
  {
    title: "ends the body with the connection",
    response: sendsAndCloses(`${OK}\r\nall of it`),
    end: "ok",
    bodyBytes: 18,
  },
  {
    title: "ends an empty body with the connection",
    response: sendsAndCloses(`${OK}\r\n`),
    end: "ok",
    bodyBytes: 0,
  },
  {
    title: "speaks HTTP/1.0 and closes",
    response: sendsAndCloses("HTTP/1.0 200 OK\r\n\r\nold"),
    end: "ok",
    bodyBytes: 6,
  },
  {
    title: "speaks HTTP/1.0 with a length and stays open",
    response: sends("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold"),
    end: "ok",
    bodyBytes: 6,
  },
  {
    title: "speaks HTTP/1.0 and keeps the connection",
    response: sends("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nold"),
    end: "ok",
    bodyBytes: 6,
  },
  {
    title: "answers 503 and closes",
    response: sendsAndCloses(response("busy", { status: "503 Busy", headers: ["Connection: close"] })),
    end: "HTTP 503",
  },
  {
    title: "answers a large upload before it has read it, and closes",
    response: async (connection) => {
      await connection.send(
        response("too large", { status: "413 Too Large", headers: ["Connection: close"] }),
      );
      await settle(20);
      connection.end();
    },
    step: { method: "PUT", body: { kind: "text", text: "x".repeat(3_000_000) } },
    end: "HTTP 413",
  },
]);
