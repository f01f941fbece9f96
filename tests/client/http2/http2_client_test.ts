import { createClients } from "../../../src/client/registry.ts";
import { startTranslatingServer } from "../../_support/http2_translator.ts";
import { contractSuite } from "../contract.ts";

contractSuite({
  name: "Http2Client",
  kind: "raw",
  makeClient: (spec) => createClients(spec)(),
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
