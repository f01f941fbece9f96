/**
 * The load generators that throughput and rate are compared with.
 *
 * @module
 */
import { ownTool, PEERS } from "../../src/selftest/peer_tools.ts";
import type { Tool } from "../../src/selftest/tool.ts";

/** This project's program, run from source. */
export const bench: Tool = ownTool([
  ...[Deno.execPath(), "run", "-A"],
  new URL("../../main.ts", import.meta.url).pathname,
]);

const COMPARED = ["wrk", "ab", "hey", "h2load"];

/** Native tools that go as fast as they can. */
export const RIVALS: readonly Tool[] = PEERS.filter(({ name }) => COMPARED.includes(name));

/** nghttp2's own load generator, to compare HTTP/2 with. */
export const h2load: Tool = PEERS.find(({ name }) => name === "h2load")!;
