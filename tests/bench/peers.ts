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

const COMPARED = ["wrk", "ab", "hey", "h2load"];
const PUNCTUAL = ["vegeta", "oha", "hey"];

/** Native tools that go as fast as they can. */
export const RIVALS: readonly Tool[] = PEERS.filter(({ name }) => COMPARED.includes(name));

/** Tools that keep to a rate. */
export const RATE_RIVALS: readonly Tool[] = PEERS.filter(({ name }) => PUNCTUAL.includes(name));

/** nghttp2's own load generator, to compare HTTP/2 with. */
export const h2load: Tool = PEERS.find(({ name }) => name === "h2load")!;
