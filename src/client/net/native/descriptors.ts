/**
 * Which descriptors a thread has open, noted where the thread that started it can see them: a thread that is ended amid a
 * run cannot close them itself.
 *
 * @module
 */
import { loadLibc } from "./libc.ts";

/** Descriptors above are not noted. */
const MAX_DESCRIPTORS = 65_536;
/** After this, in ms, a thread that was ended runs no more code. */
const DEAD_AFTER_MS = 500;

/** What the notes say of an open descriptor. */
export const MARK = { socket: 1, poller: 2 } as const;

/** A thread's notes, one byte a descriptor. */
export type DescriptorNotes = SharedArrayBuffer;

/** Notes for a new thread. */
export function createNotes(): DescriptorNotes {
  return new SharedArrayBuffer(MAX_DESCRIPTORS);
}

let notes: Uint8Array = new Uint8Array(0);

/** From now on this thread notes its descriptors there. */
export function noteIn(buffer: DescriptorNotes): void {
  const before = notes;
  notes = new Uint8Array(buffer);
  notes.set(before.subarray(0, notes.length));
}

/** Notes that a descriptor was opened. */
export function noteOpened(fd: number, kind: keyof typeof MARK): void {
  notes[fd] = MARK[kind];
}

/** Notes that it was closed. */
export function noteClosed(fd: number): void {
  notes[fd] = 0;
}

/** Closes what a thread that was ended left open; sockets only once nothing can use them any more. */
export function closeLeftOver(buffer: DescriptorNotes): void {
  const left = new Uint8Array(buffer);
  if (left.includes(MARK.socket)) Deno.unrefTimer(setTimeout(() => closeAll(left), DEAD_AFTER_MS));
  else closeAll(left);
}

function closeAll(left: Uint8Array): void {
  left.forEach((mark, fd) => {
    if (mark !== 0) loadLibc()?.close(fd);
    left[fd] = 0;
  });
}
