/** The schema that editors use. */
import { assert, assertEquals } from "@std/assert";
import { checkScenario, type ScenarioFile, scenarioJsonSchema } from "../../src/scenario/scenario_schema.ts";
import { parseScenarioText } from "../../src/steps/file/scenario_text.ts";

type JsonSchema = Record<string, unknown>;

const FIXTURES = new URL("../../fixtures/scenarios/", import.meta.url);

/** The schema at a path of `properties` and `items`. */
function at(...keys: string[]): JsonSchema {
  return keys.reduce<JsonSchema>((schema, key) => schema[key] as JsonSchema, scenarioJsonSchema());
}

/** Every object schema that names its keys. */
function sections(schema: unknown): JsonSchema[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "properties" in schema && "type" in schema ? [schema as JsonSchema] : [];
  return [...own, ...Object.values(schema).flatMap(sections)];
}

Deno.test("scenarioJsonSchema() lists the keys of a step, with a text for each", () => {
  const properties = at("definitions", "item", "anyOf", "0", "properties");
  assertEquals(Object.keys(properties), [
    "description",
    "name",
    "path",
    "method",
    "headers",
    "body",
    "form",
    "multipart",
    "graphql",
    "body_base64",
    "body_file",
    "assert_status",
    "assert_body_contains",
    "assert_body_regex",
    "assert_json",
    "assert_json_schema",
    "assert_header",
    "assert_max_latency",
    "extract",
    "on_fail",
    "stream",
    "think_time",
    "timeout",
    "follow_redirects",
  ]);
  for (const [key, property] of Object.entries(properties)) {
    assert(typeof (property as JsonSchema)["description"] === "string", key);
  }
  assertEquals(at("definitions", "item", "anyOf", "0")["required"], ["path"]);
});

Deno.test("scenarioJsonSchema() knows the blocks that lists of steps may hold", () => {
  const kinds = (at("definitions", "item")["anyOf"] as JsonSchema[]).map((schema) =>
    Object.keys(schema["properties"] as object).find((key) => key !== "description" && key !== "name")
  );
  const blocks = ["group", "repeat", "while", "if", "choose", "parallel", "set_headers"];
  assertEquals(kinds, ["path", "ws", "grpc", ...blocks]);
  assertEquals(at("properties", "steps")["items"], { $ref: "#/definitions/item" });
});

Deno.test("scenarioJsonSchema() refuses unknown keys wherever the file does", () => {
  const open = sections(scenarioJsonSchema()).filter((schema) => schema["additionalProperties"] !== false);
  // The open objects are the bodies of steps, wherever steps are, and values of variables.
  assertEquals(open.filter((schema) => Object.keys(schema["properties"] as object).length > 0), []);
});

Deno.test("scenarioJsonSchema() wants steps, flows or scenarios, and is JSON", () => {
  assertEquals(at()["oneOf"], [{ required: ["steps"] }, { required: ["flows"] }, {
    required: ["scenarios"],
  }]);
  assertEquals(JSON.parse(JSON.stringify(scenarioJsonSchema())), scenarioJsonSchema());
});

Deno.test("checkScenario() gives back the example files as they are", () => {
  for (const name of ["login.yaml", "flows.json"]) {
    const { value } = parseScenarioText(Deno.readTextFileSync(new URL(name, FIXTURES)), name);
    assertEquals(checkScenario(value), value as ScenarioFile, name);
  }
});
