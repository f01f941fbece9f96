/**
 * What it takes to have the packages that come from JSR alone: their names in `deno.jsr.json` replace those in
 * `deno.json`, and two files change, since Cliffy's functions are not commander's and cli-table3's.
 */
import { assertEquals, assertMatch } from "@std/assert";
import manifest from "../deno.json" with { type: "json" };
import replacement from "../deno.jsr.json" with { type: "json" };

Deno.test("deno.jsr.json replaces every import of the standard library, and two packages", () => {
  const standard = Object.keys(manifest.imports).filter((name) => name.startsWith("@std/"));
  assertEquals(Object.keys(replacement.imports), [...standard, "commander", "cli-table3"]);
  for (const target of Object.values(replacement.imports)) {
    assertMatch(target, /^jsr:@(?:std|cliffy)\/[a-z]+@\d[\d.]*(?:\/[a-z_]+)?$/);
  }
});

Deno.test("each package that Cliffy stands for is known to one file", async () => {
  const users: Record<string, string[]> = { "commander": [], "cli-table3": [] };
  const walk = async (folder: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(new URL(`../${folder}`, import.meta.url))) {
      if (isDirectory) await walk(`${folder}${name}/`);
      else {
        const text = await Deno.readTextFile(new URL(`../${folder}${name}`, import.meta.url));
        for (const [, used] of text.matchAll(/ from "(commander|cli-table3)"/g)) {
          users[used!]!.push(folder + name);
        }
      }
    }
  };
  await walk("src/");
  assertEquals(users, {
    "commander": ["src/options/command_line.ts"],
    "cli-table3": ["src/report/terminal/layout.ts"],
  });
});
