/**
 * Whose sockets carried a run, and whose TLS.
 *
 * @module
 */
import { knownUrls } from "../plan/scenario.ts";
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

/** Who made a run's TLS: `OpenSSL 3.0.22`, or the platform. */
export interface TlsUsed {
  readonly library: string;
  /** Why it was the platform, where another was wanted. */
  readonly reason?: string;
  /** Handshakes; absent where the transport does not tell. */
  readonly handshakes?: { readonly full: number; readonly resumed: number };
}

const PLATFORM = "platform";

/** Who made it; `undefined` where the threads do not say, or there was none. */
export function tlsUsed({ plan, total }: Pick<RunResult, "plan" | "total">): TlsUsed | undefined {
  const { threads, fullHandshakes, resumedHandshakes } = total;
  if (threads.every(({ nativeSockets }) => nativeSockets === undefined)) return undefined;
  const libraries = new Set(
    threads.flatMap(({ nativeSockets, openSsl }) =>
      openSsl !== undefined ? [openSsl] : nativeSockets === 0 ? [0] : []
    ),
  );
  const isNeeded = fullHandshakes !== undefined ||
    knownUrls(plan.scenario).some(({ protocol }) => protocol === "https:");
  if (libraries.size === 0 || !isNeeded) return undefined;
  const isMissed = threads.some(({ openSsl }) => openSsl === 0);
  return {
    library: [...libraries].sort().map((number) => number === 0 ? PLATFORM : openSslName(number)).join(
      " and ",
    ),
    ...(isMissed && { reason: "there is no OpenSSL 3 where the system looks for libraries" }),
    ...(fullHandshakes !== undefined &&
      { handshakes: { full: fullHandshakes, resumed: resumedHandshakes ?? 0 } }),
  };
}

/** A version as OpenSSL 3 numbers it: `0xMNN00PP0`. */
function openSslName(number: number): string {
  return `OpenSSL ${number >>> 28}.${(number >>> 20) & 0xff}.${(number >>> 4) & 0xff}`;
}
