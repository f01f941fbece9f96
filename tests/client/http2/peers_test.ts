/** HTTP/2 with servers of others: nginx, h2o and haproxy. */
import { assertEquals } from "@std/assert";
import type { HttpClient } from "../../../src/client/exchange/http_client.ts";
import { createClients } from "../../../src/client/registry.ts";
import { ROOT } from "../../_support/certificates.ts";
import { HTTP2_PEERS, type Http2PeerKind, LARGE, SMALL } from "../../_support/http2_peers.ts";
import { peerTest } from "../../_support/peers.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { prepare, send } from "../../_support/prepare.ts";
import { tempDir } from "../../_support/temp_dir.ts";

const SPEC = {
  ...PLAIN_CLIENT,
  http2: true,
  streams: 20,
  timeoutMs: 60_000,
  tls: { verify: true, caCerts: [ROOT] },
};
const USERS = 40;
const EACH = 25;

for (const kind of HTTP2_PEERS) {
  peerTest(
    `HTTP/2 with ${kind.name}: bodies, statuses, HEAD, uploads and shared connections`,
    kind.programs,
    async () => {
      await using peer = await kind.start();
      for (const origin of [peer.tlsOrigin, peer.plainOrigin]) {
        await visit(kind, origin);
        await crowd(origin);
      }
      // The platform's TLS is not the only one.
      await visit(kind, peer.tlsOrigin, { tls: { verify: false, caCerts: [] } });
    },
  );
}

async function visit(kind: Http2PeerKind, origin: string, changes: Partial<typeof SPEC> = {}): Promise<void> {
  const client = createClients({ ...SPEC, ...changes })();
  try {
    const seen: Record<string, unknown> = {};
    for (const path of ["/small.txt", "/large.bin", "/missing", "/small.txt?again=1"]) {
      const out = await send(client, prepare(origin + path, { wantsBody: true }));
      assertEquals([out.failureDetail, out.protocol], ["", 20]);
      seen[path] = [out.status, path === "/missing" ? out.body!.length - out.bodyBytes : out.bodyBytes];
    }
    assertEquals(seen, {
      "/small.txt": [200, SMALL.length],
      "/large.bin": [200, LARGE.length],
      "/missing": [404, 0],
      "/small.txt?again=1": [200, SMALL.length],
    });
    const head = await send(client, prepare(`${origin}/small.txt`, { method: "HEAD" }));
    assertEquals([head.failure, head.status, head.bodyBytes], [0, 200, 0]);
    if (kind.countsBodies) await upload(client, origin);
  } finally {
    client.close();
  }
}

async function upload(client: HttpClient, origin: string): Promise<void> {
  await using temp = await tempDir();
  const path = `${temp.path}/file`;
  await Deno.writeTextFile(path, "from a file ".repeat(50_000));
  const { size } = await Deno.stat(path);
  const bodies = ["", "short", "x".repeat(1_000_000), { kind: "file", path, bytes: size } as const];
  const counts: string[] = [];
  for (const body of bodies) {
    const out = await send(client, prepare(`${origin}/count`, { method: "POST", body, wantsBody: true }));
    assertEquals([out.failureDetail, out.status], ["", 200]);
    counts.push(new TextDecoder().decode(out.body!));
  }
  assertEquals(counts, ["0", "5", "1000000", String(size)]);
}

/** Many users at the same time. */
async function crowd(origin: string): Promise<void> {
  const makeClient = createClients(SPEC);
  const clients = Array.from({ length: USERS }, makeClient);
  const request = prepare(`${origin}/small.txt`, { isRepeated: true });
  let connects = 0;
  await Promise.all(clients.map(async (client) => {
    for (let i = 0; i < EACH; i++) {
      const out = await send(client, request);
      assertEquals([out.failureDetail, out.status, out.bodyBytes], ["", 200, SMALL.length]);
      connects += out.connects;
    }
  }));
  for (const client of clients) client.close();
  assertEquals(connects, USERS / SPEC.streams);
}
