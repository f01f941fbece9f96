/** The kinds of sockets that can be had here: what holds for connections is tried with each. */
import { loadLibc } from "../../src/client/net/native/libc.ts";
import { beginPlatformWork } from "../../src/lib/platform_work.ts";

/** Values of `sockets` in a client's specification. */
export const SOCKETS: readonly ("platform" | "native")[] = loadLibc() === null
  ? ["platform"]
  : ["platform", "native"];

// The servers of tests are the platform's, and mostly on the thread of the client.
beginPlatformWork();
