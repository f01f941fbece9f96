/**
 * Files and streams read whole, up to a limit: what has no end, or is larger than anybody meant, is told before it fills
 * the memory.
 *
 * @module
 */
import { MAX_TEXT_BYTES } from "../size_limits.ts";
import { UsageError } from "../errors.ts";

const MIB = 2 ** 20;

const FIRST_BYTES = 65_536;

/** The size of a regular file, checked before anything is read; 0 for devices and pipes, which have none. */
function checkedSize({ isFile, isDirectory, size }: Deno.FileInfo, max: number): number {
  if (isDirectory) throw new UsageError("it is a directory");
  if (isFile && size > max) throw new UsageError(tooLarge(max));
  return isFile ? size : 0;
}

/** What has no size cannot be refused by it, so that less of it is read. */
function limitOf({ isFile }: Deno.FileInfo, max: number): number {
  return isFile ? max : Math.min(max, MAX_TEXT_BYTES);
}

/**
 * A file's bytes.
 * @throws {UsageError} when it is a directory, or larger than `max` bytes. Rejects as `Deno.open` does.
 */
export async function readFileWithin(path: string, max: number): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path);
  const info = await file.stat();
  const bytes = new Collected(limitOf(info, max), checkedSize(info, max));
  for (;;) {
    const got = await file.read(bytes.free());
    if (got === null) return bytes.all();
    bytes.take(got);
  }
}

/** The same at once. */
export function readFileWithinSync(path: string, max: number): Uint8Array<ArrayBuffer> {
  using file = Deno.openSync(path);
  const info = file.statSync();
  return collect(file, new Collected(limitOf(info, max), checkedSize(info, max)));
}

/**
 * The bytes of a pipe, a terminal or whatever else is open, at once.
 * @throws {UsageError} when there are more than `max` bytes.
 */
export function readWithinSync(
  input: { readSync(into: Uint8Array): number | null },
  max: number,
): Uint8Array<ArrayBuffer> {
  return collect(input, new Collected(max, 0));
}

function collect(
  input: { readSync(into: Uint8Array): number | null },
  bytes: Collected,
): Uint8Array<ArrayBuffer> {
  for (;;) {
    const got = input.readSync(bytes.free());
    if (got === null) return bytes.all();
    bytes.take(got);
  }
}

/** A text file as UTF-8; malformed bytes become U+FFFD. */
export async function readTextWithin(path: string, max: number): Promise<string> {
  return new TextDecoder().decode(await readFileWithin(path, max));
}

/**
 * The bytes of a stream, which is cancelled when it is too long.
 * @throws {UsageError} when there are more than `max` bytes.
 */
export async function readStreamWithin(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  max: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Collected(max, 0);
  for await (const chunk of stream) bytes.add(chunk);
  return bytes.all();
}

/** Bytes that are put together, in a buffer that grows. */
class Collected {
  readonly #max: number;
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** `expected`: how many bytes there are likely to be. */
  constructor(max: number, expected: number) {
    this.#max = max;
    // One more shows the end without another buffer.
    this.#bytes = new Uint8Array(Math.max(FIRST_BYTES, expected + 1));
  }

  /** Room for more. */
  free(): Uint8Array<ArrayBuffer> {
    if (this.#length === this.#bytes.length) this.#grow(this.#length + 1);
    return this.#bytes.subarray(this.#length);
  }

  /** Counts bytes that were put into the room. */
  take(count: number): void {
    this.#length += count;
    if (this.#length > this.#max) throw new UsageError(tooLarge(this.#max));
  }

  add(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#bytes.length) this.#grow(this.#length + chunk.length);
    this.#bytes.set(chunk, this.#length);
    this.take(chunk.length);
  }

  all(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(least: number): void {
    const grown = new Uint8Array(Math.max(least, Math.min(this.#bytes.length * 2, this.#max + 1)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

function tooLarge(max: number): string {
  return `it is too large, or has no end: expected at most ${max / MIB} MiB`;
}
