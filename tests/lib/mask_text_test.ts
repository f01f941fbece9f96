import { assertEquals } from "@std/assert";
import { maskSecrets } from "../../src/lib/mask_text.ts";

Deno.test("maskSecrets() finds a secret however the request spells it", () => {
  const secret = 'p/w "ü+';
  for (
    const text of [
      secret,
      new URL(`http://h/?k=${encodeURIComponent(secret)}`).search.slice(3),
      encodeURI(secret),
      JSON.stringify({ k: secret }).slice(6, -2),
      new URLSearchParams({ k: secret }).toString().slice(2),
    ]
  ) assertEquals(maskSecrets(`<${text}>`, [secret]), "<***>", text);
});

Deno.test("maskSecrets() masks the longer of two secrets that overlap", () => {
  assertEquals(maskSecrets("abcd ab", ["ab", "abcd"]), "*** ***");
});

Deno.test("maskSecrets() leaves texts alone when there is nothing secret", () => {
  assertEquals(maskSecrets("abc", []), "abc");
  assertEquals(maskSecrets("abc", [""]), "abc");
});
