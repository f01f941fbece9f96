/**
 * What `deno compile` embeds: the modules that imports reach from the entry points, the files they import as text, and
 * the npm packages among them. Read from `deno info --json`, so nothing is compiled and no runtime is needed.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** Everything that a compiled program has with it. */
export interface Embedded {
  /** Local files, as URLs: modules, JSON and text. */
  readonly files: ReadonlySet<string>;
  /** npm packages, `name@version`. */
  readonly packages: ReadonlySet<string>;
  /** Imports that lead nowhere, one sentence each. */
  readonly problems: readonly string[];
}

interface InfoModule {
  readonly specifier: string;
  readonly error?: string;
  readonly dependencies?: readonly InfoDependency[];
  readonly npmPackage?: string;
}

interface InfoDependency {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string; readonly error?: string };
}

type NpmPackages = Readonly<Record<string, { readonly dependencies: readonly string[] }>>;

/**
 * Reads the graph of some entry points.
 *
 * @param root the folder they are in, as a URL that ends with a slash
 * @param flags of `deno info`
 */
export async function embeddedFrom(
  root: string,
  entries: readonly string[],
  flags: readonly string[] = ["--frozen"],
): Promise<Embedded> {
  const files = new Set<string>();
  const packages = new Set<string>();
  const problems: string[] = [];
  for (const entry of entries) {
    const { modules, npmPackages = {} } = await infoOf(root, entry, flags);
    const used = modules.map(({ npmPackage }) => npmPackage).filter((name) => name !== undefined);
    for (const name of withDependencies(used, npmPackages)) packages.add(name);
    for (const { specifier, error, dependencies = [] } of modules) {
      if (error !== undefined) problems.push(`${specifier}: ${error}`);
      else if (specifier.startsWith("file:")) files.add(specifier);
      for (const { specifier: written, code } of dependencies) {
        if (code?.error !== undefined) problems.push(`${specifier} imports ${written}: ${code.error}`);
      }
    }
  }
  return { files, packages, problems };
}

/** Packages and all that they need, without the part of a name that tells peers apart: `a@1.0.0_b@2.0.0`. */
function withDependencies(names: readonly string[], all: NpmPackages): ReadonlySet<string> {
  const found = new Set<string>();
  const rest = [...names];
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    rest.push(...all[name]?.dependencies ?? []);
  }
  return new Set([...found].map((name) => name.replace(/_.*/, "")));
}

async function infoOf(
  root: string,
  entry: string,
  flags: readonly string[],
): Promise<{ readonly modules: readonly InfoModule[]; readonly npmPackages?: NpmPackages }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ...flags, entry],
    cwd: fileURLToPath(root),
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`Cannot read the imports of ${entry}: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout));
}
