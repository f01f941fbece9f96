/** The way to a server is settled only where each connection takes the same. */
import { assertEquals } from "@std/assert";
import type { Addresses } from "../../../src/client/net/addresses.ts";
import { straightWayTo } from "../../../src/client/net/straight_way.ts";
import type { ClientSpec } from "../../../src/plan/client_spec.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";

function wayTo(url: string, list: readonly string[], changes: Partial<ClientSpec> = {}) {
  const addresses: Addresses = { list, next: 0, downUntilMs: new Map() };
  const sources = { addresses, spec: { ...PLAIN_CLIENT, ...changes } };
  return straightWayTo(new URL(url), { host: "a.test", port: 81 }, sources);
}

Deno.test("straightWayTo() one address leads to it, with the route's port or its own", () => {
  assertEquals(wayTo("http://a.test/x", ["::1"])?.to, { address: "::1", port: 81, isTls: false });
  assertEquals(wayTo("http://a.test/x", ["10.0.0.1:90"])?.to, {
    address: "10.0.0.1",
    port: 90,
    isTls: false,
  });
  assertEquals(wayTo("http://a.test:81/x", ["::1"])?.origin, "http://a.test:81");
});

Deno.test("straightWayTo() nothing is settled where connections may differ, or need more", () => {
  assertEquals(wayTo("http://a.test/", []), null);
  assertEquals(wayTo("http://a.test/", ["::1", "127.0.0.1"]), null);
  assertEquals(wayTo("https://a.test/", ["::1"]), null);
  assertEquals(wayTo("http://a.test/", ["::1"], { localAddresses: ["::1"] }), null);
  assertEquals(wayTo("http://a.test/", ["::1"], { dnsRefreshMs: 5 }), null);
});
