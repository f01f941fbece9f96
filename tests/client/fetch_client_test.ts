import { assert, assertEquals } from "@std/assert";
import { createFetchClient } from "../../src/client/fetch_client.ts";
import { FAILURE, FAILURE_KINDS } from "../../src/metrics/failure.ts";
import { certificate, ROOT } from "../_support/certificates.ts";
import { PLAIN_CLIENT } from "../_support/plan.ts";
import { prepare, send } from "../_support/prepare.ts";
import { answer, startRawServer } from "../_support/raw_server.ts";
import { clientTest, type ClientUnderTest, contractSuite } from "./contract.ts";

const under: ClientUnderTest = {
  name: "FetchClient",
  kind: "fetch",
  makeClient: createFetchClient,
  keepsHeaders: false,
  tellsVersion: false,
  tellsWireBytes: false,
  protectsPosts: false,
  reportsAs: {
    "head cut short": "no_response",
    "reset amid the body": "truncated",
    "chunk size that is no number": "truncated",
  },
};

contractSuite(under);
