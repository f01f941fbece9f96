/** A worker loads the targets that its owner allowed, and no other. */
import { assertEquals } from "@std/assert";
import { forbiddenIn } from "../../../src/fleet/coordination/allowed_targets.ts";
import type { ClientSpec } from "../../../src/plan/client_spec.ts";
import type { HttpStep } from "../../../src/plan/http_step.ts";
import { planFor } from "../../_support/plan.ts";

const LOAD = { kind: "duration", connections: 1, durationMs: 1 } as const;

function reasons(
  url: string,
  targets: readonly string[],
  changes: { client?: Partial<ClientSpec>; step?: Partial<HttpStep> } = {},
): readonly string[] {
  return forbiddenIn(planFor(url, LOAD, changes), { targets });
}

Deno.test("a plan for another host or port is refused before it starts, and the reason names it", () => {
  assertEquals(reasons("http://api.test/", ["api.test:80"]), []);
  assertEquals(reasons("http://evil.test/", ["api.test"]), [
    "evil.test:80 is not among the targets allowed here",
  ]);
  assertEquals(reasons("http://[::1]/", ["api.test"]), ["[::1]:80 is not among the targets allowed here"]);
});

Deno.test("a relative URL is read as the client reads it", () => {
  const isOk = (url: string) =>
    reasons("http://api.test/", ["api.test"], { step: { url, base: "http://api.test/", isTemplate: true } })
      .length === 0;
  assertEquals(isOk("/items/${x}"), true);
  for (const url of ["/\t/evil.test/", "//evil.test/", "/\\evil.test/", "\n//evil.test/${x}"]) {
    assertEquals(isOk(url), false, JSON.stringify(url));
  }
});

Deno.test("where rules lead counts, not what they are for", () => {
  const isOk = (toHost: string, toPort: number) =>
    reasons("http://api.test/", ["api.test:80", "10.0.0.7"], {
      client: { resolve: [{ host: "", port: 0, toHost, toPort }] },
    }).length === 0;
  assertEquals(isOk("", 0), true);
  assertEquals(isOk("10.0.0.7", 9000), true);
  assertEquals(isOk("evil.test", 0), false);
  assertEquals(isOk("", 81), false);
});

Deno.test("files, local sockets and other schemes of a worker are nobody's, limits or not", () => {
  const body = { kind: "file", path: "/etc/passwd", bytes: 1 } as const;
  const isOk = (url: string, changes = {}) => reasons(url, [], changes).length === 0;
  assertEquals(isOk("http://a.test/", { step: { body } }), false);
  assertEquals(isOk("http://a.test/", { client: { unixSocket: "/run/docker.sock" } }), false);
  assertEquals(isOk("file:///etc/passwd"), false);
  assertEquals(isOk("data:text/plain,x"), false);
});
