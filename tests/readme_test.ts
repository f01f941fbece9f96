import { assertEquals } from "@std/assert";
import { mainOptions } from "../src/cli/settings.ts";
import { optionReference } from "../src/options/reference.ts";

const README = new URL("../README.md", import.meta.url);
const SECTION = /(<!-- options -->\n)[\s\S]*?(<!-- \/options -->)/;

Deno.test("the README's option tables are those of the program", async () => {
  const text = await Deno.readTextFile(README);
  const expected = text.replace(
    SECTION,
    (_, start, end) => `${start}\n${optionReference(mainOptions)}\n${end}`,
  );
  if (Deno.env.get("UPDATE_GOLDENS") === "1") await Deno.writeTextFile(README, expected);
  else assertEquals(text, expected, "run the tests with UPDATE_GOLDENS=1 to write them anew");
});
