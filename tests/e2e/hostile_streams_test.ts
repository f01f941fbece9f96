/** Streams as no server should send them, by the real command: a named failure or the right numbers for each, over all sockets. */
import { gzipSync } from "node:zlib";
import { assertEquals, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { MODEL_APIS } from "../../src/client/options/model_apis.ts";
import { program } from "../_support/program.ts";
import { type RawConnection, type RawRequest, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause } from "../_support/wait.ts";

/** What a step's section of the JSON result must say. */
interface Expected {
  readonly events?: number;
  readonly broken?: number;
  readonly broken_events?: number;
  readonly timed_out?: number;
  readonly events_together?: number;
  readonly output?: number;
  readonly unreadable_events?: number;
  /** The failure that the request is; absent: none. */
  readonly failure?: string;
  /** Part of what is told of it: of the first one of its kind. */
  readonly found?: string;
}

/** One behaviour. */
interface Behaviour {
  readonly name: string;
  /** Sends what comes behind the request; the connection is closed after that. */
  readonly serve: (connection: RawConnection) => void | Promise<void>;
  /** The step's `stream`; absent: with tokens. */
  readonly stream?: string;
  /** Absent: long enough for a busy machine. */
  readonly timeoutSec?: number;
  readonly expected: Expected;
}

const TOKENS = '{ kind: sse, tokens: "$.choices[0].delta.content", token_count: $.usage.completion_tokens }';
const SSE = "sse";
const bytes = (text: string) => new TextEncoder().encode(text);
/** A response whose end is that of the connection. */
const head = (type = "text/event-stream", ...more: readonly string[]) =>
  [`HTTP/1.1 200 OK`, `Content-Type: ${type}`, "Connection: close", ...more, "", ""].join("\r\n");
const CHUNKED = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const chunk = (text: string) => `${bytes(text).length.toString(16)}\r\n${text}\r\n`;
const token = (text: string) => `data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`;
const USAGE = `data: ${JSON.stringify({ choices: [], usage: { completion_tokens: 7 } })}\n\n`;
const MEBIBYTE = 1_048_576;

/** Sends so many MiB of the same. */
async function flood(connection: RawConnection, mebibytes: number, text: string): Promise<void> {
  const piece = bytes(text.repeat(Math.ceil(MEBIBYTE / text.length)));
  for (let i = 0; i < mebibytes; i++) await connection.send(piece);
}

/** Sends pieces that come in reads of their own. */
async function inPieces(connection: RawConnection, ...pieces: readonly (string | Uint8Array)[]) {
  for (const piece of pieces) {
    await connection.send(piece);
    await pause(15);
  }
}

const BEHAVIOURS: readonly Behaviour[] = [
  {
    name: "an event that never ends",
    serve: async (to) => {
      await to.send(head() + token("a"));
      await flood(to, 10, `data: ${"x".repeat(1000)}\n`);
    },
    expected: { events: 1, output: 1 },
  },
  {
    name: "a line of 100 MB",
    serve: async (to) => {
      await to.send(`${head()}data: `);
      await flood(to, 100, "x");
      await to.send(`\n\n${token("a")}`);
    },
    expected: { events: 2, output: 1, unreadable_events: 1 },
  },
  {
    name: "a line of JSON without end",
    stream: "{ kind: ndjson, tokens: $.t }",
    serve: async (to) => {
      await to.send(`${head("application/x-ndjson")}{"t":"a"}\n{"t":"`);
      await flood(to, 5, "x");
    },
    expected: { events: 2, output: 1, unreadable_events: 1 },
  },
  {
    name: "UTF-8 that is cut between reads",
    serve: (to) => {
      const all = bytes(token("héé😀"));
      const cut = all.indexOf(0xf0) + 2;
      return inPieces(to, head(), all.subarray(0, cut), all.subarray(cut), USAGE);
    },
    expected: { events: 2, output: 7 },
  },
  {
    name: "bytes that are no UTF-8",
    serve: async (to) => {
      await to.send(head());
      const event = bytes(token("x?x"));
      event[event.indexOf(0x3f)] = 0xff;
      await to.send(event);
    },
    expected: { events: 1, output: 1 },
  },
  {
    name: "LF, CR LF and CR, cut between reads",
    serve: (to) =>
      inPieces(
        to,
        head(),
        "data: 1\r",
        "\n\r",
        "\ndata: 2\r\rdata: 3\n\r",
        "\ndata: 4\n",
        "\r\ndata: 5\r",
        "\r",
      ),
    stream: SSE,
    expected: { events: 5 },
  },
  {
    name: "counts of tokens that are none",
    serve: async (to) => {
      const counts = ["1e300", "-5", "2.5", "0", '"9"', "null"];
      const usage = counts.map((count) => `data: {"choices":[],"usage":{"completion_tokens":${count}}}\n\n`);
      await to.send(head() + token("a") + token("b") + usage.join(""));
    },
    expected: { events: 8, output: 2 },
  },
  {
    name: "a model that thinks aloud",
    stream: `{ kind: sse, tokens: "${MODEL_APIS.openai.tokens}" }`,
    serve: async (to) => {
      const deltas = [
        '{"reasoning_content":"a"}',
        '{"content":"","reasoning_content":"b"}',
        '{"content":null,"reasoning":"c"}',
        '{"content":"d","reasoning_content":null}',
        '{"role":"assistant","content":""}',
      ];
      await to.send(head() + deltas.map((delta) => `data: {"choices":[{"delta":${delta}}]}\n\n`).join(""));
    },
    expected: { events: 5, output: 4 },
  },
  {
    name: "a byte order mark",
    serve: (to) => inPieces(to, head(), Uint8Array.of(0xef), Uint8Array.of(0xbb, 0xbf), token("a")),
    expected: { events: 1, output: 1 },
  },
  {
    name: "gzip that nobody asked for",
    serve: async (to) => {
      await to.send(head("text/event-stream", "Content-Encoding: gzip"));
      await to.send(new Uint8Array(gzipSync(token("a").repeat(50))));
    },
    expected: { events: 0, output: 0, failure: "stream_coded", found: "gzip" },
  },
  {
    name: "cut in the middle of an event",
    serve: (to) => inPieces(to, CHUNKED, chunk(token("a")), chunk(token("b")), chunk("data: {").slice(0, -4)),
    expected: { events: 2, output: 2, broken: 1, broken_events: 2, failure: "truncated" },
  },
  {
    name: "closed before the last event's empty line",
    serve: (to) => to.send(`${head()}data: 1\n\ndata: 2`),
    stream: SSE,
    // As the standard has it: an event that is not ended by an empty line is none.
    expected: { events: 1 },
  },
  {
    name: "what is no JSON where tokens are looked for",
    serve: (to) => to.send(`${head()}data: hello\n\ndata: {"choices"\n\n${token("a")}data: [DONE]\n\n`),
    expected: { events: 4, output: 1, unreadable_events: 2 },
  },
  {
    name: "JSON of another shape",
    serve: (to) =>
      to.send(`${head()}data: []\n\ndata: null\n\ndata: 7\n\ndata: {"choices":{}}\n\n${token("a")}`),
    expected: { events: 5, output: 1, unreadable_events: 0 },
  },
  {
    name: "no [DONE] at the end",
    serve: (to) => to.send(head() + token("a") + token("b")),
    expected: { events: 2, output: 2 },
  },
  {
    name: "[DONE] alone",
    serve: (to) => to.send(`${head()}data: [DONE]\n\n`),
    expected: { events: 1, output: 0, unreadable_events: 0 },
  },
  {
    name: "a stream with another content type",
    serve: (to) => to.send(head("text/plain; charset=utf-8") + token("a") + token("b")),
    expected: { events: 2, output: 2 },
  },
  {
    name: "an error as JSON with status 200",
    serve: (to) => to.send(`${head("application/json")}{"error":{"message":"no such model"}}`),
    expected: { events: 0, output: 0, failure: "stream_empty", found: "no such model" },
  },
  {
    name: "a page of HTML with status 200",
    serve: (to) => to.send(`${head("text/html")}<h1>Sign in</h1>`),
    expected: { events: 0, failure: "stream_empty" },
  },
  {
    name: "a page where events alone are asked for",
    serve: (to) => to.send(`${head("text/html")}<h1>Sign in</h1>`),
    stream: SSE,
    expected: { events: 0 },
  },
  {
    name: "an error in the middle of a stream",
    serve: (to) =>
      inPieces(
        to,
        head() + token("a"),
        'data: {"error":{"message":"out of memory","code":500}}\n\n',
        token("b"),
      ),
    expected: {
      ...{ events: 3, output: 2, broken: 1, broken_events: 3 },
      ...{ failure: "stream_error", found: "out of memory" },
    },
  },
  {
    name: "an event of type error",
    serve: (to) => to.send(`${head()}event: error\ndata: {"type":"error","error":{"type":"overloaded"}}\n\n`),
    expected: {
      events: 1,
      output: 0,
      broken: 1,
      broken_events: 1,
      failure: "stream_error",
    },
  },
  {
    name: "a chunk size that says too little",
    serve: (to) => inPieces(to, CHUNKED + chunk(token("a")), "3\r\ndata: 1\n\n\r\n"),
    expected: { events: 1, broken: 1, broken_events: 1, failure: "bad_chunk" },
  },
  {
    name: "a chunk size that says too much",
    serve: (to) => inPieces(to, CHUNKED + chunk(token("a")), `ffff\r\n${token("b")}\r\n`),
    expected: { events: 2, broken: 1, broken_events: 2, failure: "truncated" },
  },
  {
    name: "a chunk size that is none",
    serve: (to) => inPieces(to, CHUNKED + chunk(token("a")), `-5\r\n${token("b")}\r\n`),
    expected: { events: 1, broken: 1, broken_events: 1, failure: "bad_chunk" },
  },
  {
    name: "a length that is not kept",
    serve: (to) => to.send(head("text/event-stream", "Content-Length: 5000") + token("a")),
    expected: { events: 1, broken: 1, broken_events: 1, failure: "truncated" },
  },
  {
    name: "silence from the start",
    serve: (to) => to.closed,
    timeoutSec: 0.5,
    expected: { events: 0, output: 0, failure: "timeout" },
  },
  {
    name: "silence after the head",
    serve: async (to) => {
      await to.send(CHUNKED);
      await to.closed;
    },
    timeoutSec: 1,
    expected: { events: 0, output: 0, failure: "timeout" },
  },
  {
    name: "comments for ever, and no event",
    serve: async (to) => {
      let isOpen = true;
      to.closed.then(() => isOpen = false);
      await to.send(CHUNKED);
      while (isOpen) await inPieces(to, chunk(": still here\n\n"));
    },
    timeoutSec: 1,
    expected: { events: 0, output: 0, failure: "timeout" },
  },
  {
    name: "silence after two events",
    serve: async (to) => {
      await to.send(CHUNKED + chunk(token("a")) + chunk(token("b")));
      await to.closed;
    },
    timeoutSec: 2,
    expected: { events: 2, output: 2, broken: 1, broken_events: 2, timed_out: 1, failure: "timeout" },
  },
  {
    name: "200 events in one packet",
    serve: (to) => to.send(head() + token("a").repeat(200)),
    expected: { events: 200, output: 200 },
  },
  {
    name: "an event in packets of a byte",
    serve: async (to) => {
      await to.send(head());
      await to.sendInPieces(token("ab"));
    },
    expected: { events: 1, output: 1 },
  },
  {
    name: "a head alone",
    serve: (to) => to.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
    expected: { events: 0, output: 0 },
  },
  {
    name: "a body of nothing",
    serve: (to) => to.send(head("text/event-stream", "Content-Length: 0")),
    expected: { events: 0, output: 0, failure: "stream_empty" },
  },
  {
    name: "an error status that streams",
    serve: (to) => to.send(head().replace("200 OK", "503 Busy") + token("a")),
    expected: { events: 0, output: 0, failure: "HTTP 503" },
  },
];

/** What a behaviour is expected to make of a step's section. */
function told(section: Record<string, unknown>, expected: Expected, found: Record<string, string>): Expected {
  const { event_streams: streams = {}, tokens = {} } = section as Record<string, Record<string, number>>;
  const [failure] = Object.keys(section.error_types ?? {});
  const example = failure === undefined ? undefined : found[failure];
  return Object.fromEntries(
    Object.keys({ ...expected, failure, broken: 0 }).filter((key) => key !== "found").map((key) => [
      key,
      key === "failure" ? failure : streams[key] ?? tokens[key] ?? 0,
    ]).filter(([, value]) => value !== undefined).concat(
      expected.found === undefined
        ? []
        : [["found", example?.includes(expected.found) ? expected.found : example]],
    ),
  );
}

Deno.test("hostile streams: each has its name over all sockets, and memory stays bounded", async () => {
  const serve = async (connection: RawConnection, { head }: RawRequest) => {
    const number = Number(/ \/(\d+) /.exec(head)?.[1]);
    await BEHAVIOURS[number]!.serve(connection);
    connection.end();
  };
  await using server = await startRawServer(serve);
  await Promise.all(
    (Deno.build.os === "linux" ? ["native", "platform"] : ["platform"]).map((sockets) =>
      meetAll(server.origin, sockets)
    ),
  );
});

async function meetAll(origin: string, sockets: string): Promise<void> {
  await using temp = await tempDir();
  const [file, json] = [`${temp.path}/hostile.yaml`, `${temp.path}/r.json`];
  const steps = BEHAVIOURS.map(({ name, stream = TOKENS, timeoutSec = 60 }, i) =>
    `  - { path: /${i}, name: ${JSON.stringify(name)}, timeout: ${timeoutSec}s, stream: ${stream} }`
  );
  await Deno.writeTextFile(file, `base_url: ${origin}\nsteps:\n${steps.join("\n")}\n`);
  const words = ["--sockets", sockets, "--scenario", file, "--iterations", "1", "-c", "1", "--json", json];
  const { code, out, err } = await program([...words, "--full"]);
  assertEquals([code, err], [0, ""], out);
  const result = JSON.parse(await Deno.readTextFile(json));
  for (const { name, expected } of BEHAVIOURS) {
    const section = result.step_stats[name];
    const whole = { broken: 0, ...expected };
    assertEquals(
      told(section, whole, result.error_found),
      whole,
      `${sockets}: ${name}\n${JSON.stringify(section)}`,
    );
  }
  assertStringIncludes(out.replace(/\s+/g, " "), "ended by their timeout after they had begun");
  assertLessOrEqual(result.client_health.peak_memory_bytes, 300 * MEBIBYTE);
}
