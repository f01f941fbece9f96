/** What users read is plain English, free of phrases that no native speaker writes. */
import { assertEquals } from "@std/assert";
import { loadSpecs } from "../../src/cli/command.ts";
import { DOOR } from "../../src/cli/commands.ts";
import { BRIEF_HELP } from "../../src/cli/help/brief.ts";
import { helpOf } from "../../src/options/command_line.ts";
import { HELP_TOPICS } from "../../src/cli/help/topics.ts";

/** Phrases that read translated, and what to write instead. */
const PHRASES: Readonly<Record<string, string>> = {
  "requests a second": "requests per second",
  "iterations a second": "iterations per second",
  "whatever the answers do": "however slow the server is",
  "whatever the server does": "however slow the server is",
  "a mistake in bench": "internal error",
  "knows? noise from change": "separate regressions from noise",
  "that is what punctuality costs": "it busy-waits to send on time",
  "what they add is not the server under test": "they would measure more than the server",
  "go(?:es)? before it": "override it",
  "since nobody knows": "a metric without data fails",
  "would hide itself": "failed runs are never saved as baselines",
  "so rather BENCH_SECRET": "prefer BENCH_SECRET",
  "End what else runs here": "Stop other programs",
  "is the most in flight": "caps the requests in flight",
  "[Cc]laim that must": "condition that must",
  "at most; besides": "maximum",
  "as a share of it": "by ± this fraction",
};

/** Words that are wrong in a message or a description, whatever is around them. */
const WORDS: Readonly<Record<string, string>> = {
  "\\b[Aa]nswers?\\b": "response",
  "\\b(?:a|the) whole answer\\b": "complete response",
  "\\bper cent\\b": "percent",
  "\\b(?:requests?|bytes|times|arrivals?|entry|line|point) a (?:second|request|point|line)\\b": "per",
  "\\bclaims?\\b": "threshold, check",
  "\\bunder way\\b": "in flight",
  "\\bbehind (?:the|an?|all) (?:others?|end|head)\\b": "after",
  "\\bin no (?:other )?number\\b": "not counted",
  "\\bwhatever the (?:server|answers?) does?\\b": "however slow the server is",
  "\\bmay hold\\b": "can contain",
  "\\b(?:is|are) there twice\\b": "appears twice",
  "\\bsent as it (?:is|stands)\\b": "as is",
  "\\bof (?:its|their|your) own\\b(?=[:;])": "its own",
  "(?<![Tt]here )\\bis no (?!longer|more)\\w+": "is not a",
  "\\bbesides\\b": "also, apart from",
  "\\bparted by\\b": "separated by",
  "\\bat a time at most\\b": "at the longest",
};

function found(text: string, list = PHRASES): readonly string[] {
  const plain = text.replace(/\s+/g, " ");
  return Object.entries(list).filter(([phrase]) => new RegExp(phrase).test(plain))
    .map(([phrase, better]) => `${phrase}: write "${better}"`);
}

const TEXTS: Readonly<Record<string, () => Promise<string>>> = {
  "README.md": () => Deno.readTextFile(new URL("../../README.md", import.meta.url)),
  "-h": () => Promise.resolve(BRIEF_HELP),
  "--help": () => Promise.resolve(helpOf(DOOR.bench)),
  "help of the commands": async () => Object.values(await loadSpecs(DOOR)).map(helpOf).join("\n"),
  ...Object.fromEntries(HELP_TOPICS.map(({ name, text }) => [`help ${name}`, () => Promise.resolve(text)])),
};
for (
  const name of [
    "fleet",
    "github-action",
    "install",
    "measuring",
    "migrating",
    "options",
    "scenarios",
    "security",
  ]
) {
  (TEXTS as Record<string, () => Promise<string>>)[`docs/${name}.md`] = () =>
    Deno.readTextFile(new URL(`../../docs/${name}.md`, import.meta.url));
}

for (const [name, read] of Object.entries(TEXTS)) {
  Deno.test(`${name} is free of phrases that read translated`, async () => {
    assertEquals(found(await read()), []);
  });
}

/** Whole strings of the sources: what is said is not said in comments or names. */
function stringsIn(source: string): readonly string[] {
  const code = source.replace(/^\s*(?:\/\*\*?|\*|\/\/).*$/gm, "");
  return (code.match(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? [])
    .map((text) => text.slice(1, -1).replace(/\$\{[^}]*\}/g, "…"))
    .filter((text) => /[a-z]{2,} [a-z]{2,}/i.test(text));
}

async function* sourceFiles(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(`${name}${isDirectory ? "/" : ""}`, folder);
    if (isDirectory) yield* sourceFiles(url);
    else if (/\.(?:ts|js|html)$/.test(name)) yield url;
  }
}

Deno.test("messages, help and reports are free of words that read translated", async () => {
  const wrong: string[] = [];
  for await (const file of sourceFiles(new URL("../../src/", import.meta.url))) {
    for (const text of stringsIn(await Deno.readTextFile(file))) {
      const problems = [...found(text), ...found(text, WORDS)];
      if (problems.length > 0) {
        wrong.push(`${file.pathname.split("/src/")[1]}: ${text}: ${problems.join("; ")}`);
      }
    }
  }
  assertEquals(wrong, []);
});

for (
  const path of ["action.yml", "fixtures/grafana_dashboard.json", "src/report/html_report/template.html"]
) {
  Deno.test(`${path} is free of words that read translated`, async () => {
    const text = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
    assertEquals([...found(text), ...found(text, WORDS)], []);
  });
}
