/** The cookie jar against RFC 6265, by its examples and by random cookies. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { CookieJar, parseCookieDate, setCookieValues } from "../../../src/client/exchange/cookie_jar.ts";

const NOW = Date.UTC(2024, 0, 1);

/** What goes to `to` after `from` answered with these cookies. */
function sent(from: string, cookies: readonly string[], to: string, afterMs = 0): string {
  const jar = new CookieJar();
  for (const cookie of cookies) jar.store(cookie, new URL(from), NOW);
  return jar.headerFor(new URL(to), NOW + afterMs);
}

Deno.test("CookieJar sends cookies where RFC 6265 says", () => {
  const rows:
    readonly (readonly [claim: string, from: string, cookie: string, to: string, header: string])[] = [
      ["host-only goes back to its host", "http://a.example/", "s=1", "http://a.example/x", "s=1"],
      ["host-only does not go below its host", "http://a.example/", "s=1", "http://b.a.example/", ""],
      ["ports do not matter", "http://a.example:81/", "s=1", "http://a.example:82/", "s=1"],
      ["Domain goes below", "http://a.example/", "s=1; Domain=a.example", "http://b.a.example/", "s=1"],
      [
        "a leading dot in Domain means nothing",
        "http://a.example/",
        "s=1; domain=.A.example",
        "http://a.example/",
        "s=1",
      ],
      [
        "Domain of a parent host",
        "http://b.a.example/",
        "s=1; Domain=a.example",
        "http://c.a.example/",
        "s=1",
      ],
      [
        "Domain of a stranger is refused",
        "http://a.example/",
        "s=1; Domain=b.example",
        "http://b.example/",
        "",
      ],
      [
        "Domain of a host below is refused",
        "http://a.example/",
        "s=1; Domain=b.a.example",
        "http://b.a.example/",
        "",
      ],
      [
        "Domain without a dot is refused",
        "http://a.example/",
        "s=1; Domain=example",
        "http://a.example/",
        "",
      ],
      [
        "the end of a name is no domain",
        "http://a.example/",
        "s=1; Domain=a.example",
        "http://xa.example/",
        "",
      ],
      ["localhost may name itself", "http://localhost/", "s=1; Domain=localhost", "http://localhost/", "s=1"],
      ["IPv4 addresses are hosts", "http://127.0.0.1:8080/", "s=1; Path=/", "http://127.0.0.1:9090/", "s=1"],
      [
        "an address may name itself",
        "http://127.0.0.1/",
        "s=1; Domain=127.0.0.1",
        "http://127.0.0.1/",
        "s=1",
      ],
      [
        "addresses have no parents",
        "http://1.127.0.0.1.example/",
        "s=1; Domain=127.0.0.1",
        "http://127.0.0.1/",
        "",
      ],
      ["part of an address is no domain", "http://127.0.0.1/", "s=1; Domain=0.0.1", "http://127.0.0.1/", ""],
      ["IPv6 addresses are hosts", "http://[::1]/", "s=1", "http://[::1]/", "s=1"],
      [
        "the default path is the request's folder",
        "http://a.example/x/y",
        "s=1",
        "http://a.example/x/z",
        "s=1",
      ],
      ["the default path keeps others out", "http://a.example/x/y", "s=1", "http://a.example/z", ""],
      ["the default path of a file at the root", "http://a.example/x", "s=1", "http://a.example/", "s=1"],
      ["Path goes below", "http://a.example/", "s=1; Path=/x", "http://a.example/x/y", "s=1"],
      ["Path matches whole segments", "http://a.example/", "s=1; Path=/x", "http://a.example/xy", ""],
      ["Path with a slash at its end", "http://a.example/", "s=1; Path=/x/", "http://a.example/x/y", "s=1"],
      [
        "a relative Path means the default",
        "http://a.example/q/",
        "s=1; Path=x",
        "http://a.example/q/r",
        "s=1",
      ],
      ["Secure needs https", "https://a.example/", "s=1; Secure", "http://a.example/", ""],
      ["Secure goes over https", "https://a.example/", "s=1; secure", "https://a.example/", "s=1"],
      [
        "values may hold equal signs",
        "http://a.example/",
        "s=a=b==; HttpOnly",
        "http://a.example/",
        "s=a=b==",
      ],
      ["quotes are part of the value", "http://a.example/", `s="a b"`, "http://a.example/", `s="a b"`],
      ["an empty value is a value", "http://a.example/", "s=", "http://a.example/", "s="],
      ["no name, no cookie", "http://a.example/", "=1", "http://a.example/", ""],
      ["no equal sign, no cookie", "http://a.example/", "s", "http://a.example/", ""],
      ["control characters, no cookie", "http://a.example/", "s=a\x00b", "http://a.example/", ""],
      ["too long, no cookie", "http://a.example/", `s=${"x".repeat(5000)}`, "http://a.example/", ""],
      ["the last Path wins", "http://a.example/", "s=1; Path=/x; Path=/", "http://a.example/", "s=1"],
    ];
  for (const [claim, from, cookie, to, header] of rows) assertEquals(sent(from, [cookie], to), header, claim);
});

Deno.test("CookieJar lets cookies expire", () => {
  const to = "http://a.example/";
  const rows: readonly (readonly [cookie: string, afterMs: number, header: string])[] = [
    ["s=1", 1e12, "s=1"],
    ["s=1; Max-Age=10", 9_999, "s=1"],
    ["s=1; Max-Age=10", 10_000, ""],
    ["s=1; Max-Age=0", 0, ""],
    ["s=1; Max-Age=-5", 0, ""],
    ["s=1; Max-Age=soon", 1e12, "s=1"],
    ["s=1; Expires=Mon, 01 Jan 2024 00:00:05 GMT", 4_999, "s=1"],
    ["s=1; Expires=Mon, 01 Jan 2024 00:00:05 GMT", 5_000, ""],
    ["s=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, ""],
    ["s=1; Expires=some day", 1e12, "s=1"],
    ["s=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, "s=1"],
  ];
  for (const [cookie, afterMs, header] of rows) assertEquals(sent(to, [cookie], to, afterMs), header, cookie);
});

Deno.test("CookieJar replaces, deletes and orders cookies", () => {
  const url = "http://a.example/x/y";
  assertEquals(sent(url, ["a=1; Path=/", "b=2; Path=/x", "c=3; Path=/"], url), "b=2; a=1; c=3");
  assertEquals(sent(url, ["a=1; Path=/", "b=2; Path=/", "a=3; Path=/"], url), "a=3; b=2");
  assertEquals(sent(url, ["a=1; Path=/", "a=2; Path=/x"], url), "a=2; a=1");
  assertEquals(sent(url, ["a=1; Path=/", "a=; Path=/; Max-Age=0"], url), "");
  assertEquals(sent(url, ["a=1; Path=/", "a=; Path=/x; Max-Age=0"], url), "a=1");
});

Deno.test("CookieJar.version changes exactly when a look-up may give something else", () => {
  const url = new URL("http://a.example/");
  const jar = new CookieJar();
  const versionAfter = (cookie: string) => {
    jar.store(cookie, url, NOW);
    return jar.version;
  };
  const first = versionAfter("s=1; Max-Age=10");
  assertEquals(versionAfter("s=1; Max-Age=20"), first);
  assertEquals(versionAfter("gone=; Max-Age=0"), first);
  assertEquals(versionAfter("other; no cookie"), first);
  const shorter = versionAfter("s=1; Max-Age=5");
  assertGreater(shorter, first);
  const changed = versionAfter("s=2; Max-Age=5");
  assertGreater(changed, shorter);
  jar.clear();
  assertGreater(jar.version, changed);
  assertEquals([jar.isEmpty, jar.headerFor(url, NOW)], [true, ""]);
});

Deno.test("CookieJar.nextExpiryMs is the time until which a look-up stays valid", () => {
  const url = new URL("http://a.example/");
  const jar = new CookieJar();
  assertEquals(jar.nextExpiryMs, Infinity);
  jar.store("a=1", url, NOW);
  jar.store("b=1; Max-Age=20", url, NOW);
  jar.store("c=1; Max-Age=10", url, NOW);
  assertEquals(jar.nextExpiryMs, NOW + 10_000);
  assertEquals(jar.headerFor(url, NOW + 10_000), "a=1; b=1");
  assertEquals(jar.nextExpiryMs, NOW + 20_000);
});

Deno.test("CookieJar keeps what RFC 6265 asks for, and tells of the rest", () => {
  const met: string[] = [];
  const jar = new CookieJar((limit) => met.push(limit));
  const url = new URL("http://a.example/");
  for (let i = 0; i < 51; i++) jar.store(`c${i}=1`, url, NOW);
  const names = jar.headerFor(url, NOW).split("; ");
  assertEquals([names.length, names[0], names.at(-1)], [50, "c1=1", "c50=1"]);
  assertEquals(met.splice(0), ["domain_cookies"]);

  jar.clear();
  for (let i = 0; i <= 3000; i++) jar.store("c=1", new URL(`http://h${i}.example/`), NOW);
  assertEquals(jar.headerFor(new URL("http://h0.example/"), NOW), "");
  assertEquals(jar.headerFor(new URL("http://h1.example/"), NOW), "c=1");
  assertEquals(met.splice(0), ["user_cookies"]);

  jar.clear();
  for (
    const [value, isKept] of [["x".repeat(4095), true], ["x".repeat(4096), false], ["ü".repeat(2048), false]]
  ) {
    jar.store(`a=${value}`, url, NOW);
    assertEquals(jar.headerFor(url, NOW) !== "", isKept);
    jar.clear();
  }
  assertEquals(met, ["cookie_bytes", "cookie_bytes"]);
});

Deno.test("CookieJar lets expired cookies go before others", () => {
  const met: string[] = [];
  const jar = new CookieJar((limit) => met.push(limit));
  const url = new URL("http://a.example/");
  jar.store("first=1", url, NOW);
  for (let i = 0; i < 49; i++) jar.store(`c${i}=1; Max-Age=10`, url, NOW);
  jar.store("last=1", url, NOW + 20_000);
  assertEquals(jar.headerFor(url, NOW + 20_000), "first=1; last=1");
  assertEquals(met, []);
});

Deno.test("parseCookieDate() reads the spellings that servers use", () => {
  const expected = Date.UTC(2030, 10, 6, 8, 49, 37);
  for (
    const text of [
      "Wed, 06 Nov 2030 08:49:37 GMT",
      "Wednesday, 06-Nov-30 08:49:37 GMT",
      "Wed Nov  6 08:49:37 2030",
      "6 november 2030 8:49:37",
      "08:49:37 06 Nov 2030 UTC",
    ]
  ) assertEquals(parseCookieDate(text), expected, text);
  assertEquals(parseCookieDate("01 Jan 99 00:00:00"), Date.UTC(1999, 0, 1));
  for (
    const text of ["", "6 Nov 2030", "31 Feb 2030 00:00:00", "1 Jan 1500 00:00:00", "1 Jan 2030 24:00:00"]
  ) {
    assertEquals(parseCookieDate(text), undefined, text);
  }
});

Deno.test("setCookieValues() finds every field, however it is written", () => {
  const head = new TextEncoder().encode(
    "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nX-Set-Cookie: no=1\r\nSET-COOKIE:b=ü\nset\rcookie: no=1\r\n" +
      "Set-Cookies: no=1\r\nset-cookie: c=3",
  );
  assertEquals(setCookieValues(head), ["a=1; Path=/", "b=ü", "c=3"]);
  assertEquals(setCookieValues(new TextEncoder().encode("HTTP/1.1 200 OK\r\nDate: now\r\nSet-Coo")), []);
});

Deno.test("CookieJar never throws and never sends a line break, whatever a server sets", () => {
  const url = new URL("https://a.example/x");
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (cookies) => {
    const jar = new CookieJar();
    for (const cookie of cookies) jar.store(`n=${cookie}`, url, NOW);
    assert(!/[\r\n\0]/.test(jar.headerFor(url, NOW)));
  }));
});
