/** `grpcs://`: calls over TLS by either transport, with a CA of one's own and a client certificate; and what refuses them. */
import { assertEquals, assertMatch } from "@std/assert";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { startGrpcTarget } from "../../src/target/serve_grpc.ts";
import { certificate, certificatePaths, ROOT, ROOT_PATH } from "../_support/certificates.ts";
import { manyPrograms } from "../_support/many_programs.ts";

/** TLS in front of a server, with or without a certificate of the client's. */
async function startTls(behind: number, requestCert: boolean) {
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer({
    ...certificate("server"),
    ca: [ROOT],
    requestCert,
    rejectUnauthorized: requestCert,
    ALPNProtocols: ["h2"],
  }, (client: TLSSocket) => {
    const inner = connect(behind, "127.0.0.1");
    for (const socket of [client, inner]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    client.pipe(inner);
    inner.pipe(client);
    client.on("close", () => inner.destroy());
    inner.on("close", () => client.destroy());
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

Deno.test("grpcs:// reads the schema and makes calls over TLS, by both transports, with a client certificate", async () => {
  await using target = startGrpcTarget({ port: 0, hostname: "127.0.0.1" });
  const port = Number(new URL(target.url.replace("grpc", "http")).port);
  await using open = await startTls(port, false);
  await using closed = await startTls(port, true);
  const own = certificatePaths("client");
  const mutual = ["--ca-bundle", ROOT_PATH, "--cert", own.cert, "--key", own.key];
  const call = (server: { readonly port: number }, ...words: readonly string[]) => [
    ...["-n", "40", "-c", "2", "--streams", "2", "-b", '{"text":"${counter()}"}', "--json", "-", ...words],
    `grpcs://localhost:${server.port}/shop.Shop/Echo`,
  ];
  const good = ["native", "platform"].flatMap((kind) => {
    const sockets = Deno.build.os === "linux" || kind === "platform" ? ["--sockets", kind] : [];
    return [
      call(open, "--ca-bundle", ROOT_PATH, ...sockets),
      call(open, "--insecure", ...sockets),
      call(closed, ...mutual, ...sockets),
    ];
  });
  const bad: readonly (readonly [words: readonly string[], says: RegExp])[] = [
    [call(open), /certificate/i],
    [call(closed, "--ca-bundle", ROOT_PATH), /TLS|reset|closed|certificate/i],
    [
      ["-n", "1", `grpcs://127.0.0.1:${port}/shop.Shop/Echo`],
      /TLS handshake failed; without TLS it is grpc:\/\//,
    ],
    [["-n", "1", `grpc://127.0.0.1:${open.port}/shop.Shop/Echo`], /wants TLS \(grpcs:\/\/\)|HTTP\/2/],
  ];
  const describe = ["grpc-describe", "--ca-bundle", ROOT_PATH, `grpcs://localhost:${open.port}`];
  const ended = await manyPrograms(
    [...good, describe, ...bad.map(([words]) => words)].map((args) => ({
      args,
      env: { BENCH_THREADS: "1" },
    })),
  );
  for (const [i, words] of good.entries()) {
    const { code, out, err } = ended[i]!;
    assertEquals(code, 0, `${words.join(" ")}\n${err}`);
    const { total_requests: many, total_errors: errors } = JSON.parse(out);
    assertEquals([many, errors], [40, 0], words.join(" "));
  }
  assertEquals(target.counts.calls, 40 * good.length);
  assertEquals(ended[good.length]!.out, "shop.Shop\n");
  for (const [i, [words, says]] of bad.entries()) {
    const { code, err } = ended[good.length + 1 + i]!;
    assertEquals(code, 1, words.join(" "));
    assertMatch(err, says, words.join(" "));
  }
});
