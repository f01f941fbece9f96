/**
 * What goes into a compiled program: everything that is reached from the entry points, packages and texts included, as a
 * few JavaScript files. Smaller than the sources and packages themselves by a factor of ten, and faster to start, since
 * what is loaded late (`import()`) stays in files of its own. Names of functions are kept, so that an error's trace can
 * be read.
 *
 * Paths of a source's own (`new URL("…", import.meta.url)`) lead elsewhere once it is in such a file: they are written
 * anew, and `deno task compile:check` follows each.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import manifest from "../deno.json" with { type: "json" };
import { licenseTexts, packagesOf } from "./packages.ts";

/** The program's first module, then those that it starts as threads; paths below the folder of deno.json. */
export const ENTRIES: readonly string[] = ["main.ts", ...manifest.compile.include];

/** A path of a source's own, as the bundler leaves it. */
const OWN_PATH = /\bnew URL\(\s*"([^"\n]+)"\s*,\s*import\.meta\.url\s*\)/g;

/**
 * Bundles the program in `root` into a folder, which must not exist yet.
 *
 * @param root of deno.json, as a URL that ends with a slash
 * @throws {Error} when that fails, or when a source has a path of its own that is no entry point
 */
export async function bundleProgram(root: string, folder: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "bundle",
        "--quiet",
        "--frozen",
        "--platform",
        "deno",
        "--code-splitting",
        "--minify",
        "--keep-names",
      ],
      ...["--outdir", folder, ...ENTRIES],
    ],
    cwd: fileURLToPath(root),
    stdin: "null",
    stdout: "null",
  }).output();
  if (code !== 0) throw new Error(`Cannot bundle: ${new TextDecoder().decode(stderr).trim()}`);
  const known = [
    [NO_COMMIT, await commitOf(root)],
    [NO_LICENSES, licenseTexts(await packagesOf(root, ENTRIES))],
  ] as const;
  for (const file of await bundledFiles(folder)) {
    const path = `${folder}/${file}`;
    const text = await Deno.readTextFile(path);
    let own = withLateModules(withOwnRequire(withOwnPaths(text, file)));
    for (const [nothing, value] of known) own = own.replace(nothing, () => JSON.stringify(value));
    if (own !== text) await Deno.writeTextFile(path, own);
  }
}

/** What `src/lib/version.ts` has in place of a commit, and `src/cli/commands/licenses.ts` of licences. */
const NO_COMMIT = '"(commit)"';
const NO_LICENSES = '"(licenses)"';

/** The commit that is checked out, with a `+` when files differ from it. */
async function commitOf(root: string): Promise<string> {
  const git = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout } = await new Deno.Command("git", {
      args: [...args],
      cwd: fileURLToPath(root),
      stderr: "null",
    })
      .output();
    if (code !== 0) throw new Error(`git ${args[0]} failed`);
    return new TextDecoder().decode(stdout).trim();
  };
  try {
    const commit = await git("rev-parse", "HEAD");
    return (await git("status", "--porcelain")) === "" ? commit : `${commit}+`;
  } catch {
    return "(commit)"; // No repository, or no git.
  }
}

/** How the bundler's `require()` for modules of the platform tells that there is none. */
const NO_REQUIRE = "Dynamic require of";

/**
 * What packages in CommonJS get as `require()`: modules of the platform, and nothing from a disk. A package that can do
 * with or without another one would else look for it in folders beside the program, which may be anybody's.
 */
const OWN_REQUIRE = `const require=name=>{const found=process.getBuiltinModule(name);` +
  `if(found===undefined)throw new Error("No module "+name+" in this program");return found};`;

/** A bundled file whose packages in CommonJS can have modules of the platform. */
export function withOwnRequire(text: string): string {
  return text.includes(NO_REQUIRE) ? OWN_REQUIRE + text : text;
}

/** A default import of a module of the platform, as the bundler leaves it. */
const WHOLE_IMPORT = /\bimport ([A-Za-z_$][\w$]*) ?from"(node:[a-z_/]+)"/g;

/** The same of a function of `node:util`, which brings half of Node's modules with it. */
const FUNCTION_IMPORT = /\bimport\{([a-z]\w*)(?: as ([A-Za-z_$][\w$]*))?\}from"node:util"/g;

/** Stands for a module of the platform, which is loaded when something of it is used. */
const LATE_MODULE = `const lateModule=name=>new Proxy({},{` +
  `get(_,key){const own=process.getBuiltinModule(name),value=own[key];` +
  `return typeof value==="function"?value.bind(own):value},` +
  `set:(_,key,value)=>Reflect.set(process.getBuiltinModule(name),key,value)});`;

/**
 * A bundled file that loads whole modules of the platform only when it uses them. A package of ours imports files, child
 * processes and more at its start for what is never asked of it here, and they take as long as all else that a start does.
 */
export function withLateModules(text: string): string {
  const late = text
    .replace(WHOLE_IMPORT, (_, local, name) => `const ${local}=lateModule("${name}")`)
    .replace(
      FUNCTION_IMPORT,
      (_, name, local) => `const ${local ?? name}=(...words)=>lateModule("node:util").${name}(...words)`,
    );
  return late === text ? text : LATE_MODULE + late;
}

/** Entry points as they are called in the bundle. */
export function bundledEntry(entry: string): string {
  return entry.replace(/\.ts$/, ".js");
}

/** All files of a bundle, as paths below its folder, in order. */
export async function bundledFiles(folder: string, below = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (isDirectory) found.push(...await bundledFiles(folder, `${below}${name}/`));
    else found.push(`${below}${name}`);
  }
  return found.toSorted();
}

/**
 * A bundled file in which the paths of entry points lead to the bundled ones.
 *
 * @param file its path below the bundle's folder
 * @throws {Error} for a path that is none, or could be several
 */
export function withOwnPaths(text: string, file: string): string {
  const up = "../".repeat(file.split("/").length - 1) || "./";
  return text.replace(OWN_PATH, (_, written: string) => {
    // The source's folder is forgotten; what follows the steps upwards is the end of the path below the root.
    const end = `/${written.replace(/^(?:\.{1,2}\/)+/, "")}`;
    const [entry, ...others] = ENTRIES.filter((entry) => `/${entry}`.endsWith(end));
    if (entry === undefined || others.length > 0) {
      throw new Error(
        `Cannot bundle: ${written} is ${entry === undefined ? "no" : "more than one"} entry point`,
      );
    }
    return `new URL(${JSON.stringify(up + bundledEntry(entry))},import.meta.url)`;
  });
}
