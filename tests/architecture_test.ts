/**
 * House rules: who may import whom, which globals belong where, names and sizes of files.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { folderCycles } from "./_support/folder_cycles.ts";
import { nounsThatDo } from "./_support/function_names.ts";
import manifest from "../deno.json" with { type: "json" };
import { tempDir } from "./_support/temp_dir.ts";

const ROOT = new URL("../", import.meta.url);

/** Leaves: every folder may import them. */
const LEAVES = ["lib", "options"];

/** What each folder of `src` may import besides the leaves and itself; a path names one file. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  options: [],
  plan: [],
  metrics: [],
  client: ["plan", "metrics"],
  protobuf: ["plan"],
  template: ["plan"],
  "script.ts": [],
  steps: ["plan", "metrics", "template", "client", "protobuf", "load/load_model.ts", "script.ts"],
  scenario: ["plan", "metrics", "template", "steps", "client/exchange/http_client.ts"],
  load: ["plan"],
  engine: ["plan", "metrics", "client", "template", "steps", "scenario", "load"],
  fleet: [
    "client/net/native/descriptors.ts",
    "client/net/native/own_thread.ts",
    "plan",
    "metrics",
    "steps/plan_shapes.ts",
    "engine",
    "result",
  ],
  result: ["plan", "metrics"],
  campaign: ["plan", "metrics", "result"],
  report: ["plan", "metrics", "result"],
  web: ["plan", "metrics", "result", "report"],
  export: ["metrics"],
  live: ["plan", "metrics", "result"],
  convert: ["plan"],
  dialects: [],
  target: [
    "client/http2/encode_request.ts",
    "client/http2/frames.ts",
    "client/http2/hpack_decoder.ts",
    "plan/grpc/proto_types.ts",
    "protobuf",
  ],
  selftest: ["metrics", "result", "target", "report/terminal/layout.ts"],
  run: [
    ...[
      "plan",
      "metrics",
      "client",
      "protobuf",
      "template",
      "steps",
      "scenario",
      "load",
      "engine",
      "fleet",
      "result",
      "campaign",
      "report",
    ],
    ...["export", "live", "web"],
  ],
  "api.ts": [
    "plan",
    "metrics",
    "client",
    "template",
    "steps",
    "scenario",
    "load",
    "engine",
    "fleet",
    "result",
    "run",
  ],
  cli: [
    ...[
      "plan",
      "metrics",
      "client",
      "protobuf",
      "template",
      "steps",
      "scenario",
      "load",
      "engine",
      "fleet",
      "result",
      "campaign",
      "report",
    ],
    ...["export", "live", "web", "convert", "dialects", "target", "selftest", "run", "api.ts"],
  ],
};

/** Code that only some folders may contain. */
const RESERVED: readonly {
  readonly what: string;
  readonly pattern: RegExp;
  readonly folders: readonly string[];
}[] = [
  { what: "console", pattern: /\bconsole\s*\./, folders: [] },
  { what: "Deno.exit", pattern: /\bDeno\.exit\b/, folders: ["cli"] },
  {
    what: "the terminal",
    pattern: /\bDeno\.(?:stdout|stderr|consoleSize)\b/,
    folders: ["cli", "live"],
  },
  { what: "standard input", pattern: /\bDeno\.stdin\b/, folders: ["cli", "live", "run"] },
  {
    what: "arguments and environment",
    pattern: /\b(?:Deno\.args|Deno\.env|process\.argv|process\.env)\b/,
    folders: ["cli", "run"],
  },
  {
    what: "sockets and fetch",
    pattern: /\bDeno\.(?:connect|connectTls|listen|listenTls|listenDatagram|serve)\b|(?<![.\w])fetch\(/,
    folders: ["client", "fleet", "export", "web", "target", "cli", "run"],
  },
];

/** Names that say nothing about what is inside. */
const EMPTY_NAMES = /^(?:index|mod|utils?|helpers?|common|types|misc)\.ts$/;

const MAX_LINES = 400;
/** Half of the files are no longer. */
const MAX_MEDIAN_LINES = 100;
const MAX_FILES_A_FOLDER = 25;

/**
 * Files that reach into the rooms beside them: registries, entries, and what puts a whole together. What they import makes
 * no circle of folders.
 */
const DOORS: ReadonlySet<string> = new Set([
  "client/net/choose_transport.ts",
  "cli/commands.ts",
  "fleet/thread_entry.ts",
  "report/comparison.ts",
  "report/html.ts",
  "report/registry.ts",
  "steps/http/http_steps.ts",
  "steps/plan_shapes.ts",
  "steps/registry.ts",
  "steps/step_files.ts",
]);

/**
 * Words that the field has better ones for (the vocabulary in CONTRIBUTING.md), as parts of identifiers, and the files
 * whose public names hold them all the same.
 */
const OLD_WORDS: Readonly<Record<string, RegExp>> = {
  "answer answers answering": /^target\/|^export\/deliver\.ts$|^report\/html_report\/.*\.js$/,
  "wire surroundings fallback": /^result\/document\/older_files\.ts$/,
  "doubt doubts": /^selftest\/report\.ts$/,
  "claim claims":
    /^scenario\/|^steps\/|^engine\/(?:check_flows|run_steps_once)\.ts$|^run\/deliver\/check_text\.ts$|^live\/|^result\/verdict\/|^run\/settings\//,
  "slot slots":
    /^result\/document\/older_files\.ts$|^target\/|^scenario\/|^steps\/|^template\/|^selftest\/|^report\/html_report\/.*\.js$/,
  unsent: /^result\//,
  "admit dismiss": /^$/,
};

/**
 * Files outside `src/steps` that know a kind of step, and why; all others ask through its interface (`StepKind`).
 */
const KNOW_KINDS: Readonly<Record<string, readonly string[]>> = {
  // Load, call and dry-run the functions of the user's module, which no step of a file can do.
  "engine/check_module.ts": ["code", "http"],
  "engine/run_module_once.ts": ["code"],
  "run/compose/compose_module.ts": ["code"],
  "run/settings/module_options.ts": ["code"],
  // Make the plan of a replay from its log and flags.
  "run/compose/compose_replay.ts": ["replay"],
  // Make the plan of the command line's one call.
  "run/compose/grpc_scenario.ts": ["http"],
  "run/settings/settings.ts": ["replay"],
};

/** Imports of local files by local files, paths from `src/`; and specifiers of everything else. */
interface Graph {
  readonly local: ReadonlyMap<string, readonly string[]>;
  readonly external: ReadonlyMap<string, readonly string[]>;
}

/** The folder of `load/rate.ts` is `load`; a file directly in `src` stands for itself. */
function folderOf(path: string): string {
  return path.split("/")[0] ?? path;
}

function forbiddenImports({ local }: Pick<Graph, "local">): readonly string[] {
  return [...local].flatMap(([from, targets]) => {
    const own = folderOf(from);
    const allowed = MAY_IMPORT[own];
    if (allowed === undefined) return [`${from}: folder ${own} has no row in the import table`];
    const leaves = own === "lib" ? [] : own === "options" ? ["lib"] : LEAVES;
    return targets
      .filter((to) => ![own, ...leaves, ...allowed].some((entry) => entry === to || entry === folderOf(to)))
      .map((to) => `${from} imports ${to}`);
  });
}

/** The folders of `steps` that hold a kind: those with a `<kind>_steps.ts`. */
function kindsIn(paths: Iterable<string>): ReadonlySet<string> {
  return new Set([...paths].flatMap((path) => {
    const [, folder = "", file = ""] = /^steps\/(\w+)\/(\w+)_steps\.ts$/.exec(path) ?? [];
    return folder !== "" && folder === file ? [folder] : [];
  }));
}

/** Which kinds of step each file outside `steps` imports. */
function knownKinds({ local }: Pick<Graph, "local">): Readonly<Record<string, readonly string[]>> {
  const kinds = kindsIn(local.keys());
  const known = [...local].filter(([from]) => folderOf(from) !== "steps").map(([from, targets]) => {
    const rooms = targets.map((to) => /^steps\/(\w+)\//.exec(to)?.[1] ?? "");
    return [from, [...new Set(rooms.filter((room) => kinds.has(room)))].sort()] as const;
  });
  return Object.fromEntries(known.filter(([, rooms]) => rooms.length > 0));
}

/** The cycles that a depth-first walk meets, as `a → b → a`. */
function cyclesOf({ local }: Pick<Graph, "local">): readonly string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of local.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of local.keys()) visit(file);
  return cycles;
}

/** Source without comments; a string that looks like one may go too, which hides nothing that is looked for. */
function codeOf(source: string): string {
  return source.split("\n")
    .filter((line) => !/^\s*(?:\/\*|\*|\/\/)/.test(line))
    .map((line) => line.replace(/\s\/\/\s.*$/, ""))
    .join("\n");
}

function reservedUses(path: string, source: string): readonly string[] {
  const code = codeOf(source);
  return RESERVED
    .filter(({ pattern, folders }) => !folders.includes(folderOf(path)) && pattern.test(code))
    .map(({ what }) => `${path} uses ${what}`);
}

function shapeProblems(path: string, source: string): readonly string[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const lines = source.trimEnd().split("\n").length;
  const problems: string[] = [];
  if (!/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*(?:\.d)?\.tsx?$/.test(name)) problems.push("is not in snake_case");
  if (EMPTY_NAMES.test(name)) problems.push("has a name that says nothing");
  if (lines > MAX_LINES) problems.push(`has ${lines} lines, at most ${MAX_LINES}`);
  if (/\b(?:TODO|FIXME|XXX|HACK)\b/.test(source)) problems.push("has an unfinished mark");
  if (!name.endsWith(".d.ts") && !/^\/\*\*(?:(?!\*\/)[\s\S])*@module\b/.test(source)) {
    problems.push("does not start with a @module comment");
  }
  const code = codeOf(source);
  if (/^export default\b/m.test(code)) problems.push("has a default export");
  if (/^export\s+(?:type\s+)?(?:\*|\{[^}]*\})\s*(?:as\s+\w+\s+)?from\b/m.test(code) && name !== "api.ts") {
    problems.push("re-exports");
  }
  return problems.map((problem) => `${path} ${problem}`);
}

/** The words of an identifier: `maxBodyBytes` and `MAX_BODY_BYTES` have three. */
function wordsOf(identifier: string): readonly string[] {
  return identifier.split(/(?<=[a-z0-9])(?=[A-Z])|_/).map((word) => word.toLowerCase());
}

/** Code without what stands between quotes; what a template fills in stays. */
function withoutTexts(code: string): string {
  const strings = /"(?:[^"\\\n]|\\.)*"|\/(?![*/])(?:[^/\\\n]|\\.)+\/[a-z]*/g;
  const templates = /(^|\})[^{}`]*?(\$\{|$)/g;
  return code.replace(strings, '""').replace(
    /`(?:[^`\\]|\\.)*`/g,
    (text) => text.slice(1, -1).replace(templates, "; "),
  );
}

/** Identifiers with a word that the vocabulary replaces. */
function oldWords(path: string, source: string): readonly string[] {
  const code = withoutTexts(codeOf(source));
  const refused = new Set(
    Object.entries(OLD_WORDS).filter(([, allowed]) => !allowed.test(path)).flatMap(([words]) =>
      words.split(" ")
    ),
  );
  const identifiers = new Set(code.match(/[A-Za-z_$][\w$]*/g) ?? []);
  return [...identifiers].filter((name) =>
    /^(?:MOST|LEAST)_/.test(name) || wordsOf(name).some((word) => refused.has(word))
  ).map((name) => `${path} names something ${name}`);
}

function externalProblems(file: string, specifiers: readonly string[]): readonly string[] {
  return specifiers
    .filter((specifier) => !specifier.startsWith("node:") && !Object.hasOwn(manifest.imports, specifier))
    .map((specifier) => `${file} imports ${specifier}, which is not in deno.json`);
}

/** TypeScript files of a folder of the repository, by their path below it. */
async function filesBelow(root: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const walk = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(new URL(`${root}${folder}`, ROOT))) {
      const path = `${folder}${entry.name}`;
      if (entry.isDirectory) await walk(`${path}/`);
      else if (/\.tsx?$/.test(path)) {
        files.set(path, await Deno.readTextFile(new URL(`${root}${path}`, ROOT)));
      }
    }
  };
  await walk("");
  return files;
}

interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: { readonly specifier?: string };
    readonly type?: { readonly specifier?: string };
  }[];
}

/** The import graph as Deno resolves it: static, dynamic and type imports of every file. */
async function readGraph(files: Iterable<string>): Promise<Graph> {
  await using temp = await tempDir();
  const dir = temp.path;
  const source = [...files].map((path) => `import ${JSON.stringify(new URL(`src/${path}`, ROOT).href)};`)
    .join("\n");
  await Deno.writeTextFile(`${dir}/all.ts`, source);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "info",
      "--json",
      "--no-lock",
      "--config",
      fileURLToPath(new URL("deno.json", ROOT)),
      `${dir}/all.ts`,
    ],
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: readonly InfoModule[] };
  return graphOf(modules);
}

/** Files beside `src` that belong to the program. */
const OUTSIDE = ["deno.json", "LICENSE"].map((name) => new URL(name, ROOT).href);

function graphOf(modules: readonly InfoModule[]): Graph {
  const sourceRoot = new URL("src/", ROOT).href;
  const local = new Map<string, string[]>();
  const external = new Map<string, string[]>();
  for (const { specifier, dependencies = [] } of modules) {
    if (!specifier.startsWith(sourceRoot)) continue;
    const file = specifier.slice(sourceRoot.length);
    const targets: string[] = [];
    const others: string[] = [];
    for (const { specifier: written, code, type } of dependencies) {
      const resolved = code?.specifier ?? type?.specifier ?? written;
      if (resolved.startsWith(sourceRoot)) targets.push(resolved.slice(sourceRoot.length));
      else if (!OUTSIDE.includes(resolved)) others.push(written);
    }
    local.set(file, targets);
    external.set(file, others);
  }
  return { local, external };
}

const files = await filesBelow("src/");
const graph = await readGraph(files.keys());

Deno.test("src imports only what the import table allows", () => {
  assertGreaterOrEqual(graph.local.size, 50, "the graph is too small to be the program's");
  assertEquals(forbiddenImports(graph), []);
});

Deno.test("src has no import cycles", () => {
  assertEquals(cyclesOf(graph), []);
});

Deno.test("whoever runs steps knows no kind of them", () => {
  assertGreaterOrEqual(kindsIn(graph.local.keys()).size, 4, "kinds of step are no longer found");
  assertEquals(knownKinds(graph), KNOW_KINDS, "ask through StepKind (src/steps/step_kind.ts)");
});

Deno.test("no two folders of src import each other, at any depth", () => {
  assertEquals(folderCycles(graph.local, DOORS), []);
  assertEquals([...DOORS].filter((door) => !files.has(door)), [], "no such file");
});

Deno.test("src files are short, and folders not crowded", () => {
  const lengths = [...files.values()].map((source) => source.trimEnd().split("\n").length).sort((a, b) =>
    a - b
  );
  const median = lengths[Math.floor(lengths.length / 2)]!;
  assertLessOrEqual(median, MAX_MEDIAN_LINES, "half of the files are longer");
  const folders = Map.groupBy(files.keys(), (path) => path.slice(0, path.lastIndexOf("/") + 1));
  assertEquals(
    [...folders].filter(([, inside]) => inside.length > MAX_FILES_A_FOLDER).map(([folder, inside]) =>
      `${folder} has ${inside.length} files`
    ),
    [],
  );
});

Deno.test("src imports packages by their names in deno.json, and neither tests nor fixtures", () => {
  assertEquals([...graph.external].flatMap(([file, specifiers]) => externalProblems(file, specifiers)), []);
});

Deno.test("every package is pinned and comes from npm", () => {
  const loose = Object.values(manifest.imports).filter((target) =>
    !/^npm:(?:@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+[\w.-]*(?:\/.*)?$/.test(target)
  );
  assertEquals(loose, []);
});

Deno.test("src uses the terminal, the environment, exits and sockets only where they belong", () => {
  assertEquals([...files].flatMap(([path, source]) => reservedUses(path, source)), []);
});

Deno.test("src files have telling names, bearable sizes and a @module comment", () => {
  assertEquals([...files].flatMap(([path, source]) => shapeProblems(path, source)), []);
});

Deno.test("every test file begins with what it proves", async () => {
  const tests = [...await filesBelow("tests/")].filter(([path]) => path.endsWith("_test.ts"));
  assertEquals(tests.filter(([, source]) => !source.startsWith("/**")).map(([path]) => path), []);
});

Deno.test("src uses the field's words for its names", () => {
  assertEquals([...files].flatMap(([path, source]) => oldWords(path, source)), []);
});

Deno.test("functions that do something are verbs", () => {
  assertEquals(
    [...files].flatMap(([path, source]) => nounsThatDo(source).map((name) => `${path}: ${name}`)),
    [],
    "name them by a verb (a new one belongs into tests/_support/function_names.ts)",
  );
});

Deno.test("the rules find what breaks them", () => {
  assertEquals(
    nounsThatDo("async function bodyOf(a: { b: () => X }): Promise<Y> {}\nfunction lineOf(a: A): number {}"),
    ["bodyOf"],
  );
  assertEquals(
    nounsThatDo("class A {\n  problem(a: A): void {}\n  streamEnded(): void {}\n  #add(): void {}\n}"),
    ["problem"],
  );
  assertEquals(oldWords("load/rate.ts", "const MOST_USERS = wireBytes(unanswered);"), [
    "load/rate.ts names something MOST_USERS",
    "load/rate.ts names something wireBytes",
  ]);
  const imports = (from: string, ...to: string[]) => ({ local: new Map([[from, to]]) });
  assertEquals(forbiddenImports(imports("load/rate.ts", "client/http_client.ts", "plan/share.ts")), [
    "load/rate.ts imports client/http_client.ts",
  ]);
  assertEquals(
    forbiddenImports(imports("scenario/run.ts", "client/exchange/http_client.ts", "client/registry.ts")),
    [
      "scenario/run.ts imports client/registry.ts",
    ],
  );
  assertEquals(forbiddenImports(imports("lib/style.ts", "options/option.ts")), [
    "lib/style.ts imports options/option.ts",
  ]);
  assertEquals(forbiddenImports(imports("report/csv.ts", "cli/main.ts")), [
    "report/csv.ts imports cli/main.ts",
  ]);
  assertEquals(forbiddenImports(imports("new/file.ts")), [
    "new/file.ts: folder new has no row in the import table",
  ]);
  assertEquals(
    knownKinds({
      local: new Map([
        ["steps/http/http_steps.ts", []],
        ["steps/file/findings.ts", []],
        ["steps/registry.ts", ["steps/http/http_steps.ts"]],
        ["engine/a.ts", ["steps/http/prepare.ts", "steps/file/findings.ts", "steps/registry.ts"]],
        ["scenario/b.ts", ["steps/file/findings.ts", "steps/registry.ts"]],
      ]),
    }),
    { "engine/a.ts": ["http"] },
  );
  const ring = new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]]);
  assertEquals(cyclesOf({ local: ring }), ["b → c → b"]);
  const rooms = new Map([
    ["a/x/1.ts", ["a/y/1.ts", "b/1.ts"]],
    ["a/y/1.ts", []],
    ["a/y/2.ts", ["a/x/2.ts"]],
    ["a/x/2.ts", ["a/3.ts"]],
    ["a/3.ts", []],
    ["a/door.ts", ["a/x/1.ts"]],
    ["b/1.ts", []],
  ]);
  assertEquals(folderCycles(rooms, new Set(["a/door.ts"])), ["a: x, y"]);
  assertEquals(folderCycles(rooms), ["a: ., x, y"]);
  assertEquals(folderCycles(new Map([["a/x/1.ts", ["b/1.ts"]], ["b/1.ts", ["a/2.ts"]], ["a/2.ts", []]])), [
    "src: a, b",
  ]);
  assertEquals(reservedUses("load/rate.ts", "// console.log\nconsole.log(Deno.env.get('X'));"), [
    "load/rate.ts uses console",
    "load/rate.ts uses arguments and environment",
  ]);
  assertEquals(reservedUses("live/screen.ts", "Deno.stdout.write(x);"), []);
  assertEquals(reservedUses("report/csv.ts", "await fetch(url);"), ["report/csv.ts uses sockets and fetch"]);
  assertEquals(reservedUses("client/x.ts", "await client.fetch(url);"), []);
  assertEquals(shapeProblems("load/Rate.ts", "export default 1;"), [
    "load/Rate.ts is not in snake_case",
    "load/Rate.ts does not start with a @module comment",
    "load/Rate.ts has a default export",
  ]);
  assertEquals(shapeProblems("load/utils.ts", "/** X.\n * @module */\nexport * from './a.ts';\n"), [
    "load/utils.ts has a name that says nothing",
    "load/utils.ts re-exports",
  ]);
  assertEquals(externalProblems("a.ts", ["node:tls", "yaml", "jsr:@std/yaml", "npm:zod@4.0.0"]), [
    "a.ts imports jsr:@std/yaml, which is not in deno.json",
    "a.ts imports npm:zod@4.0.0, which is not in deno.json",
  ]);
});
