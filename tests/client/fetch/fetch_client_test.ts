/** The client over the platform's `fetch` keeps the contract of clients, also with nginx and Unix sockets. */
import { assert, assertEquals } from "@std/assert";
import { createFetchClient } from "../../../src/client/fetch/fetch_client.ts";
import { FAILURE_KINDS, type FailureName } from "../../../src/metrics/failure.ts";
import { certificate, type CertificateFiles, ROOT } from "../../_support/certificates.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { prepare, send } from "../../_support/prepare.ts";
import { response, startRawServer } from "../../_support/raw_server.ts";
import { clientTest, type ClientUnderTest, contractSuite } from "../contract.ts";
import { tempDir } from "../../_support/temp_dir.ts";
import { settle } from "../../_support/wait.ts";

const under: ClientUnderTest = {
  name: "FetchClient",
  kind: "fetch",
  makeClient: (spec) => {
    const [localAddress] = spec.localAddresses ?? [];
    return createFetchClient(spec, localAddress === undefined ? {} : { localAddress });
  },
  startServer: startRawServer,
  speaksHttp2: false,
  keepsHeaders: false,
  tellsVersion: false,
  countsConnectionBytes: false,
  protectsPosts: false,
  asksForContinue: false,
  keepsProxyPasswords: false,
  reusesAtOnce: false,
  endsWhenAsked: false,
  reportsAs: {
    "head cut short": "no_response",
    "reset amid the body": "truncated",
    "chunk size that is no number": "truncated",
  },
};

contractSuite(under);

clientTest(under, "speaks HTTP/2 when asked to, and nothing else", {
  spec: { http2: true, tls: { verify: true, caCerts: [ROOT] } },
  run: async (client) => {
    await using modern = serve(certificate("server"));
    const out = await send(client, prepare(`https://localhost:${modern.port}/`));
    assertEquals([nameOf(out.failure), out.bodyBytes, out.protocol], ["none", 5, 20]);
    await using old = await startRawServer((connection) => connection.send(response("hi")), {
      tls: certificate("server"),
    });
    const refused = await send(client, prepare(old.origin));
    assertEquals(nameOf(refused.failure), "protocol");
  },
});

clientTest(under, "speaks HTTP/2 without TLS when asked to", {
  spec: { http2: true, keepAlive: false },
  run: async (client) => {
    await using server = serve();
    const out = await send(
      client,
      prepare(`http://127.0.0.1:${server.port}/`, { client: { keepAlive: false } }),
    );
    assertEquals([nameOf(out.failure), out.bodyBytes, out.protocol], ["none", 5, 20]);
  },
});

Deno.test("FetchClient talks to a Unix socket", async () => {
  await using temp = await tempDir();
  const dir = temp.path;
  const path = `${dir}/socket`;
  const server = Deno.serve(
    { path, onListen() {} },
    (request) => new Response(request.headers.get("host")),
  );
  const client = createFetchClient({ ...PLAIN_CLIENT, kind: "fetch", unixSocket: path });
  const out = await send(client, prepare("http://some.example/", { wantsBody: true }));
  assertEquals([nameOf(out.failure), new TextDecoder().decode(out.body!)], ["none", "some.example"]);
  client.close();
  await server.shutdown();
});

clientTest(under, "counts what arrived of a body that was cut short", {
  run: async (client) => {
    await using server = await startRawServer(async (connection) => {
      await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
      await connection.send(new Uint8Array(100_000));
      await settle(20);
      connection.end();
    });
    const out = await send(client, prepare(server.origin));
    assertEquals([nameOf(out.failure), out.status], ["truncated", 200]);
    assertEquals([out.bodyBytes, out.declaredLength], [100_000, 1_000_000]);
  },
});

clientTest(under, "turns what fetch does not allow into a failure", {
  run: async (client) => {
    await using server = await startRawServer((connection) => connection.send(response("")));
    const getWithBody = await send(client, prepare(server.origin, { body: "x" }));
    const trace = await send(client, prepare(server.origin, { method: "TRACE" }));
    const blockedPort = await send(client, prepare("http://127.0.0.1:9/"));
    const badHeader = await send(client, prepare(server.origin, { headers: [["a b", "c"]] }));
    const failures = [getWithBody, trace, blockedPort, badHeader];
    assertEquals(failures.map(({ failure }) => nameOf(failure)), ["other", "other", "other", "other"]);
    assert(failures.every(({ failureDetail }) => failureDetail !== ""));
  },
});

clientTest(under, "turns an unusable client certificate into a failure", {
  spec: { tls: { verify: true, caCerts: [], cert: "no PEM", key: "no PEM" } },
  run: async (client) => {
    const out = await send(client, prepare("https://localhost/"));
    assertEquals(nameOf(out.failure), "tls_certificate");
  },
});

function serve(tls?: CertificateFiles): { readonly port: number } & AsyncDisposable {
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    ...tls,
  }, () => new Response("hello"));
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

function nameOf(failure: number): FailureName {
  return FAILURE_KINDS[failure]!.name;
}
