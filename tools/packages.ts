/**
 * The npm packages in a compiled program: names, versions, licences, and the texts of these, from Deno's cache.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { embeddedFrom } from "./module_graph.ts";

/** One package. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** As it says itself, such as `MIT`. */
  readonly license: string;
  /** The whole text of its licence files; empty: it has none. */
  readonly text: string;
}

/**
 * All packages that these entry points load, by name.
 *
 * @param root the folder of deno.json, as a URL that ends with a slash
 * @throws {Error} when one is not in the cache, or does not say its licence
 */
export async function packagesOf(root: string, entries: readonly string[]): Promise<readonly Package[]> {
  const { packages } = await embeddedFrom(root, entries);
  const caches = await cachesOf(root);
  return await Promise.all(
    [...packages].sort().map(async (id) => {
      const at = id.lastIndexOf("@");
      const [name, version] = [id.slice(0, at), id.slice(at + 1)];
      for (const cache of caches) {
        const found = await readPackage(`${cache}/${name}/${version}`);
        if (found !== undefined) return { name, version, ...found };
      }
      throw new Error(`${id} is not in the cache, or does not say its licence`);
    }),
  );
}

/** Folders of registries in Deno's cache. */
async function cachesOf(root: string): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
    cwd: fileURLToPath(root),
  }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout));
  const names = await Array.fromAsync(Deno.readDir(npmCache));
  return names.filter(({ isDirectory }) => isDirectory).map(({ name }) => `${npmCache}/${name}`);
}

async function readPackage(folder: string): Promise<Pick<Package, "license" | "text"> | undefined> {
  try {
    const { license, licenses } = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
    const said = license?.type ?? license ?? licenses?.[0]?.type;
    if (typeof said !== "string") return undefined;
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    const files = names.filter((name) => /^(?:licen[cs]e|copying|notice)(?:$|[.-])/i.test(name)).sort();
    const texts = await Promise.all(files.map((name) => Deno.readTextFile(`${folder}/${name}`)));
    return { license: said, text: texts.map((text) => text.trim()).join("\n\n") };
  } catch {
    return undefined;
  }
}

/** What `bench --licenses` prints of them. */
export function licenseTexts(packages: readonly Package[]): string {
  return packages.map(({ name, version, license, text }) =>
    `${"-".repeat(72)}\n${name} ${version}: ${license}\n${text === "" ? "" : `\n${text}\n`}`
  ).join("\n");
}
