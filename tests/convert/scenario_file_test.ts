/** Scenarios as importers write them, and their limits. */
import { MAX_SCENARIO_VALUES } from "../../src/lib/size_limits.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type FileStep,
  headerObject,
  isTooLarge,
  scenarioText,
  stepName,
} from "../../src/convert/scenario_file.ts";
import { checkScenario } from "../../src/scenario/scenario_schema.ts";
import { parseScenarioText } from "../../src/steps/file/scenario_text.ts";
import { UsageError } from "../../src/lib/errors.ts";

const STEP: FileStep = {
  think_time: 1.5,
  assert_status: 200,
  body: "x",
  headers: { a: "1" },
  method: "POST",
  path: "http://b.test/",
  name: "POST b.test/",
};
const file = (steps: readonly FileStep[]) => ({ name: "n", base_url: "http://a.test", think_time: 0, steps });

Deno.test("scenarioText() writes keys in one order, two spaces deep, with a final newline", () => {
  const text = scenarioText(file([STEP]));
  assertEquals(
    text.match(/"\w+":/g)?.join(""),
    [
      ...['"name":"base_url":"think_time":"steps":', '"name":"path":"method":"headers":"a":'],
      '"body":"assert_status":"think_time":',
    ].join(""),
  );
  assert(text.startsWith('{\n  "name": "n",\n') && text.endsWith("\n}\n"));
});

Deno.test("scenarioText() writes what the scenario format allows", () => {
  const base64 = { name: "PUT /", path: "/", method: "PUT", body_base64: "/w==" };
  const checked = checkScenario(JSON.parse(scenarioText(file([STEP, base64]))));
  assert(!Array.isArray(checked), JSON.stringify(checked));
});

Deno.test("isTooLarge() agrees with what reads scenarios", () => {
  const step = { name: "GET /", path: "/", method: "GET" };
  // Outermost object, three values, the list, then four values a step.
  const most = Math.floor((MAX_SCENARIO_VALUES - 5) / 4);
  for (const [count, expected] of [[most, false], [most + 1, true]] as const) {
    const text = scenarioText(file(new Array(count).fill(step)));
    assertEquals(isTooLarge(text), expected);
    const read = () => parseScenarioText(text, "a.yaml");
    if (expected) assertThrows(read, UsageError, `${MAX_SCENARIO_VALUES} values`);
    else read();
  }
});

Deno.test("headerObject() keeps lines of one name apart, but for cookies", () => {
  const lines = [["accept", "a"], ["cookie", "x=1"], ["Accept", "b"], ["cookie", "y=2"]] as const;
  assertEquals(headerObject(lines), { accept: ["a", "b"], cookie: "x=1; y=2" });
});

Deno.test("stepName() is short and holds no credentials", () => {
  assertEquals(stepName("GET", "/a?api_key=1&sid=2&q=3"), "GET /a?api_key=***&sid=***&q=3");
  assertEquals(stepName("GET", `/${"x".repeat(5000)}`).length, 200);
});
