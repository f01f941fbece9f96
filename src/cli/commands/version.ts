/**
 * `bench --version --json`: what exactly runs here, for whoever is told of a mistake in it.
 *
 * @module
 */
import { EXIT } from "../../lib/errors.ts";
import { COMMIT, VERSION } from "../../lib/version.ts";
import type { Command } from "../command.ts";
import { printOut } from "../terminal.ts";

/** How the program came here. */
function buildOf(): "compiled" | "bundled" | "sources" {
  if (Deno.build.standalone) return "compiled";
  return COMMIT === undefined ? "sources" : "bundled";
}

/** Prints one JSON object; what is not known is absent. */
export const versionCommand: Pick<Command, "run"> = {
  async run() {
    const { describeSockets } = await import("../../client/net/choose_transport.ts");
    const about = {
      name: "bench",
      version: VERSION,
      ...(COMMIT !== undefined && { commit: COMMIT }),
      build: buildOf(),
      runtime: { deno: Deno.version.deno, v8: Deno.version.v8 },
      sockets: describeSockets(),
      system: { os: Deno.build.os, arch: Deno.build.arch },
    };
    printOut(`${JSON.stringify(about, undefined, 2)}\n`);
    return EXIT.ok;
  },
};
