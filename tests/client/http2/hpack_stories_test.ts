/**
 * The published HPACK stories: real pages' header lists as encoders of four projects wrote them, with and without
 * tables, Huffman code and changes of the table's size. `HPACK_STORIES` names their folder (`ENCODER/story_NN.json`);
 * `.ci/run` takes them from Debian's source package haskell-http2.
 */
import { assertEquals, assertGreater } from "@std/assert";
import { HpackDecoder } from "../../../src/client/http2/hpack_decoder.ts";
import { decodeFields } from "../../_support/frame_server.ts";

interface Story {
  /** In the order of the connection; each block builds on those before it. */
  readonly cases: readonly {
    readonly seqno: number;
    /** The block in hexadecimal digits. */
    readonly wire: string;
    readonly headers: readonly Readonly<Record<string, string>>[];
  }[];
}

const ENCODERS = [
  "go-hpack",
  "haskell-http2-linear",
  "haskell-http2-linear-huffman",
  "haskell-http2-naive",
  "haskell-http2-naive-huffman",
  "haskell-http2-static",
  "haskell-http2-static-huffman",
  "nghttp2",
  "nghttp2-16384-4096",
  "nghttp2-change-table-size",
  "node-http2-hpack",
];
const MIN_BLOCKS = 3_000;

const folder = Deno.env.get("HPACK_STORIES");
if (!folder) {
  // deno-lint-ignore no-console -- a skipped test must be seen
  console.warn(
    'Skipped "published stories": HPACK_STORIES names no folder (Debian: source of haskell-http2)',
  );
}

for (const encoder of ENCODERS) {
  Deno.test({
    name: `HpackDecoder reads the published stories of ${encoder}`,
    ignore: !folder,
    fn() {
      let blocks = 0;
      for (const { name } of Deno.readDirSync(`${folder}/${encoder}`)) {
        const story: Story = JSON.parse(Deno.readTextFileSync(`${folder}/${encoder}/${name}`));
        const decoder = new HpackDecoder();
        for (const { seqno, wire, headers } of story.cases) {
          const read = decodeFields(decoder, Uint8Array.fromHex(wire));
          assertEquals(read, headers.flatMap((header) => Object.entries(header)), `${name}, block ${seqno}`);
          blocks++;
        }
      }
      assertGreater(blocks, MIN_BLOCKS);
    },
  });
}
