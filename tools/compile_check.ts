/**
 * `deno task compile:check`: proves from the module graph that a compiled program has all it can load, and nothing that
 * it has no use for; first of the sources, then of the bundle that is packed. Catches what compiles without a word and
 * breaks on a user's machine: a worker that was not listed, a template read from a folder that is not there, an import
 * of a computed path, a package that stayed outside, packages that only tests need.
 *
 * @module
 */
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundledEntry, bundleProgram, ENTRIES } from "./bundle.ts";
import { type Embedded, embeddedFrom } from "./module_graph.ts";

/** Packages of tests and measurements; a program that has them has grown by mistake. */
const TEST_PACKAGES = ["axe-core", "fast-check", "playwright-core"];

/** What a source must not do to be complete when compiled. Each is looked for in code without comments. */
const FORBIDDEN: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "imports a computed path", pattern: /\bimport\(\s*(?!\s*["'])/ },
  { what: "imports a computed path", pattern: /\bimport\(\s*(?:"[^"]*"|'[^']*')\s*\+/ },
  { what: "starts a worker from a computed path", pattern: /\bnew Worker\(\s*(?!new URL\(\s*["'])/ },
  { what: "requires CommonJS modules", pattern: /\b(?:createRequire|require)\(/ },
  { what: "looks where it was started", pattern: /\bDeno\.cwd\b/ },
];

/** The one file that imports what the user names: modules of scenarios. */
const USERS_CODE = "src/steps/code/load_module.ts";

/** A path beside the source's own: a worker's module, or a file that would be read. */
const OWN_PATH = /\bnew URL\(\s*(["'])([^"']+)\1\s*,\s*import\.meta\.url\s*\)/g;

/**
 * What is wrong with one source, if anything.
 *
 * @param url of the source
 * @param embedded URLs of all files that the program has with it
 */
export function sourceProblems(
  url: string,
  source: string,
  embedded: ReadonlySet<string>,
): readonly string[] {
  const code = source.split("\n")
    .filter((line) => !/^\s*(?:\/\*|\*|\/\/)/.test(line))
    .map((line) => line.replace(/\s\/\/\s.*$/, ""))
    .join("\n");
  const forbidden = FORBIDDEN.filter(({ what, pattern }) =>
    pattern.test(code) && !(url.endsWith(`/${USERS_CODE}`) && what === "imports a computed path")
  ).map(({ what }) => `${url} ${what}`);
  return [...forbidden, ...pathProblems(url, code, embedded)];
}

/** Paths of a file's own that lead to nothing that the program has. */
function pathProblems(url: string, code: string, embedded: ReadonlySet<string>): readonly string[] {
  const paths = [...code.matchAll(OWN_PATH)].map(([, , path]) => new URL(path!, url).href);
  const others = [...code.matchAll(/\bimport\.meta\.(?:url|dirname|filename|resolve)\b/g)].length -
    paths.length;
  return [
    ...paths.filter((path) => !embedded.has(path)).map((path) =>
      `${url} needs ${path}, which is not embedded`
    ),
    ...(others > 0 ? [`${url} uses its own path in a way that cannot be followed`] : []),
  ];
}

/** What is wrong with the set of embedded files and packages. */
export function graphProblems({ files, packages, problems }: Embedded, root: string): readonly string[] {
  const strange = [...files].filter((file) => {
    const path = file.startsWith(root) ? file.slice(root.length) : undefined;
    return path === undefined ||
      !(path.startsWith("src/") || ["main.ts", "deno.json", "LICENSE"].includes(path));
  });
  return [
    ...problems,
    ...strange.map((file) => `${file} is embedded, but is no part of the program`),
    ...[...packages].filter((name) => TEST_PACKAGES.some((other) => name.startsWith(`${other}@`)))
      .map((name) => `${name} is embedded, but only tests need it`),
  ];
}

/** Folders that `deno compile` would take in whole, if they were there. */
async function folderProblems(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(fileURLToPath(root))) {
    if (name === "node_modules" || name === "vendor") {
      found.push(`${name} is beside main.ts: it would be embedded`);
    }
  }
  return found;
}

/** Everything that is wrong with the program in `root`, and what it would embed. */
export async function checkProgram(
  root: string,
): Promise<{ readonly problems: readonly string[]; readonly embedded: Embedded }> {
  const embedded = await embeddedFrom(root, ENTRIES);
  const problems = [...graphProblems(embedded, root), ...await folderProblems(root)];
  for (const file of embedded.files) {
    if (!/\.ts$/.test(file)) continue;
    problems.push(...sourceProblems(file, await Deno.readTextFile(new URL(file)), embedded.files));
  }
  return { problems: problems.map((problem) => problem.replaceAll(root, "")), embedded };
}

/** Everything that is wrong with a bundle: what it lacks, what is in it for nothing, paths that lead nowhere. */
export async function bundleProblems(folder: string): Promise<readonly string[]> {
  const root = `${pathToFileURL(folder).href}/`;
  const { files, packages, problems } = await embeddedFrom(root, ENTRIES.map(bundledEntry), [
    ...["--no-config", "--no-lock", "--no-remote", "--no-npm"],
  ]);
  const found = [...problems, ...[...packages].map((name) => `${name} stayed outside`)];
  for (const url of files) {
    const text = await Deno.readTextFile(new URL(url));
    found.push(...pathProblems(url, text, files));
    if (/\bcreateRequire\b/.test(text)) found.push(`${url} looks for modules on the disk`);
  }
  return found.map((problem) => `bundle: ${problem.replaceAll(root, "")}`);
}

/** Bundles the program and looks at what came out. */
export async function checkBundle(root: string): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir();
  try {
    await bundleProgram(root, `${folder}/bench`);
    return await bundleProblems(`${folder}/bench`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url).href;
  const { problems: missing, embedded } = await checkProgram(root);
  const problems = [...missing, ...await checkBundle(root)];
  const text = problems.length > 0
    ? problems.map((problem) => `${problem}\n`).join("")
    : `${embedded.files.size} files and ${embedded.packages.size} packages: complete, also when bundled\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  Deno.exit(problems.length > 0 ? 1 : 0);
}
