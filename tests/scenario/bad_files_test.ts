/** Scenario files with one mistake each, and what is said of it. */
import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { loadScenario, type LoadScenarioOptions } from "../../src/scenario/load_scenario.ts";
import { BAD_DATA } from "./_bad_data.ts";
import { BAD_MEANINGS } from "./_bad_meanings.ts";
import { step } from "./_bad_row.ts";
import { BAD_TEXTS } from "./_bad_texts.ts";

/** Files that the scenarios below name. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "users.csv": "name,mail\nann,a@b\n",
  "empty.csv": "name\n",
  "ragged.csv": "a,b\n1,2\n3\n",
  "quote.csv": 'a\n"x\n',
  "twice.csv": "a,a\n1,2\n",
  "noname.csv": "a,\n1,2\n",
  "bad.json": "[{]",
  "object.json": "{}",
  "keys.json": '[{"a":1},{"b":2}]',
  "missing.json": '[{"a":1,"b":2},{"a":1}]',
  "hollow.json": "[{}]",
  "scalar.json": "[1]",
  "latin1.csv": Uint8Array.of(0x61, 0x0a, 0xe4, 0x0a),
};

function readFile(path: string): Promise<Uint8Array> {
  const content = FILES[path];
  if (content === undefined) return Promise.reject(new Error("No such file"));
  return Promise.resolve(typeof content === "string" ? new TextEncoder().encode(content) : content);
}

async function problemsOf(
  text: string,
  options: Partial<LoadScenarioOptions> = {},
): Promise<readonly string[]> {
  const error = await assertRejects(
    () => loadScenario(text, { path: "s.yaml", readFile, env: () => undefined, ...options }),
    UsageError,
  );
  return error.problems;
}

for (const { claim, text, options, problems } of [...BAD_TEXTS, ...BAD_MEANINGS, ...BAD_DATA]) {
  Deno.test(`loadScenario() refuses ${claim}`, async () => {
    assertEquals(await problemsOf(text, options), problems);
  });
}

Deno.test("loadScenario() shows no secret in a message", async () => {
  const text = step("headers: { A: '${env(TOKEN)}', 'b c': d }");
  const problems = await problemsOf(text, { env: () => "s3cret\n" });
  assertEquals(problems.filter((problem) => problem.includes("s3cret")), []);
});
