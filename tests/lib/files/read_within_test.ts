/** Files and streams are read whole or refused, and never collected beyond their limit. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { readFileWithin, readFileWithinSync, readStreamWithin } from "../../../src/lib/files/read_within.ts";
import { tempDir } from "../../_support/temp_dir.ts";

const MIB = 2 ** 20;

Deno.test("a file of just the limit is read, one byte more is refused before it is read", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/data`;
  await Deno.writeFile(path, new Uint8Array(MIB).fill(7));
  assertEquals((await readFileWithin(path, MIB)).length, MIB);
  assertEquals(readFileWithinSync(path, MIB).at(-1), 7);
  await Deno.writeFile(path, new Uint8Array(MIB + 1));
  const message = "it is too large, or has no end: expected at most 1 MiB";
  await assertRejects(() => readFileWithin(path, MIB), UsageError, message);
  assertThrows(() => readFileWithinSync(path, MIB), UsageError, message);
});

Deno.test("an empty file is empty, and a folder is told by name", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(`${temp.path}/empty`, "");
  assertEquals((await readFileWithin(`${temp.path}/empty`, MIB)).length, 0);
  await assertRejects(() => readFileWithin(temp.path, MIB), UsageError, "it is a directory");
});

Deno.test({
  name: "what has no size and no end is refused at the limit",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await assertRejects(() => readFileWithin("/dev/zero", MIB), UsageError, "has no end");
    assertThrows(() => readFileWithinSync("/dev/zero", MIB), UsageError, "has no end");
    assertEquals((await readFileWithin("/dev/null", MIB)).length, 0);
  },
});

Deno.test("a stream that is too long is cancelled", async () => {
  let isCancelled = false;
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent++;
      controller.enqueue(new Uint8Array(65_536));
    },
    cancel() {
      isCancelled = true;
    },
  });
  await assertRejects(() => readStreamWithin(endless, MIB), UsageError, "expected at most 1 MiB");
  assertEquals([isCancelled, sent < 30], [true, true]);
});

Deno.test("chunks of a stream are joined in order", async () => {
  const chunks = [Uint8Array.of(1), new Uint8Array(0), new Uint8Array(100_000).fill(2), Uint8Array.of(3)];
  const bytes = await readStreamWithin(chunks, MIB);
  assertEquals([bytes.length, bytes[0], bytes[1], bytes.at(-1)], [100_002, 1, 2, 3]);
});
