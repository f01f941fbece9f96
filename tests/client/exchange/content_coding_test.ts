/** Coded bodies are undone for checks; what travelled is counted as it was. */
import { DEFAULT_BODY_LIMIT_BYTES } from "../../../src/lib/size_limits.ts";
import { assert, assertEquals } from "@std/assert";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { decodeBody } from "../../../src/client/exchange/content_coding.ts";
import { Exchange } from "../../../src/client/exchange/http_client.ts";
import { FAILURE } from "../../../src/metrics/failure.ts";

const TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(100);
const PLAIN = new TextEncoder().encode(TEXT);

function exchangeOf(body: Uint8Array, fields: string): Exchange {
  const exchange = new Exchange();
  exchange.head = new TextEncoder().encode(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n`);
  exchange.body = new Uint8Array(body);
  exchange.bodyBytes = body.length;
  return exchange;
}

async function decoded(body: Uint8Array, fields: string): Promise<Exchange> {
  const exchange = exchangeOf(body, fields);
  await decodeBody(exchange);
  return exchange;
}

for (
  const [title, body, fields] of [
    ["gzip", gzipSync(PLAIN), "Content-Encoding: gzip"],
    ["gzip in any spelling, among other fields", gzipSync(PLAIN), "A: b\r\ncontent-ENCODING:GZip \r\nC: d"],
    ["x-gzip", gzipSync(PLAIN), "Content-Encoding: x-gzip"],
    ["deflate", deflateSync(PLAIN), "Content-Encoding: deflate"],
    ["deflate without its wrapping", deflateRawSync(PLAIN), "Content-Encoding: deflate"],
    ["br", brotliCompressSync(PLAIN), "Content-Encoding: br"],
    ["gzip and then br", brotliCompressSync(gzipSync(PLAIN)), "Content-Encoding: gzip, br"],
    ["two fields", brotliCompressSync(gzipSync(PLAIN)), "Content-Encoding: gzip\r\nContent-Encoding: br"],
    ["identity beside gzip", gzipSync(PLAIN), "Content-Encoding: identity, gzip"],
  ] as const
) {
  Deno.test(`decodeBody() undoes ${title}, and leaves the counts alone`, async () => {
    const exchange = await decoded(body, fields);
    assertEquals(exchange.failureDetail, "");
    assertEquals(new TextDecoder().decode(exchange.body!), TEXT);
    assertEquals(exchange.bodyBytes, body.length);
  });
}

for (const fields of ["Content-Type: text/plain", "Content-Encoding: identity", "X-Content-Encoding: gzip"]) {
  Deno.test(`decodeBody() has nothing to do for ${fields}`, () => {
    assertEquals(decodeBody(exchangeOf(PLAIN, fields)), null);
  });
}

Deno.test("decodeBody() has nothing to do without a body, or for one that is decoded already", () => {
  assertEquals(decodeBody(exchangeOf(new Uint8Array(0), "Content-Encoding: gzip")), null);
  const done = exchangeOf(PLAIN, "Content-Encoding: gzip");
  done.isDecoded = true;
  assertEquals(decodeBody(done), null);
});

Deno.test("decodeBody() leaves a body alone whose coding it does not know", async () => {
  const exchange = await decoded(PLAIN, "Content-Encoding: UTF-8");
  assertEquals([exchange.failure, new TextDecoder().decode(exchange.body!)], [FAILURE.none, TEXT]);
});

for (
  const [title, body, fields] of [
    ["no gzip at all", PLAIN, "Content-Encoding: gzip"],
    ["gzip cut short", gzipSync(PLAIN).subarray(0, 40), "Content-Encoding: gzip"],
    ["gzip with a wrong sum", spoilt(gzipSync(PLAIN)), "Content-Encoding: gzip"],
    ["no br at all", PLAIN, "Content-Encoding: br"],
    ["br cut short", brotliCompressSync(PLAIN).subarray(0, 20), "Content-Encoding: br"],
    ["deflate cut short", deflateSync(PLAIN).subarray(0, 20), "Content-Encoding: deflate"],
    ["four codings", gzipSync(PLAIN), "Content-Encoding: gzip, gzip, gzip, gzip"],
  ] as const
) {
  Deno.test(`decodeBody() makes ${title} a failure of its own`, async () => {
    const exchange = await decoded(body, fields);
    assertEquals(exchange.failure, FAILURE.bad_content_coding);
    assertEquals(exchange.failureDetail === "", false);
  });
}

Deno.test("decodeBody() stops at the size of the largest body that is kept", async () => {
  const bomb = gzipSync(new Uint8Array(4 * DEFAULT_BODY_LIMIT_BYTES));
  const exchange = await decoded(bomb, "Content-Encoding: gzip");
  assertEquals([exchange.failure, exchange.body!.length], [FAILURE.none, DEFAULT_BODY_LIMIT_BYTES]);
  assertEquals(exchange.bodyBytes, bomb.length);
});

Deno.test("decodeBody() gives what there is of a body of which only the start was kept", async () => {
  const exchange = exchangeOf(gzipSync(PLAIN).subarray(0, 60), "Content-Encoding: gzip");
  exchange.bodyBytes = 10_000;
  await decodeBody(exchange);
  assertEquals(exchange.failure, FAILURE.none);
  assert(TEXT.startsWith(new TextDecoder().decode(exchange.body!)));
});

function spoilt(bytes: Uint8Array): Uint8Array {
  bytes[bytes.length - 6]! ^= 255;
  return bytes;
}
