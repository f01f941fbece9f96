/** The version is said once. */
import { assertEquals, assertMatch } from "@std/assert";
import { VERSION } from "../../src/lib/version.ts";

Deno.test("VERSION is the version of the package file", async () => {
  const manifest = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assertEquals(VERSION, manifest.version);
  assertMatch(VERSION, /^\d+\.\d+\.\d+/);
});
