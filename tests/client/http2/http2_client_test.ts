/** The HTTP/2 client keeps the contract of clients. */
import { createClients } from "../../../src/client/registry.ts";
import { SOCKETS } from "../../_support/sockets.ts";
import { startTranslatingServer } from "../../_support/http2_translator.ts";
import { contractSuite } from "../contract.ts";

for (const sockets of SOCKETS) {
  contractSuite({
    name: `Http2Client, ${sockets} sockets,`,
    kind: "raw",
    makeClient: (spec) => createClients({ ...spec, sockets })(),
    startServer: startTranslatingServer,
    speaksHttp2: true,
    keepsHeaders: false,
    tellsVersion: false,
    countsConnectionBytes: false,
    protectsPosts: true,
    // Asking is tested frame by frame.
    asksForContinue: false,
    keepsProxyPasswords: true,
    reusesAtOnce: true,
    endsWhenAsked: false,
    reportsAs: { "head cut short": "no_response" },
  });
}
