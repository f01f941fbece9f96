/** The published JSON Schema, judged by a validator of its own, agrees with what the program takes. */
import { assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { Ajv } from "ajv";
import { checkScenario, scenarioJsonSchema } from "../../src/scenario/scenario_schema.ts";
import { parseScenarioText } from "../../src/steps/file/scenario_text.ts";
import { BAD_DATA } from "./_bad_data.ts";
import { BAD_MEANINGS } from "./_bad_meanings.ts";
import { BAD_TEXTS } from "./_bad_texts.ts";

const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true })
  .compile(
    scenarioJsonSchema(),
  );
const ROOT = new URL("../../", import.meta.url);

function problemsOf(text: string, path: string): readonly string[] {
  validate(parseScenarioText(text, path).value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The text's value; `undefined` when it has none. */
function valueOf(text: string, path: string): unknown {
  try {
    return parseScenarioText(text, path).value;
  } catch {
    return undefined; // What is wrong with the text alone is no schema's to say.
  }
}

Deno.test("the published schema takes the example files", () => {
  for (const name of ["login.yaml", "flows.json"]) {
    const text = Deno.readTextFileSync(new URL(`fixtures/scenarios/${name}`, ROOT));
    assertEquals(problemsOf(text, name), [], name);
  }
});

for (const path of ["README.md", "docs/scenarios.md"]) {
  Deno.test(`the published schema takes the scenarios of ${path}`, () => {
    const document = Deno.readTextFileSync(new URL(path, ROOT));
    const examples = [...document.matchAll(/^```ya?ml\n([^]*?)^```$/gm)].map((match) => match[1]!)
      .filter((text) => /^(?:steps|flows):/m.test(text));
    assertGreater(examples.length, 0, "it shows a scenario");
    for (const text of examples) assertEquals(problemsOf(text, "example.yaml"), [], text);
  });
}

Deno.test("the published schema refuses what the program's own declaration refuses, and nothing else", () => {
  let refused = 0;
  for (const { claim, text, options } of [...BAD_TEXTS, ...BAD_MEANINGS, ...BAD_DATA]) {
    const value = valueOf(text, options?.path ?? "s.yaml");
    if (value === undefined) continue;
    const checked = checkScenario(value);
    // Whether steps or flows are there is the loader's to check, and the schema's too.
    const hasOne = typeof value === "object" && value !== null && ("steps" in value) !== ("flows" in value);
    const isGood = !Array.isArray(checked) && hasOne;
    assertEquals(validate(value), isGood, `${claim}: ${JSON.stringify(validate.errors)}`);
    if (!isGood) refused++;
  }
  assertGreaterOrEqual(refused, 20, `${refused} files were refused`);
});
