/** Certificates of all kinds, judged before anything secret is sent. */
import { assertEquals } from "@std/assert";
import { connect } from "node:net";
import { checkCertificate } from "../../../src/client/net/check_certificate.ts";
import { certificate, ROOT } from "../../_support/certificates.ts";
import { startRawServer } from "../../_support/raw_server.ts";

/** Names and addresses in a URL, and what is to be said of a certificate for localhost, 127.0.0.1 and ::1. */
const CASES = [
  ["localhost", undefined],
  ["127.0.0.1", undefined],
  ["::1", undefined],
  ["10.9.9.9", "it is for a different name"],
  ["other.example", "it is for a different name"],
] as const;

const WAYS = ["a connection of its own", "one that stands already"] as const;

for (const [name, reason] of CASES) {
  for (const way of WAYS) {
    Deno.test(`checkCertificate() over ${way} judges by ${name}, wherever that leads`, async () => {
      await using server = await startRawServer(() => {}, { tls: certificate("server") });
      const { port } = server;
      const found = await checkCertificate({
        ...{ host: "127.0.0.1", port, timeoutMs: 20_000 },
        ...(way !== WAYS[0] && { socket: connect(port, "127.0.0.1") }),
        tls: { verify: true, caCerts: [ROOT], sni: name },
      });
      assertEquals([found?.isTrusted, found?.reason], [reason === undefined, reason]);
    });
  }
}
