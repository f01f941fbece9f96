/** Reasons of errors, without paths. */
import { assert, assertEquals } from "@std/assert";
import { fileReason } from "../../src/lib/errors.ts";
import { tempDir } from "../_support/temp_dir.ts";

Deno.test("fileReason() names no path: it may be one of the program's own", async () => {
  await using temp = await tempDir();
  const folder = temp.path;
  const reasons = await Promise.all([
    Deno.readTextFile(`${folder}/none`).catch(fileReason),
    Deno.writeTextFile(folder, "").catch(fileReason),
  ]);
  assertEquals(reasons[0], "there is no such file");
  assert(!reasons[1]!.includes(folder), reasons[1]!);
});
