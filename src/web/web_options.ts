/**
 * Options of the page that shows a run while it goes on.
 *
 * @module
 */
import { type HostPort, listenAddress } from "../options/http_types.ts";
import { defineOptions } from "../options/option.ts";
import { path } from "../options/option_types.ts";

/** The table. */
export const webOptions = defineOptions({
  web: {
    long: "--web",
    type: listenAddress,
    group: "Output",
    bare: { host: "127.0.0.1", port: 0 } as HostPort,
    help: "Show the run on a page while it goes on; on loopback and a free port unless they are given",
  },
  webTokenFile: {
    long: "--web-token-file",
    type: path(),
    group: "Output",
    requires: ["web"],
    defaultLabel: "a new token each time",
    help: "File with the token that the page of --web and PATCH /run ask for",
  },
});
