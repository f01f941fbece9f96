/**
 * Which sockets a thread uses: those of the C library where this system has it and the program may use it, else the
 * platform's.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import type { ClientSpec } from "../../plan/run_plan.ts";
import { loadLibc } from "./native/libc.ts";
import { NativeTransport } from "./native/native_transport.ts";
import { threadPoller } from "./native/poller.ts";
import { PlatformTransport } from "./platform_transport.ts";
import type { Transport } from "./transport.ts";

/** Whose sockets. */
export type SocketsInUse = "native" | "platform";

/** Whose sockets a client uses in this process. @throws {UsageError} when it wants some that are not to be had here. */
export function socketsInUse({ kind, sockets = "auto" }: Pick<ClientSpec, "kind" | "sockets">): SocketsInUse {
  if (sockets === "platform" || (kind === "fetch" && sockets === "auto")) return "platform";
  if (sockets === "auto") return "platform";
  if (kind === "fetch") throw new UsageError("--sockets native: the fetch client has the platform's sockets");
  if (loadLibc() !== null) return "native";
  throw new UsageError(
    Deno.build.os === "linux"
      ? "--sockets native needs --allow-ffi, and the GNU C library on x86-64 or arm64"
      : "--sockets native is for Linux",
  );
}

/** The transport of this thread's connections. @throws {UsageError} as {@linkcode socketsInUse} does. */
export function transportFor(spec: Pick<ClientSpec, "kind" | "sockets" | "tls">): Transport {
  return socketsInUse(spec) === "native"
    ? new NativeTransport(threadPoller()!, spec.tls)
    : new PlatformTransport(spec.tls);
}
