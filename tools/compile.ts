/**
 * `deno task compile`: standalone programs into `dist/`, one file a target, and `SHA256SUMS` over all of them. The program
 * is bundled once, then packed behind each target's runtime.
 *
 * Deno fetches the runtime of a target when it lacks it; where it cannot, `DENORT_BIN` names one by hand. What goes into
 * the programs is checked by `deno task compile:check`.
 *
 * @module
 */
import { resolve } from "node:path";
import { bundledEntry, bundleProgram, ENTRIES } from "./bundle.ts";
import { fileNameOf, nativeTarget, permissionsOf, type Target, TARGETS } from "./targets.ts";

const USAGE = `Usage: deno task compile [--target NAME]… [--out FOLDER]

NAME: ${TARGETS.map(({ name }) => name).join(", ")}, or native; without one, all of them
DENORT_BIN=FILE: the target's runtime, in place of a download; for one target at a time
`;

/** What to build, and where. */
export interface Request {
  readonly targets: readonly Target[];
  readonly folder: string;
}

/**
 * Reads the task's arguments.
 * @throws {TypeError} with one sentence when they cannot be followed
 */
export function readRequest(args: readonly string[], runtime: string | undefined): Request {
  const names: string[] = [];
  let folder = "dist";
  const words = args.flatMap((
    word,
  ) => (word.startsWith("--") && word.includes("=") ? splitOnce(word) : [word]));
  for (let at = 0; at < words.length; at += 2) {
    const [flag, value] = [words[at], words[at + 1]];
    if (value === undefined) throw new TypeError(`${flag}: expected an argument after it`);
    if (flag === "--target") names.push(value);
    else if (flag === "--out") folder = value;
    else throw new TypeError(`Unknown option ${flag}: expected --target or --out`);
  }
  const targets = names.length === 0 ? TARGETS : names.map(targetOf);
  if (runtime !== undefined && targets.length !== 1) {
    throw new TypeError(
      `DENORT_BIN is the runtime of one target, found ${targets.length}: expected one --target`,
    );
  }
  return { targets, folder };
}

function splitOnce(word: string): string[] {
  const at = word.indexOf("=");
  return [word.slice(0, at), word.slice(at + 1)];
}

function targetOf(name: string): Target {
  const target = name === "native"
    ? nativeTarget()
    : TARGETS.find((known) => known.name === name || known.triple === name);
  if (target) return target;
  const known = [...TARGETS.map(({ name }) => name), "native"].join(", ");
  throw new TypeError(`Cannot compile for "${name}": expected one of ${known}`);
}

/**
 * A young generation of this size costs no speed under load, and a fifth to a third less memory than V8's own choice; so
 * does an old one that is cleared when it has grown by half, in open loops.
 */
const V8_FLAGS = "--max-semi-space-size=4,--heap-growing-percent=50";

/**
 * Arguments of `deno`, started in the bundle's folder, that build one program. The code cache, which shortens every start
 * but the first, is on.
 */
export function compileArguments(target: Target, folder: string): readonly string[] {
  const [main, ...others] = ENTRIES.map(bundledEntry);
  return [
    ...["compile", "--quiet", "--no-config", "--no-remote", "--no-npm", "--no-check", "--no-prompt"],
    ...[`--v8-flags=${V8_FLAGS}`, ...permissionsOf(target)],
    ...others.flatMap((entry) => ["--include", entry]),
    ...["--target", target.triple, "--output", `${folder}/${fileNameOf(target)}`, main!],
  ];
}

/** One line a file, as `sha256sum` writes and checks them. */
export async function checksums(folder: string, names: readonly string[]): Promise<string> {
  const lines = await Promise.all(
    names.toSorted().map(async (name) => {
      const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(`${folder}/${name}`));
      return `${new Uint8Array(digest).toHex()}  ${name}\n`;
    }),
  );
  return lines.join("");
}

async function compile({ targets, folder }: Request): Promise<number> {
  await Deno.mkdir(folder, { recursive: true });
  const parent = await Deno.makeTempDir({ prefix: "bench-compile-" });
  try {
    // Its name is the folder's that traces show.
    const bundle = `${parent}/bench`;
    await bundleProgram(new URL("../", import.meta.url).href, bundle);
    for (const target of targets) {
      const { code } = await new Deno.Command(Deno.execPath(), {
        args: [...compileArguments(target, resolve(folder))],
        cwd: bundle,
        stdin: "null",
      }).spawn().status;
      if (code !== 0) {
        printError(`Cannot compile for ${target.name}: deno ended with code ${code}\n`);
        return 1;
      }
      const { size } = await Deno.stat(`${folder}/${fileNameOf(target)}`);
      printOut(`${folder}/${fileNameOf(target)}: ${(size / 1e6).toFixed(1)} MB\n`);
    }
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
  const built = TARGETS.map(fileNameOf);
  const present = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  await Deno.writeTextFile(
    `${folder}/SHA256SUMS`,
    await checksums(folder, built.filter((name) => present.includes(name))),
  );
  return 0;
}

function printOut(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function printError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

if (import.meta.main) {
  let request: Request | undefined;
  try {
    request = readRequest(Deno.args, Deno.env.get("DENORT_BIN"));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    printError(`${error.message}\n\n${USAGE}`);
  }
  Deno.exit(request ? await compile(request) : 1);
}
