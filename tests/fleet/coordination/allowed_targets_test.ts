import { assertEquals } from "@std/assert";
import { forbiddenIn } from "../../../src/fleet/coordination/allowed_targets.ts";
import type { ClientSpec } from "../../../src/plan/run_plan.ts";
import type { Step } from "../../../src/plan/scenario.ts";
import { planFor } from "../../_support/plan.ts";

const LOAD = { kind: "duration", connections: 1, durationMs: 1 } as const;

function isAllowed(
  url: string,
  patterns: readonly string[],
  changes: { client?: Partial<ClientSpec>; step?: Partial<Step> } = {},
): boolean {
  return forbiddenIn(planFor(url, LOAD, changes), patterns).length === 0;
}

const CASES: readonly (readonly [why: string, url: string, patterns: readonly string[], allowed: boolean])[] =
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
    ["an IPv6 address and port", "http://[::1]:81/", ["[::1]:80"], false],
    ["a host that looks like user info", "http://api.test@evil.test/", ["api.test"], false],
  ];

for (const [why, url, patterns, allowed] of CASES) {
  Deno.test(`a target is judged by its host: ${why}`, () => assertEquals(isAllowed(url, patterns), allowed));
}

Deno.test("a host that a placeholder could change is not allowed", () => {
  const isOk = (url: string, base?: string) =>
    isAllowed("http://api.test/", ["api.test"], { step: { url, isTemplate: true, ...(base && { base }) } });
  assertEquals(isOk("http://api.test/${x}"), true);
  assertEquals(isOk("http://api.test?${x}"), true);
  assertEquals(isOk("/items/${x}", "http://api.test/"), true);
  for (const url of ["http://api.test${x}/", "http://${x}/", "${x}", "http://api.test:${x}/"]) {
    assertEquals(isOk(url, "http://api.test/"), false, url);
  }
  assertEquals(isOk("/${x}", "http://api.test/"), false, "//evil.test would be another host");
  assertEquals(isOk("/items/${x}", "http://evil.test/"), false);
});

Deno.test("detours are not allowed to a limited worker", () => {
  const isOk = (client: Partial<ClientSpec>) => isAllowed("http://api.test/", ["api.test"], { client });
  const rule = { host: "api.test", port: 80, toPort: 0 };
  assertEquals(isOk({ resolve: [{ ...rule, toHost: "evil.test" }] }), false);
  assertEquals(isOk({ resolve: [{ ...rule, toHost: "" }] }), true);
  assertEquals(isOk({ proxy: { http: "http://proxy.test:3128", bypass: [] } }), false);
  assertEquals(isOk({ maxRedirects: 1 }), false);
  assertEquals(isOk({}), true);
});

Deno.test("files and local sockets of a worker are nobody's, limits or not", () => {
  const body = { kind: "file", path: "/etc/passwd", bytes: 1 } as const;
  assertEquals(isAllowed("http://a.test/", [], { step: { body } }), false);
  assertEquals(isAllowed("http://a.test/", [], { client: { unixSocket: "/run/docker.sock" } }), false);
});
