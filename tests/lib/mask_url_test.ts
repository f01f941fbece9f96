import { assertEquals } from "@std/assert";
import { maskUrl } from "../../src/lib/mask_url.ts";

for (
  const [text, masked, why] of [
    ["http://host/path?q=1#top", "http://host/path?q=1#top", "leaves what is no secret"],
    ["https://me:pw@host/", "https://***@host/", "hides user info"],
    ["http://me:p@w@host/", "http://***@host/", "hides a password with an at sign"],
    ["me:pw@host/x", "***@host/x", "hides user info without a scheme"],
    ["ftp://me@host", "ftp://***@host", "knows no schemes by name"],
    [
      "http://h/?access_token=a&b=2&X-Amz-Signature=c",
      "http://h/?access_token=***&b=2&X-Amz-Signature=***",
      "hides parameters",
    ],
    ["http://h/?%74oken=a", "http://h/?%74oken=***", "sees through escapes"],
    ["http://h/?%zz=a;password=b", "http://h/?%zz=a;password=***", "survives broken escapes"],
    ["http://h/cb#id_token=a", "http://h/cb#id_token=***", "looks into fragments"],
    ["http://h/a@b?c@d", "http://h/a@b?c@d", "leaves at signs of path and query"],
  ] as const
) {
  Deno.test(`maskUrl() ${why}: ${masked}`, () => assertEquals(maskUrl(text), masked));
}
