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

function found(text: string): readonly string[] {
  const plain = text.replace(/\s+/g, " ");
  return Object.entries(PHRASES).filter(([phrase]) => new RegExp(phrase).test(plain))
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
