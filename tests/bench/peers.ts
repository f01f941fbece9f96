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

/** The other load generators, as fast as they can go. */
export const RIVALS: readonly Tool[] = PEERS.map((tool) => tool.name === "vegeta" ? unlimited(tool) : tool);

/** A tool that only knows rates, at rate 0: each worker sends as soon as its previous response arrives. */
function unlimited(tool: Tool): Tool {
  return { ...tool, words: (job) => tool.words({ ...job, rate: 0 }) };
}

/** nghttp2's own load generator, to compare HTTP/2 with. */
export const h2load: Tool = PEERS.find(({ name }) => name === "h2load")!;
