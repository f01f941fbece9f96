/** What every run loads: the files and packages that static imports reach from the entry and the benchmark. */
import { fileURLToPath } from "node:url";
import { assertEquals, assertLessOrEqual } from "@std/assert";

/** Packages that every start loads. What is rarely needed is loaded by `import()`, when it is. */
const ALWAYS = ["cli-table3", "commander", "deno-std", "jsep"];

interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier?: string };
    readonly isDynamic?: boolean;
  }[];
}

type Graph = ReadonlyMap<string, InfoModule>;

async function readGraph(main: URL): Promise<Graph> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", fileURLToPath(main)],
  })
    .output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: readonly InfoModule[] };
  return new Map(modules.map((module) => [module.specifier, module]));
}

/** Everything that static imports lead to. */
function reach(graph: Graph, from: readonly URL[]): ReadonlySet<string> {
  const seen = new Set(from.map(({ href }) => href));
  for (const specifier of seen) {
    for (const { code, isDynamic } of graph.get(specifier)?.dependencies ?? []) {
      if (isDynamic !== true && code?.specifier !== undefined) seen.add(code.specifier);
    }
  }
  return seen;
}

Deno.test("a start loads no package that few runs need", async () => {
  const main = new URL("../main.ts", import.meta.url);
  const bench = new URL("../src/cli/commands/run.ts", import.meta.url);
  const packages = [...reach(await readGraph(main), [main, bench])].flatMap((specifier) =>
    /^npm:\/?((?:@[^/@]+\/)?[^/@]+)/.exec(specifier)?.[1] ?? []
  );
  assertEquals([...new Set(packages)].sort(), ALWAYS);
});

Deno.test("--version loads next to nothing, and a start no more of Node's modules than it needs", async () => {
  const main = new URL("../main.ts", import.meta.url);
  const bench = new URL("../src/cli/commands/run.ts", import.meta.url);
  const graph = await readGraph(main);
  assertLessOrEqual(reach(graph, [main]).size, 20);
  const platform = [...reach(graph, [main, bench])].filter((specifier) => specifier.startsWith("node:"));
  // Commander's own are loaded late in programs: tools/bundle.ts.
  assertEquals(platform.sort(), ["node:path", "node:url"]);
});
