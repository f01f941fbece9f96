/**
 * The program as the bundle that compiled programs are made of: it starts with two thirds of the work that its sources
 * take, and tests start it about a thousand times. Made once for each state of the sources, by whichever test needs it
 * first; later test runs find it again. `TEST_SOURCES=1` has the sources themselves run in its place.
 *
 * @module
 */
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { bundledEntry, bundleProgram } from "../../tools/bundle.ts";

const ROOT = new URL("../../", import.meta.url);
const FOLDERS = `${tmpdir()}/bench-test-bundles`;

/** Tells the other test modules of this process where it lies: all of them share one environment. */
const KNOWN = "TEST_BUNDLE";

/** Bundles that no test has asked for in this time, in ms, are removed. */
const KEPT_MS = 3_600_000;

/** Path of the bundled `main.ts`; `undefined` where none can be made (the bundler is a package to download). */
export async function bundledProgram(): Promise<string | undefined> {
  if (Deno.env.get("TEST_SOURCES") === "1") return undefined;
  const known = Deno.env.get(KNOWN);
  if (known !== undefined && await exists(known)) return known;
  const folder = `${FOLDERS}/${await sourceState()}`;
  await Deno.mkdir(FOLDERS, { recursive: true });
  using lock = await Deno.open(`${FOLDERS}/lock`, { create: true, write: true });
  await lock.lock(true);
  try {
    if (!await exists(folder)) await makeBundle(folder);
    await Deno.utime(folder, new Date(), new Date());
    const bundle = `${folder}/${bundledEntry("main.ts")}`;
    Deno.env.set(KNOWN, bundle);
    return bundle;
  } catch (error) {
    // deno-lint-ignore no-console -- slower tests must be explained
    console.warn(`The program runs from its sources. ${error}`);
    return undefined;
  } finally {
    await lock.unlock();
  }
}

/** A digest of everything that a bundle is made of. */
async function sourceState(): Promise<string> {
  const files = ["main.ts", "deno.json", "deno.lock", "LICENSE", "tools/bundle.ts", "tools/packages.ts"];
  for await (const path of filesOf("src")) files.push(path);
  const parts = [Deno.version.deno, ...files.sort()];
  for (const path of files) parts.push(await Deno.readTextFile(new URL(path, ROOT)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(parts.join("\0")));
  return new Uint8Array(digest).toHex().slice(0, 32);
}

async function* filesOf(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(fileURLToPath(new URL(folder, ROOT)))) {
    if (isDirectory) yield* filesOf(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

async function makeBundle(folder: string): Promise<void> {
  await removeOld();
  const unfinished = await Deno.makeTempDir({ dir: FOLDERS });
  await bundleProgram(ROOT.href, unfinished);
  await Deno.rename(unfinished, folder);
}

async function removeOld(): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(FOLDERS)) {
    const path = `${FOLDERS}/${name}`;
    const { mtime } = await Deno.stat(path);
    if (isDirectory && Date.now() - mtime!.getTime() > KEPT_MS) await Deno.remove(path, { recursive: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
