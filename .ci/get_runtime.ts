/**
 * `get_runtime.ts FILE`: the runtime that `deno compile` packs programs behind, for Linux on x64, where Deno cannot fetch
 * it. An npm package ships a program that was made by `deno compile`: what stands before that program's own part, with
 * the header as it was, is the runtime. Its checksum is what counts: nothing else is ever taken.
 *
 * Ends with 1 and one line when the package cannot be had.
 *
 * @module
 */
import { dirname } from "node:path";

const PACKAGE = "@chelonia/cli-x64-linux@3.4.0";
const PROGRAM = "package/chel";
const RUNTIME_BYTES = 107_594_120;
const SHA256 = "723d45cca4f68bd66652da1e0d45562b0700317c1535981035f50f078785a131";

/** Fields of the ELF header that packing had changed: offset, bytes, value. */
const HEADER: readonly (readonly [offset: number, bytes: 2 | 8, value: number])[] = [
  [0x20, 8, 64],
  [0x28, 8, 107_591_688],
  [0x38, 2, 12],
  [0x3c, 2, 38],
];

async function sumOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function isThere(file: string): Promise<boolean> {
  try {
    return await sumOf(await Deno.readFile(file)) === SHA256;
  } catch {
    return false;
  }
}

async function runIn(folder: string, command: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(command, { args: [...args], cwd: folder }).output();
  if (code !== 0) {
    throw new Error(`${command} ${args[0]}: ${new TextDecoder().decode(stderr).trim().slice(-500)}`);
  }
}

async function get(file: string): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: dirname(file) });
  try {
    await runIn(folder, "npm", "pack", "--silent", PACKAGE);
    const [archive] = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    await runIn(folder, "tar", "-xzf", archive!, PROGRAM);
    const runtime = (await Deno.readFile(`${folder}/${PROGRAM}`)).slice(0, RUNTIME_BYTES);
    const view = new DataView(runtime.buffer);
    for (const [offset, bytes, value] of HEADER) {
      if (bytes === 8) view.setBigUint64(offset, BigInt(value), true);
      else view.setUint16(offset, value, true);
    }
    const found = await sumOf(runtime);
    if (found !== SHA256) throw new Error(`wrong checksum: expected ${SHA256}, found ${found}`);
    await Deno.writeFile(`${folder}/runtime`, runtime, { mode: 0o755 });
    await Deno.rename(`${folder}/runtime`, file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const [file] = Deno.args;
  if (file === undefined) throw new TypeError("Usage: get_runtime.ts FILE");
  try {
    if (!(await isThere(file))) await get(file);
  } catch (error) {
    await Deno.stderr.write(new TextEncoder().encode(`No runtime from ${PACKAGE}: ${error}\n`));
    Deno.exit(1);
  }
}
