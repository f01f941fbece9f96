/**
 * The HTTP clients there are.
 *
 * @module
 */
import type { ClientSpec } from "../plan/run_plan.ts";
import { createFetchClient } from "./fetch_client.ts";
import type { HttpClient } from "./http_client.ts";
import { Dialer } from "./raw/dialer.ts";
import { RawClient } from "./raw/raw_client.ts";

/** Returns what makes a slot's clients, one a user; they share what users can share: names, addresses, settings. */
export function createClients(spec: ClientSpec): () => HttpClient {
  switch (spec.kind) {
    case "raw": {
      const dialer = new Dialer(spec);
      return () => new RawClient(spec, dialer);
    }
    case "fetch":
      return () => createFetchClient(spec);
  }
}
