/**
 * Opens access logs.
 *
 * @module
 */

/** Opens a log as text; gzip is told by its name. */
export async function openLog(path: string): Promise<ReadableStream<string>> {
  const { readable } = await Deno.open(path);
  const bytes: ReadableStream<BufferSource> = /\.gz$/i.test(path)
    ? readable.pipeThrough(new DecompressionStream("gzip"))
    : readable;
  return bytes.pipeThrough(new TextDecoderStream());
}
