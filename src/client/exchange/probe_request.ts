/**
 * A request that only asks whether a server is there.
 *
 * @module
 */
import type { ClientSpec } from "../../plan/client_spec.ts";
import { assembleRequest } from "./assemble_request.ts";
import type { PreparedRequest } from "./http_client.ts";

/** A `HEAD` request without a word of the user's, to see whether a server is there. */
export function probeRequest(url: URL, client: ClientSpec): PreparedRequest {
  return assembleRequest({
    step: 0,
    method: "HEAD",
    url,
    headers: [],
    body: null,
    isRepeated: false,
    memory: null,
    wantsHead: false,
    wantsBody: false,
    wantsCookies: false,
  }, client);
}
