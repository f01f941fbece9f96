/** The HTTP/1.1 client keeps the contract of clients, also with nginx. */
import { Dialer } from "../../../src/client/net/dialer.ts";
import { RawClient } from "../../../src/client/http1/http1_client.ts";
import { SOCKETS } from "../../_support/sockets.ts";
import { startRawServer } from "../../_support/raw_server.ts";
import { contractSuite } from "../contract.ts";

for (const sockets of SOCKETS) {
  contractSuite({
    name: `RawClient, ${sockets} sockets,`,
    kind: "raw",
    makeClient: (spec) => new RawClient(spec, new Dialer({ ...spec, sockets })),
    startServer: startRawServer,
    speaksHttp2: false,
    keepsHeaders: true,
    tellsVersion: true,
    countsConnectionBytes: true,
    protectsPosts: true,
    asksForContinue: true,
    keepsProxyPasswords: true,
    reusesAtOnce: true,
    endsWhenAsked: true,
    reportsAs: {},
  });
}
