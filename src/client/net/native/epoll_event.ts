/**
 * How the kernel lays out what it tells of descriptors (epoll_ctl(2)).
 *
 * @module
 */

/** Event bits. */
export const EVENT = {
  in: 1,
  out: 4,
  error: 8,
  hangUp: 0x10,
  readHangUp: 0x2000,
  edge: 0x8000_0000,
} as const;

/** An `epoll_event` in words of 32 bits: the events are the first, the descriptor is put into another. */
export interface EventLayout {
  readonly words: number;
  readonly descriptorWord: number;
}

/** The layout on an architecture, by its name in `Deno.build.arch`: packed on x86-64 alone. */
export function eventLayoutOn(arch: string): EventLayout {
  return arch === "x86_64" ? { words: 3, descriptorWord: 1 } : { words: 4, descriptorWord: 2 };
}
