/** The part of the client contract about a real server, nginx. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import type { HttpClient } from "../../src/client/exchange/http_client.ts";
import { ROOT } from "../_support/certificates.ts";
import { startNginx } from "../_support/nginx.ts";
import { peerTest } from "../_support/peers.ts";
import { PLAIN_CLIENT } from "../_support/plan.ts";
import { prepare, send } from "../_support/prepare.ts";
import type { ClientUnderTest } from "./contract.ts";

const LARGE = "0123456789abcdef".repeat(200_000);

const SERVER_LINES = `
    gzip on;
    gzip_min_length 1;
    gzip_types text/plain;
    keepalive_requests 10;
    location = / { return 200 "hello\\n"; }
    location = /busy { return 503 "busy\\n"; }
    location = /posted { return 200 "$content_length\\n"; }
`;

/** Registers the tests. */
export function nginxContract(under: ClientUnderTest): void {
  peerTest(`${under.name} agrees with nginx about statuses, lengths and connections`, ["nginx"], async () => {
    await using nginx = await startNginx(SERVER_LINES, {
      "large.bin": LARGE,
      "text.txt": "many words ".repeat(1000),
    });
    const client = under.makeClient({
      ...PLAIN_CLIENT,
      kind: under.kind,
      timeoutMs: 20_000,
      tls: { verify: true, caCerts: [ROOT] },
    });
    try {
      await visit(client, nginx.origin);
      await visit(client, nginx.tlsOrigin);
      await limitedReuse(client, nginx.origin);
    } finally {
      client.close();
    }
  });
}

async function visit(client: HttpClient, origin: string): Promise<void> {
  const seen: Record<string, readonly number[]> = {};
  for (const path of ["/", "/busy", "/missing", "/large.bin", "/text.txt"]) {
    const out = await send(client, prepare(origin + path, { wantsBody: path === "/missing" }));
    assertEquals(out.failureDetail, "");
    seen[path] = [out.status, path === "/missing" ? out.body!.length - out.bodyBytes : out.bodyBytes];
  }
  assertEquals(seen, {
    "/": [200, 6],
    "/busy": [503, 5],
    "/missing": [404, 0],
    "/large.bin": [200, LARGE.length],
    "/text.txt": [200, 11_000],
  });
  const head = await send(client, prepare(`${origin}/large.bin`, { method: "HEAD" }));
  assertEquals([head.status, head.bodyBytes, head.declaredLength], [200, 0, LARGE.length]);
  const part = await send(client, prepare(`${origin}/large.bin`, { headers: [["Range", "bytes=0-99"]] }));
  assertEquals([part.status, part.bodyBytes], [206, 100]);
  const coded = await send(client, prepare(`${origin}/text.txt`, { headers: [["Accept-Encoding", "gzip"]] }));
  assertEquals([coded.failure, coded.status], [0, 200]);
  const posted = await send(
    client,
    prepare(`${origin}/posted`, { method: "POST", body: "12345", wantsBody: true }),
  );
  assertEquals([posted.status, new TextDecoder().decode(posted.body!)], [200, "5\n"]);
}

/** nginx closes each connection behind its tenth answer, and says so. */
async function limitedReuse(client: HttpClient, origin: string): Promise<void> {
  client.close();
  let connects = 0;
  for (let i = 0; i < 100; i++) {
    const out = await send(client, prepare(origin));
    assertEquals([out.failure, out.status], [0, 200]);
    connects += out.connects;
  }
  assertLessOrEqual(connects, 11);
}
