/** What every run loads: the files and packages that static imports reach from the entry and the benchmark. */
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";

/** Packages that every start loads. What is rarely needed is loaded by `import()`, when it is. */
const ALWAYS = ["cli-table3", "commander", "deno-std"];

interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier?: string };
    readonly isDynamic?: boolean;
  }[];
}

Deno.test("a start loads no package that few runs need", async () => {
  const main = new URL("../main.ts", import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", fileURLToPath(main)],
  })
    .output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: readonly InfoModule[] };
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const bench = new URL("../src/cli/commands/run.ts", import.meta.url);
  const seen = new Set<string>([main.href, bench.href]);
  for (const specifier of seen) {
    for (const { code, isDynamic } of bySpecifier.get(specifier)?.dependencies ?? []) {
      if (isDynamic !== true && code?.specifier !== undefined) seen.add(code.specifier);
    }
  }
  const packages = [...seen].flatMap((specifier) =>
    /^npm:\/?((?:@[^/@]+\/)?[^/@]+)/.exec(specifier)?.[1] ?? []
  );
  assertEquals([...new Set(packages)].sort(), ALWAYS);
});
