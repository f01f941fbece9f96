/** Requests as HTTP/2 frames, read back by a decoder. */
import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { encodeForHttp2, headerBlock, putRequestHead } from "../../../src/client/http2/encode_request.ts";
import { FLAG, FRAME, uint32At } from "../../../src/client/http2/frames.ts";
import { HpackDecoder } from "../../../src/client/http2/hpack_decoder.ts";
import { decodeFields } from "../../_support/frame_server.ts";
import { prepare, type PrepareChanges } from "../../_support/prepare.ts";

function fieldsOf(url: string, changes: PrepareChanges = {}): readonly string[] {
  const { head } = encodeForHttp2(prepare(url, changes));
  return decodeFields(new HpackDecoder(), head.subarray(9)).map(([name, value]) => `${name}: ${value}`);
}

const ROWS: readonly {
  readonly title: string;
  readonly url: string;
  readonly changes?: PrepareChanges;
  readonly fields: readonly string[];
}[] = [
  {
    title: "a GET",
    url: "https://a.test:8443/x?y=1#z",
    fields: [":method: GET", ":scheme: https", ":path: /x?y=1", ":authority: a.test:8443"],
  },
  {
    title: "the caller's Host",
    url: "http://a.test/",
    changes: { headers: [["X-One", "1"], ["Host", "b.test"]] },
    fields: [":method: GET", ":scheme: http", ":path: /", ":authority: b.test", "x-one: 1"],
  },
  {
    title: "no fields of HTTP/1.1",
    url: "http://a.test/",
    changes: {
      headers: [["Connection", "keep-alive"], ["Keep-Alive", "5"], ["Transfer-Encoding", "chunked"], [
        "TE",
        "gzip",
      ]]
        .concat([["Upgrade", "h2c"], ["te", "trailers"]]) as [string, string][],
    },
    fields: [":method: GET", ":scheme: http", ":path: /", ":authority: a.test", "te: trailers"],
  },
  {
    title: "the length of a body",
    url: "http://a.test/",
    changes: { method: "POST", body: "é" },
    fields: [":method: POST", ":scheme: http", ":path: /", ":authority: a.test", "content-length: 2"],
  },
  {
    title: "a POST without a body",
    url: "http://a.test/",
    changes: { method: "POST" },
    fields: [":method: POST", ":scheme: http", ":path: /", ":authority: a.test", "content-length: 0"],
  },
  {
    title: "the length of a file",
    url: "http://a.test/",
    changes: { method: "PUT", body: { kind: "file", path: "/x", bytes: 77 } },
    fields: [":method: PUT", ":scheme: http", ":path: /", ":authority: a.test", "content-length: 77"],
  },
];

for (const { title, url, changes, fields } of ROWS) {
  Deno.test(`encodeForHttp2() writes ${title}`, () => assertEquals(fieldsOf(url, changes), fields));
}

Deno.test("encodeForHttp2() marks credentials as never to be indexed", () => {
  const { head } = encodeForHttp2(
    prepare("http://a.test/", { headers: [["Cookie", "a=1"], ["Accept", "b"]] }),
  );
  const text = String.fromCharCode(...head);
  assertEquals(text.charCodeAt(text.indexOf("\x03a=1") - 2) & 0xf0, 0x10);
  assertEquals(text.charCodeAt(text.indexOf("\x01b") - 2) & 0xf0, 0);
});

Deno.test("encodeForHttp2() ends the stream with the head, or with the body", () => {
  const plain = encodeForHttp2(prepare("http://a.test/"));
  assertEquals([plain.head[4], plain.body.length], [FLAG.endHeaders | FLAG.endStream, 0]);
  const posted = encodeForHttp2(prepare("http://a.test/", { method: "POST", body: "abc" }));
  assertEquals([posted.head[4], posted.body.length], [FLAG.endHeaders, 3]);
});

Deno.test("encodeForHttp2() goes on in CONTINUATION, and putRequestHead() numbers every frame", () => {
  const value = "x".repeat(40_000);
  const encoded = encodeForHttp2(prepare("http://a.test/", { headers: [["Long", value]] }));
  const into = { bytes: new Uint8Array(encoded.head.length + 10), at: 10 };
  putRequestHead(encoded, 0x7fff_fffd, into);
  const frames: number[][] = [];
  const block: number[] = [];
  for (let at = 10; at < into.bytes.length;) {
    const length = into.bytes[at]! << 16 | into.bytes[at + 1]! << 8 | into.bytes[at + 2]!;
    frames.push([into.bytes[at + 3]!, into.bytes[at + 4]!, uint32At(into.bytes, at + 5)]);
    for (let i = 0; i < length; i++) block.push(into.bytes[at + 9 + i]!);
    at += 9 + length;
  }
  assertEquals(frames, [
    [FRAME.headers, FLAG.endStream, 0x7fff_fffd],
    [FRAME.continuation, 0, 0x7fff_fffd],
    [FRAME.continuation, FLAG.endHeaders, 0x7fff_fffd],
  ]);
  assertEquals(decodeFields(new HpackDecoder(), Uint8Array.from(block)).at(-1), ["long", value]);
});

Deno.test("headerBlock() is read back as it was written, whatever the fields", () => {
  const field = fc.tuple(
    fc.oneof(
      fc.constantFrom(":status", "content-length", "accept-encoding"),
      fc.stringMatching(/^[a-z-]{1,20}$/),
    ),
    fc.oneof(fc.constantFrom("200", "gzip, deflate", ""), fc.stringMatching(/^[ -~]{0,300}$/)),
  );
  fc.assert(fc.property(fc.array(field, { maxLength: 20 }), (fields) => {
    const decoder = new HpackDecoder();
    assertEquals(decodeFields(decoder, headerBlock(fields)), fields);
    assertEquals(decoder.isContextFree, true);
  }));
});

Deno.test("an extended CONNECT says where it leads and what for, and leaves its stream open", () => {
  const { head } = encodeForHttp2({
    ...prepare("https://a.test/chat?x=1", { headers: [["sec-websocket-version", "13"]] }),
    method: "CONNECT",
    protocol: "websocket",
    isFed: true,
  });
  const fields = decodeFields(new HpackDecoder(), head.subarray(9)).map(([name, value]) =>
    `${name}: ${value}`
  );
  assertEquals(fields, [
    ":method: CONNECT",
    ":protocol: websocket",
    ":scheme: https",
    ":path: /chat?x=1",
    ":authority: a.test",
    "sec-websocket-version: 13",
  ]);
  assertEquals(head[4]! & FLAG.endStream, 0);
});
