/**
 * The load generators that throughput and rate are compared with.
 *
 * @module
 */
import { ownTool, PEERS } from "../../src/selftest/peer_tools.ts";
import { PROGRAM } from "../_support/program.ts";
import type { Tool } from "../../src/selftest/tool.ts";

/** This project's program, as the bundle that compiled programs are made of. */
export const bench: Tool = ownTool(PROGRAM);

const KEEPS_RATE = ["vegeta", "oha", "hey"];

/** Tools that keep to a rate. */
export const RATE_RIVALS: readonly Tool[] = PEERS.filter(({ name }) => KEEPS_RATE.includes(name));

/** The other load generators, as fast as they can go. */
export const RIVALS: readonly Tool[] = PEERS.map((tool) => tool.name === "vegeta" ? unlimited(tool) : tool);

/** A tool that only knows rates, at rate 0: each worker sends as soon as its previous response arrives. */
function unlimited(tool: Tool): Tool {
  return { ...tool, words: (job) => tool.words({ ...job, rate: 0 }) };
}

/** nghttp2's own load generator, to compare HTTP/2 with. */
export const h2load: Tool = PEERS.find(({ name }) => name === "h2load")!;
