/** Targets as a worker's owner names them. */
import { assertEquals } from "@std/assert";
import { isAllowed } from "../../src/plan/owner_rules.ts";
import { routeOf } from "../../src/plan/route.ts";

const CASES: readonly (readonly [why: string, url: string, targets: readonly string[], allowed: boolean])[] =
  [
    ["no limits", "http://any.test/", [], true],
    ["the host itself", "http://API.test/x", ["api.test"], true],
    ["another host", "http://evil.test/", ["api.test"], false],
    ["a longer name", "http://api.test.evil/", ["api.test"], false],
    ["a subdomain of a wildcard", "https://a.b.example.com/", ["*.example.com"], true],
    ["the wildcard's own domain", "https://example.com/", ["*.example.com"], false],
    ["a name that only ends alike", "https://badexample.com/", ["*.example.com"], false],
    ["the right port", "http://api.test:8080/", ["api.test:8080"], true],
    ["the scheme's port", "https://api.test/", ["api.test:443"], true],
    ["another port", "http://api.test:81/", ["api.test:80"], false],
    ["an IPv6 address", "http://[::1]:80/", ["[::1]"], true],
    ["an IPv6 address in another spelling", "http://[::1]:80/", ["[0:0:0:0:0:0:0:1]"], true],
    ["an IPv6 address and port", "http://[::1]:81/", ["[::1]:80"], false],
    ["an address in another spelling", "http://0x7f.1/", ["127.0.0.1"], true],
    ["an address that ends like a wildcard", "http://10.0.0.7/", ["*.0.0.7"], false],
    ["a host that looks like user info", "http://api.test@evil.test/", ["api.test"], false],
  ];

for (const [why, url, targets, allowed] of CASES) {
  Deno.test(`a target is judged by its host and port: ${why}`, () => {
    assertEquals(isAllowed(routeOf(new URL(url)), { targets }), allowed);
  });
}

Deno.test("a host that URLs would spell in another way is not allowed, whatever it ends in", () => {
  const targets = ["*.example.com", "127.0.0.1"];
  for (
    const host of [
      "127.1",
      "0x7f000001",
      "A.example.com",
      "::1%lo.example.com",
      "127.0.0.1\0.example.com",
      "",
    ]
  ) {
    assertEquals(isAllowed({ host, port: 80 }, { targets }), false, host);
  }
});
