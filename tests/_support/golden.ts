/** Compares text with a file in `fixtures/golden/`; with `UPDATE_GOLDENS=1` writes the file instead. */
import { assertEquals } from "@std/assert";

/** Asserts that `actual` is what the golden file holds. */
export async function assertGolden(name: string, actual: string): Promise<void> {
  const file = new URL(`../../fixtures/golden/${name}`, import.meta.url);
  if (Deno.env.get("UPDATE_GOLDENS") === "1") {
    await Deno.mkdir(new URL(".", file), { recursive: true });
    await Deno.writeTextFile(file, actual);
    return;
  }
  assertEquals(actual, await Deno.readTextFile(file), `differs from ${name}; UPDATE_GOLDENS=1 rewrites it`);
}
