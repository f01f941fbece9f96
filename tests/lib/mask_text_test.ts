/** Secrets are masked in texts, in whatever form they come. */
import { assertEquals } from "@std/assert";
import { maskFields, maskSecrets } from "../../src/lib/mask_text.ts";

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

Deno.test("maskFields() masks what is named like a secret in JSON, forms, queries and parts", () => {
  for (
    const [text, masked] of [
      ['{"a":1,"accessToken" : "x\\"y", "b":2}', '{"a":1,"accessToken" : "***", "b":2}'],
      ['{"pwd":12.5e3,"n":1}', '{"pwd":"***","n":1}'],
      ['{"token":"cut sho', '{"token":"***"'],
      ["user=ann&api_key=abc&n=1", "user=ann&api_key=***&n=1"],
      ['<a href="/x?token=abc&n=1">', '<a href="/x?token=***&n=1">'],
      [
        '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhush\r\n--b--',
        '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n***\r\n--b--',
      ],
      ["user%5Bpassword%5D=x&n=1", "user%5Bpassword%5D=***&n=1"],
      ["0; url=/next?token=abc", "0; url=/next?token=***"],
      ['{"passwords": ["a", "b"], "pass\\u0077ord": "c"}', '{"passwords": "***", "pass\\u0077ord": "***"}'],
      ["<a:Password>x</a:Password><n>1</n>", "<a:Password>***</a:Password><n>1</n>"],
      ['<login password="x y" user="ann"/>', '<login password="***" user="ann"/>'],
      ['[["x-api-key","abc"],["accept","x"]]', '[["x-api-key","***"],["accept","x"]]'],
      ['{"body":"{\\"password\\":\\"abc\\"}"}', '{"body":"{\\"password\\":\\"***\\"}"}'],
      ["said Authorization: Bearer abcdefgh12 here", "said Authorization: Bearer *** here"],
      ["id eyJhbGciOiJub25lIn0.e30.abc_- end", "id *** end"],
    ] as const
  ) assertEquals(maskFields(text), masked);
});

Deno.test("maskFields() leaves other fields alone, and is quick on hostile text", () => {
  for (
    const plain of [
      '{"user":"ann","id":7}&q=1',
      '{"author":"ann","max_tokens":7,"token_type":"x","session_timeout":3}',
      "author=ann&tokenizer=x&sort_key=name",
      "a basic plan, a bearer of news",
      "password=&n=1",
    ]
  ) assertEquals(maskFields(plain), plain);
});
