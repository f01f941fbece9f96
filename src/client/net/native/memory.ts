/**
 * Memory that C code may be handed: never moved, and kept as long as the thread lives.
 *
 * @module
 */

/** Smaller arrays may lie where the collector moves them. */
export const MIN_PINNED_BYTES = 1024;

/** A stretch of memory and its address. */
export interface PinnedMemory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly pointer: Deno.PointerObject;
  /** The address of a byte. */
  at(offset: number): Deno.PointerObject;
}

/** What was handed out; the collector must not take any of it. */
const pinned: ArrayBuffer[] = [];

/** New memory, for as long as the thread lives. */
export function pinMemory(length: number): PinnedMemory {
  const bytes = new Uint8Array(new ArrayBuffer(Math.max(length, MIN_PINNED_BYTES)));
  pinned.push(bytes.buffer);
  const pointer = Deno.UnsafePointer.of(bytes)!;
  return {
    bytes,
    view: new DataView(bytes.buffer),
    pointer,
    at: (offset) => Deno.UnsafePointer.offset(pointer, offset)!,
  };
}
