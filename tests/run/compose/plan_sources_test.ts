/** Files of this machine as plans read them. */
import { assertEquals, assertThrows } from "@std/assert";
import { LOCAL_SOURCES } from "../../../src/run/compose/plan_sources.ts";
import { UsageError } from "../../../src/lib/errors.ts";

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = await Deno.makeTempFile();
  await Deno.writeFile(path, bytes);
  return path;
}

Deno.test("LOCAL_SOURCES reads texts with and without a byte order mark", async () => {
  const path = await fileOf(new TextEncoder().encode("\ufeff{}"));
  assertEquals(LOCAL_SOURCES.files.readTextFile(path), "{}");
  await Deno.writeTextFile(path, "ü");
  assertEquals(LOCAL_SOURCES.files.readTextFile(path), "ü");
  await Deno.remove(path);
});

Deno.test("LOCAL_SOURCES refuses what is not UTF-8 instead of changing it", async () => {
  const path = await fileOf(Uint8Array.of(0x61, 0xff));
  assertThrows(() => LOCAL_SOURCES.files.readTextFile(path), UsageError, "it is not UTF-8 text");
  await Deno.remove(path);
});
