/**
 * Which sockets a thread uses: those of the C library where this system has it and the program may use it, else the
 * platform's.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { loadLibc } from "./native/libc.ts";
import { openSslVersion } from "./native/openssl.ts";
import { NativeTransport } from "./native/native_transport.ts";
import { openSslInUse } from "./native/openssl.ts";
import { closeSockets, threadPoller } from "./native/poller.ts";
import { freeTlsContexts } from "./native/tls_context.ts";
import { isOwnThread } from "./native/own_thread.ts";
import { PlatformTransport } from "./platform_transport.ts";
import type { Transport } from "./transport.ts";

/** Whose sockets. */
export type SocketsInUse = "native" | "platform";

/** Whose sockets a client uses in this process. @throws {UsageError} when it wants some that are not to be had here. */
export function socketsInUse({ kind, sockets = "auto" }: Pick<ClientSpec, "kind" | "sockets">): SocketsInUse {
  // A poller makes all else that a thread does wait: it is for threads that do nothing else.
  if (sockets === "platform" || (sockets === "auto" && !isOwnThread())) return "platform";
  const problem = kind === "fetch" ? "the fetch client uses the platform's" : nativeProblem();
  if (problem === undefined) return "native";
  if (sockets === "auto") return "platform";
  throw new UsageError(`Cannot use --sockets native: ${problem}`);
}

/** Sockets and TLS that load threads of this program use unless they are told otherwise. */
export interface SocketsHere {
  readonly kind: SocketsInUse;
  /** Why not native ones. */
  readonly reason?: string;
  /** Whose TLS. */
  readonly tls: string;
}

/** What {@linkcode SocketsHere} is in this process, under its permissions. */
export function describeSockets(): SocketsHere {
  const reason = nativeProblem();
  if (reason !== undefined) return { kind: "platform", reason, tls: "platform" };
  return { kind: "native", tls: openSslVersion() ?? "platform" };
}

/** Whether a client would have native sockets on a thread of our own, and has none on this one. */
export function wantsOwnThread({ kind, sockets }: Pick<ClientSpec, "kind" | "sockets">): boolean {
  return !isOwnThread() && kind === "raw" && sockets !== "platform" && nativeProblem() === undefined;
}

/** Why sockets of the C library's are not to be had; nobody is asked for leave. */
function nativeProblem(): string | undefined {
  if (Deno.build.os !== "linux") return "they are for Linux";
  // Who may connect to some servers alone could connect to all.
  const isGranted = (["ffi", "net"] as const).every((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  if (!isGranted) return "they need --allow-ffi, and --allow-net for all hosts";
  return loadLibc() === null ? "they need the GNU C library, on x86-64 or arm64" : undefined;
}

/** The transport of this thread's connections. @throws {UsageError} as {@linkcode socketsInUse} does. */
export function transportFor(spec: Pick<ClientSpec, "kind" | "sockets" | "tls">): Transport {
  return socketsInUse(spec) === "native"
    ? new NativeTransport(threadPoller()!, spec.tls)
    : new PlatformTransport(spec.tls);
}

/**
 * The number of the OpenSSL version that has made TLS on this thread, as the library gives it; 0: there is none, and the
 * platform has; `undefined`: no TLS was made on native sockets.
 */
export const tlsLibraryInUse = openSslInUse;

/**
 * A load of a thread of our own is over: closes connections that are still open, such as those whose end a server is slow
 * to confirm, and frees what they shared. They would hold up what the thread does next.
 */
export function endConnections(): void {
  if (!isOwnThread()) return;
  closeSockets();
  freeTlsContexts();
}
