import { assertEquals } from "@std/assert";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { Exchange } from "../../src/client/http_client.ts";
import { AnswerView } from "../../src/scenario/answer_view.ts";
import { asksForCoding, loadDecoder } from "../../src/scenario/content_coding.ts";
import { compile, scenarioOf, stepOf } from "./_plans.ts";

const decode = await loadDecoder();
const PLAIN = new TextEncoder().encode('{"token":"t"}');

Deno.test("a decoder undoes the codings that clients ask for, in turn", () => {
  for (
    const [coding, bytes] of [
      ["gzip", gzipSync(PLAIN)],
      ["X-GZIP", gzipSync(PLAIN)],
      ["deflate", deflateSync(PLAIN)],
      ["br", brotliCompressSync(PLAIN)],
      ["gzip, br", brotliCompressSync(gzipSync(PLAIN))],
      ["identity", PLAIN],
    ] as const
  ) assertEquals(new Uint8Array(decode(bytes, coding)), PLAIN, coding);
});

Deno.test("a decoder gives back what it cannot undo, and does not blow up", () => {
  assertEquals(decode(PLAIN, "gzip"), PLAIN);
  assertEquals(decode(PLAIN, "constructor"), PLAIN);
  const bomb = gzipSync(new Uint8Array(65 * 2 ** 20));
  assertEquals(decode(bomb, "gzip"), bomb);
});

Deno.test("rules see answers without their content coding", () => {
  const exchange = new Exchange();
  exchange.head = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
  exchange.body = gzipSync(PLAIN);
  const view = new AnswerView(decode);
  view.show(exchange);
  assertEquals([view.text, view.json?.value], ['{"token":"t"}', { token: "t" }]);
});

Deno.test("heads are kept for a coding only where it is asked for and the body is looked at", async () => {
  const wants = async (value: string, isRead: boolean) => {
    const step = stepOf("/", {
      headers: [["accept-Encoding", value]],
      extract: isRead ? [{ name: "a", from: "json", expression: "a" }] : [],
    });
    const program = await compile(scenarioOf([step]));
    return [program.decode !== null, program.flowOf(0).steps[0]!.fixed!.request.wantsHead];
  };
  assertEquals(await wants("gzip", true), [true, true]);
  assertEquals(await wants("gzip", false), [true, false]);
  assertEquals(await wants("identity", true), [false, false]);
  assertEquals(asksForCoding([["Accept", "gzip"]]), false);
});
