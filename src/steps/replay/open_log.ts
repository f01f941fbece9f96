/**
 * Opens access logs.
 *
 * @module
 */

/** A log that is read from its beginning to its end. */
export interface OpenLog {
  /** Puts its next bytes into a buffer and resolves with their number; `null`: there are no more. */
  read(into: Uint8Array<ArrayBuffer>): Promise<number | null>;
  close(): void;
}

/** Opens a log; gzip is told by its name. */
export async function openLog(path: string): Promise<OpenLog> {
  const file = await Deno.open(path);
  return /\.gz$/i.test(path) ? unzipped(file) : file;
}

function unzipped(file: Deno.FsFile): OpenLog {
  const reader = file.readable.pipeThrough(new DecompressionStream("gzip")).getReader();
  let left = new Uint8Array();
  return {
    async read(into) {
      while (left.length === 0) {
        const { value, done } = await reader.read();
        if (done) return null;
        left = value;
      }
      const length = Math.min(left.length, into.length);
      into.set(left.subarray(0, length));
      left = left.subarray(length);
      return length;
    },
    close: () => void reader.cancel().catch(() => {}),
  };
}
