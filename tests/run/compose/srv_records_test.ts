/** SRV records become a rule for connections: the lowest priority, by weight, addresses with ports. */
import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { inTurns, resolveSrv } from "../../../src/run/compose/srv_records.ts";
import { startDnsServer } from "../../_support/dns_server.ts";

const URL_OF_SITE = new URL("http://shop.test/");

Deno.test("the servers of the lowest priority are taken, by weight", async () => {
  await using dns = await startDnsServer({
    srv: {
      "_http._tcp.shop.test": [[10, 3, 8001, "a.test"], [10, 1, 8002, "b.test"], [20, 5, 8003, "spare.test"]],
      "_http._tcp.none.test": [[0, 0, 0, ""]],
      "_http._tcp.lost.test": [[0, 0, 1, "unknown.test"]],
    },
    a: { "a.test": ["127.0.0.1"], "b.test": ["127.0.0.2"], "spare.test": ["127.0.0.3"] },
  });
  const at = (name: string) =>
    resolveSrv({ name, server: { ipAddr: "127.0.0.1", port: dns.port } }, URL_OF_SITE, { family: 4 });
  assertEquals(await at("_http._tcp.shop.test"), {
    host: "shop.test",
    port: 80,
    toHost: "127.0.0.1:8001,127.0.0.1:8001,127.0.0.2:8002,127.0.0.1:8001",
    toPort: 80,
  });
  await assertRejects(() => at("_http._tcp.absent.test"), UsageError, "it has no SRV record");
  await assertRejects(() => at("_http._tcp.none.test"), UsageError, "names no server");
  await assertRejects(() => at("_http._tcp.lost.test"), UsageError, "unknown.test: no address");
});

Deno.test("turns are as many as the weights say", () => {
  const turns = (...weights: readonly number[]) => {
    const hosts = inTurns(weights.map((weight, i) => ({ host: `${i}`, port: 1, weight }))).map(({ host }) =>
      host
    );
    return weights.map((_, i) => hosts.filter((host) => host === `${i}`).length);
  };
  assertEquals(turns(0, 0), [1, 1]);
  assertEquals(turns(60, 30, 10), [6, 3, 1]);
  assertEquals(turns(10, 0), [1, 0]);
  assertEquals(turns(0.5, 0.5, 3), [1, 1, 6]);
  assertEquals(turns(997, 3), [100, 1]);
});
