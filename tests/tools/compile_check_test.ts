/** Everything that a compiled program loads is in it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { bundleProgram } from "../../tools/bundle.ts";
import { bundleProblems, checkProgram, graphProblems, sourceProblems } from "../../tools/compile_check.ts";
import { starter, tryProgram } from "../_support/try_program.ts";
import { tempDir } from "../_support/temp_dir.ts";

const ROOT = new URL("../../", import.meta.url).href;

const { problems, embedded } = await checkProgram(ROOT);

Deno.test("a compiled program has everything that it can load, and nothing else", () => {
  assertEquals(problems, []);
  for (const path of ["src/fleet/thread_entry.ts", "src/report/html.ts", "src/report/html_report/main.js"]) {
    assert(embedded.files.has(ROOT + path), path);
  }
  for (const name of ["uplot", "commander", "@opentelemetry/otlp-transformer"]) {
    assert([...embedded.packages].some((found) => found.startsWith(`${name}@`)), name);
  }
});

Deno.test("the bundle has everything that it can load, and does everything with it alone", async () => {
  await using temp = await tempDir();
  const folder = temp.path;
  await bundleProgram(ROOT, `${folder}/bench`);
  assertEquals(await bundleProblems(`${folder}/bench`), []);
  // A cache without one package in it.
  await tryProgram(
    starter(Deno.execPath(), [
      ...["run", "-A", "--no-check", "--no-config", "--no-lock", "--no-npm", "--no-remote"],
      `${folder}/bench/main.js`,
    ], { DENO_DIR: `${folder}/cache` }),
  );
});

Deno.test("bundleProblems() finds what lies outside, paths that lead nowhere, and modules from the disk", async () => {
  await using temp = await tempDir();
  const folder = temp.path;
  await Deno.mkdir(`${folder}/src/fleet`, { recursive: true });
  await Deno.writeTextFile(`${folder}/src/fleet/thread_entry.js`, "");
  await Deno.writeTextFile(
    `${folder}/main.js`,
    `import "./gone.js";new Worker(new URL("./thread_entry.js",import.meta.url));` +
      `import{createRequire as a}from"node:module";a(import.meta.url)`,
  );
  const found = (await bundleProblems(folder)).join("\n");
  for (
    const part of ["gone.js", "thread_entry.js, which is not embedded", "cannot be followed", "on the disk"]
  ) {
    assertStringIncludes(found, part);
  }
});

const FILE = `${ROOT}src/a/b.ts`;
const WITH_ENTRY = new Set([`${ROOT}src/a/entry.ts`]);

/** A source, and a part of what is said about it; nothing: it is fine. */
const SOURCES: readonly (readonly [source: string, problem?: string])[] = [
  [`await import("./x.ts");`],
  [`type X = import("./x.ts").X; // import(name)`],
  [`/** Loaded with \`import(path)\`. */`.replace("/**", "/**\n *")],
  [`new Worker(new URL("./entry.ts", import.meta.url), { type: "module" });`],
  ["await import(path);", "computed path"],
  ["await import(`./${name}.ts`);", "computed path"],
  [`await import("./" + name);`, "computed path"],
  [`new Worker(new URL("./other.ts", import.meta.url));`, "other.ts, which is not embedded"],
  ["new Worker(path);", "worker from a computed path"],
  [`Deno.readTextFile(new URL("./page.html", import.meta.url));`, "page.html, which is not embedded"],
  ["const here = import.meta.url;", "cannot be followed"],
  ["import.meta.dirname", "cannot be followed"],
  [`createRequire(x)`, "CommonJS"],
  ["Deno.cwd()", "where it was started"],
];

for (const [source, problem] of SOURCES) {
  Deno.test(`sourceProblems() of ${source.replace("\n", " ")} ${problem ? `finds: ${problem}` : "finds nothing"}`, () => {
    const found = sourceProblems(FILE, source, WITH_ENTRY);
    if (problem === undefined) assertEquals(found, []);
    else assertStringIncludes(found.join("\n"), problem);
  });
}

Deno.test("graphProblems() finds files and packages that have no business in the program", () => {
  const found = graphProblems({
    files: new Set([`${ROOT}main.ts`, `${ROOT}src/x.ts`, `${ROOT}tests/y.ts`, "file:///etc/z.ts"]),
    packages: new Set(["commander@15.1.0", "playwright-core@1.65.1"]),
    problems: ["broken"],
  }, ROOT);
  assertEquals(found.map((problem) => problem.replace(ROOT, "")), [
    "broken",
    "tests/y.ts is embedded, but is no part of the program",
    "file:///etc/z.ts is embedded, but is no part of the program",
    "playwright-core@1.65.1 is embedded, but only tests need it",
  ]);
});
