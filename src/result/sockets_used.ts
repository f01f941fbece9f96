/**
 * Whose sockets carried a run.
 *
 * @module
 */
import type { RunResult } from "./run_result.ts";

/** The C library's, the platform's, or on some threads these and on others those. */
export type SocketsUsed = "native" | "platform" | "native and platform";

/** Whose they were; `undefined` where the threads do not say. */
export function socketsUsed({ total }: Pick<RunResult, "total">): SocketsUsed | undefined {
  const said = total.threads.flatMap(({ nativeSockets }) => nativeSockets ?? []);
  if (said.length === 0) return undefined;
  if (said.every((isNative) => isNative > 0)) return "native";
  return said.some((isNative) => isNative > 0) ? "native and platform" : "platform";
}
