/** Secrets are masked in URLs. */
import { assertEquals } from "@std/assert";
import { maskUrl, maskUrlsIn, secretsInUrl } from "../../src/lib/mask_url.ts";

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
    ["http://me:p/w@host/", "http://***@host/", "hides a password with a slash"],
    ["http://me:p#w?x@host/", "http://***@host/", "hides a password with all that ends an authority"],
    ["http://h:8080/a@b", "http://h:8080/a@b", "leaves ports"],
    ["http://[::1]:8080/a@b", "http://[::1]:8080/a@b", "leaves IPv6 addresses"],
    ["http://h:${env(PORT)}/?to=a@b", "http://h:${env(PORT)}/?to=a@b", "leaves placeholders of ports"],
    ["//me:pw@host/x", "//***@host/x", "hides user info of the same scheme"],
    ["http:\\\\me:pw@host\\x", "http:\\\\***@host\\x", "hides user info behind backslashes"],
    ["/a;jsessionid=1/b;v=2?q=3", "/a;jsessionid=***/b;v=2?q=3", "hides parameters of paths"],
    ["/a;v=1?token=2", "/a;v=1?token=***", "hides parameters behind those of paths"],
    [
      "/?session=1&sid=2&jwt=3&PHPSESSID=4&otp=5&n=6",
      "/?session=***&sid=***&jwt=***&PHPSESSID=***&otp=***&n=6",
      "knows names",
    ],
    [
      "/?author=1&session_timeout=2&sort_key=3",
      "/?author=1&session_timeout=2&sort_key=3",
      "knows other names",
    ],
    ["/?next=%2Fb%3Ftoken%3Da&n=1", "/?next=***&n=1", "looks into URLs in parameters"],
    ["/?next=http://me:pw@host/&n=1", "/?next=***&n=1", "looks for user info in parameters"],
    ["/?next=%252Fb%253Ftoken%253Da", "/?next=***", "looks into URLs encoded twice"],
    ["/?next=/b?token=a", "/?next=***", "looks into URLs that are not encoded"],
    ["/?%74oken%zz=a&to%6Ben=b", "/?%74oken%zz=***&to%6Ben=***", "sees through escapes beside broken ones"],
    ["/x/eyJhbGciOiJub25lIn0.e30.abc/y", "/x/***/y", "hides web tokens wherever they stand"],
    ["/session-times/author/tokenizer", "/session-times/author/tokenizer", "leaves paths"],
  ] as const
) {
  Deno.test(`maskUrl() ${why}: ${masked}`, () => assertEquals(maskUrl(text), masked));
}

Deno.test("maskUrlsIn() masks what URLs hold and leaves other words alone", () => {
  const rows = [
    ["GET http://a:b@h/?token=x&q=1 then", "GET http://***@h/?token=***&q=1 then"],
    ["POST /login?next=/&api_key=x", "POST /login?next=/&api_key=***"],
    ["${base}/?token=${token}&a=1", "${base}/?token=***&a=1"],
    ['see "http://a:b@h/?q=1", <http://h/?sid=1>', 'see "http://***@h/?q=1", <http://h/?sid=***'],
    ["x eyJhbGciOiJub25lIn0.e30.abc", "x ***"],
    ["log in as bob@example.test, key=1", "log in as bob@example.test, key=1"],
  ] as const;
  for (const [text, masked] of rows) assertEquals(maskUrlsIn(text), masked);
});

Deno.test("secretsInUrl() names what is masked", () => {
  assertEquals(secretsInUrl("http://me:pw@h/a;sid=1?q=2&api_key=3"), ["user info", "sid", "api_key"]);
  assertEquals(secretsInUrl("http://h/a?q=2&api_key="), []);
});
