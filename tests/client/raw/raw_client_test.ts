import { Dialer } from "../../../src/client/raw/dialer.ts";
import { RawClient } from "../../../src/client/raw/raw_client.ts";
import { contractSuite } from "../contract.ts";

contractSuite({
  name: "RawClient",
  kind: "raw",
  makeClient: (spec) => new RawClient(spec, new Dialer(spec)),
  keepsHeaders: true,
  tellsVersion: true,
  tellsWireBytes: true,
  protectsPosts: true,
  asksForContinue: true,
  keepsProxyPasswords: true,
  reusesAtOnce: true,
  reportsAs: {},
});
