/** Servers that send for ever, or slower than the timeout. */
import { response } from "../../_support/raw_server.ts";
import { sends, sendsForEver, SHORT_MS, tortureTest } from "./_behaviour.ts";
import { pause } from "../../_support/wait.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const MUCH = "x".repeat(64 * 1024);
const timeoutMs = SHORT_MS;

/** Between bytes of a drip; many of them fit into the timeout, whose end they must not move. */
const DRIP_MS = 50;

tortureTest("never come to an end", [
  {
    title: "sends header fields for ever",
    response: sendsForEver(OK, "X-Again: and again\r\n".repeat(1000)),
    end: "head_too_large",
  },
  {
    title: "sends one header line for ever",
    response: sendsForEver(`${OK}X: `, MUCH),
    end: "head_too_large",
  },
  { title: "sends a reason for ever", response: sendsForEver("HTTP/1.1 200 ", MUCH), end: "head_too_large" },
  {
    title: "folds a line for ever",
    response: sendsForEver(`${OK}X: a\r\n`, " more\r\n".repeat(1000)),
    end: "head_too_large",
  },
  {
    title: "sends empty lines for ever",
    response: sendsForEver("\r\n", "\r\n".repeat(1000)),
    end: "not_http",
  },
  {
    title: "sends interim answers for ever",
    response: sendsForEver("", "HTTP/1.1 100 Continue\r\n\r\n"),
    end: "too_many_interim",
  },
  {
    title: "sends large interim answers for ever",
    response: sendsForEver("", `HTTP/1.1 103 Hints\r\nLink: ${"x".repeat(30_000)}\r\n\r\n`),
    end: "head_too_large",
  },
  {
    title: "sends trailers for ever",
    response: sendsForEver(`${CHUNKED}0\r\n`, "X: y\r\n".repeat(1000)),
    end: "head_too_large",
  },
  {
    title: "sends a trailer for ever",
    response: sendsForEver(`${CHUNKED}0\r\nX: `, MUCH),
    end: "head_too_large",
  },
  {
    title: "sends a chunk extension for ever",
    response: sendsForEver(`${CHUNKED}1;`, MUCH),
    end: "head_too_large",
  },
  {
    title: "sends small extensions for ever",
    response: sendsForEver(CHUNKED, "1;a=bcdefghijklm\r\nx\r\n".repeat(500)),
    end: "head_too_large",
  },
  { title: "sends a chunk size for ever", response: sendsForEver(CHUNKED, "000000"), end: "bad_chunk" },
  {
    title: "sends chunks for ever",
    response: sendsForEver(CHUNKED, `10000\r\n${MUCH}\r\n`),
    end: "timeout",
    timeoutMs,
  },
  {
    title: "sends chunks of a byte for ever",
    response: sendsForEver(CHUNKED, "1\r\nx\r\n".repeat(1000)),
    end: "timeout",
    timeoutMs,
  },
  {
    title: "sends a body without a length for ever",
    response: sendsForEver(`${OK}\r\n`, MUCH),
    end: "timeout",
    timeoutMs,
  },
  {
    title: "sends a body of 2^53 − 1 bytes",
    response: sendsForEver(`${OK}Content-Length: 9007199254740991\r\n\r\n`, MUCH),
    end: "timeout",
    timeoutMs,
  },
]);

tortureTest("are slower than the timeout", [
  { title: "never answers", response: () => {}, end: "timeout", timeoutMs },
  {
    title: "never reads a large upload",
    // What the system holds is all that it ever takes.
    accept: (connection) => connection.stopReading(3 * SHORT_MS),
    step: { method: "PUT", body: { kind: "text", text: "x".repeat(10_000_000) } },
    end: "timeout",
    seen: 4,
    // Uploads that are read must come through on a busy machine.
    timeoutMs: 1.5 * SHORT_MS,
  },
  { title: "stops inside the status line", response: sends("HTTP/1.1 2"), end: "timeout", timeoutMs },
  { title: "stops inside the head", response: sends(`${OK}X: `), end: "timeout", timeoutMs },
  {
    title: "stops behind the head",
    response: sends(`${OK}Content-Length: 3\r\n\r\n`),
    end: "timeout",
    timeoutMs,
  },
  {
    title: "stops inside the body",
    response: sends(`${OK}Content-Length: 3\r\n\r\nab`),
    end: "timeout",
    timeoutMs,
  },
  { title: "stops inside a chunk", response: sends(`${CHUNKED}3\r\nab`), end: "timeout", timeoutMs },
  {
    title: "stops behind an interim answer",
    response: sends("HTTP/1.1 100 C\r\n\r\n"),
    end: "timeout",
    timeoutMs,
  },
  {
    title: "keeps a body without a length open",
    response: sends(`${OK}\r\nall of it`),
    end: "timeout",
    timeoutMs,
  },
  { title: "drips its head", response: sendsForEver(`${OK}X: `, "x", DRIP_MS), end: "timeout", timeoutMs },
  {
    title: "drips header fields",
    response: sendsForEver(OK, "A: b\r\n", DRIP_MS),
    end: "timeout",
    timeoutMs,
  },
  { title: "drips empty lines", response: sendsForEver("", "\r\n", DRIP_MS), end: "not_http", timeoutMs },
  {
    title: "drips a body with a length",
    response: sendsForEver(`${OK}Content-Length: 1000000\r\n\r\n`, "x", DRIP_MS),
    end: "timeout",
    timeoutMs,
  },
  {
    title: "drips a body without one",
    response: sendsForEver(`${OK}\r\n`, "x", DRIP_MS),
    end: "timeout",
    timeoutMs,
  },
  {
    title: "drips chunks",
    response: sendsForEver(CHUNKED, "1\r\nx\r\n", DRIP_MS),
    end: "timeout",
    timeoutMs,
  },
  {
    title: "drips an extension",
    response: sendsForEver(`${CHUNKED}1;`, "x", DRIP_MS),
    end: "timeout",
    timeoutMs,
  },
  {
    title: "drips trailers",
    response: sendsForEver(`${CHUNKED}0\r\n`, "A: b\r\n", DRIP_MS),
    end: "timeout",
    timeoutMs,
  },
  {
    title: "answers when the timeout is over",
    // The late answer must not be taken for that to a later request: its status would show.
    response: async (connection) => {
      await pause(1.2 * SHORT_MS);
      await connection.send(response("late", { status: "500 Late" }));
    },
    end: "timeout",
    timeoutMs,
  },
  {
    title: "drips a whole answer, in time",
    response: (connection) => connection.sendInPieces(response("slow but sure")),
    end: "ok",
    bodyBytes: 26,
  },
  {
    title: "drips whole chunks, in time",
    response: (connection) => connection.sendInPieces(`${CHUNKED}3;x=y\r\nabc\r\n0\r\nX: y\r\n\r\n`),
    end: "ok",
    bodyBytes: 6,
  },
  {
    title: "takes its time between head and body",
    response: async (connection) => {
      await connection.send(`${OK}Content-Length: 3\r\n\r\n`);
      await pause(100);
      await connection.send("abc");
    },
    end: "ok",
    bodyBytes: 6,
  },
]);
