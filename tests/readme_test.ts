/** The tables in documents are those of the program. */
import { assertEquals } from "@std/assert";
import { loadSpecs } from "../src/cli/command.ts";
import { DOOR } from "../src/cli/commands.ts";
import { mainOptions } from "../src/run/settings/settings.ts";
import { readAction } from "./_support/action_runner.ts";
import { optionReference } from "./_support/option_reference.ts";

const SECTION = /(<!-- (\w+) -->\n)[\s\S]*?(<!-- \/\2 -->)/;

/** Options of the benchmark, then of every command that has some of its own. */
async function wholeReference(): Promise<string> {
  const own = Object.entries(await loadSpecs(DOOR)).filter(([, { options }]) =>
    Object.keys(options).length > 0 && options !== DOOR.bench.options
  );
  const commands = own.map(([word, { summary, options }]) =>
    `## bench ${word}\n\n${summary}\n\n${optionReference(options)}`
  );
  return [optionReference(mainOptions), ...commands].join("\n");
}

/** Inputs and outputs of the GitHub Action. */
async function actionReference(): Promise<string> {
  const { inputs, outputs } = await readAction();
  const rows = Object.entries(inputs).map(([name, { description, default: value = "" }]) =>
    `| \`${name}\` | ${description} | ${value === "" ? "" : `\`${value}\``} |`
  );
  const results = Object.entries(outputs).map(([name, { description }]) =>
    `| \`${name}\` | ${description} |`
  );
  return [
    ...["| Input | Meaning | Default |", "| --- | --- | --- |", ...rows, ""],
    ...["| Output | Meaning |", "| --- | --- |", ...results, ""],
  ].join("\n");
}

const GENERATED = [
  ["docs/options.md", await wholeReference()],
  ["docs/github-action.md", await actionReference()],
] as const;

for (const [file, reference] of GENERATED) {
  Deno.test(`the tables of ${file} are those of the program`, async () => {
    const path = new URL(`../${file}`, import.meta.url);
    const text = await Deno.readTextFile(path);
    const expected = text.replace(SECTION, (_, start, _name, end) => `${start}\n${reference}\n${end}`);
    if (Deno.env.get("UPDATE_GOLDENS") === "1") await Deno.writeTextFile(path, expected);
    else assertEquals(text, expected, "run the tests with UPDATE_GOLDENS=1 to write them anew");
  });
}
