/**
 * The C library by its plain name, from where the system looks. Numbers are 32 bits and memory is handed over as
 * pointers made once: calls with buffers or larger numbers cost ten times as much.
 *
 * @module
 */
import { openLibc } from "../../../lib/open_libc.ts";

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "pointer", "u32"], result: "i32" },
  bind: { parameters: ["i32", "pointer", "u32"], result: "i32" },
  send: { parameters: ["i32", "pointer", "u32", "i32"], result: "i32" },
  recv: { parameters: ["i32", "pointer", "u32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "pointer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "pointer", "pointer"], result: "i32" },
  if_nametoindex: { parameters: ["pointer"], result: "u32" },
  inet_pton: { parameters: ["i32", "pointer", "pointer"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "pointer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "pointer", "i32", "i32"], result: "i32" },
  /** Since glibc 2.35 and Linux 5.11. */
  epoll_pwait2: {
    parameters: ["i32", "pointer", "i32", "pointer", "pointer"],
    result: "i32",
    optional: true,
  },
  clock_gettime: { parameters: ["i32", "pointer"], result: "i32" },
  mallopt: { parameters: ["i32", "i32"], result: "i32" },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  strerror: { parameters: ["i32"], result: "pointer" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions in use. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** The layouts of structures are those of these. */
const IS_KNOWN_MACHINE = /^(?:x86_64|aarch64)$/.test(Deno.build.arch);

let libc: Libc | null | undefined;

/** The library; `null` where it is another one, or this program may not use it. Asks nobody for leave. */
export function loadLibc(): Libc | null {
  return libc === undefined ? libc = IS_KNOWN_MACHINE ? openLibc(SYMBOLS) : null : libc;
}

/** The error number of the call just before; to be asked for at once. */
export function errnoOf(lib: Libc): number {
  // A thread's own, and it stays where it is.
  errno ??= new Deno.UnsafePointerView(lib.__errno_location()!);
  return errno.getInt32();
}

let errno: Deno.UnsafePointerView | undefined;
