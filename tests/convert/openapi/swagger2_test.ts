/** Descriptions in Swagger 2.0 become the same scenarios as those in OpenAPI 3. */
import fc from "fast-check";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { convertOpenapi, type OpenapiOptions } from "../../../src/convert/openapi/convert_openapi.ts";
import type { ScenarioFile } from "../../../src/convert/scenario_file.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { checkScenario } from "../../../src/scenario/scenario_schema.ts";

const LIBRARY = await Deno.readTextFile(new URL("../../../fixtures/openapi/library.yaml", import.meta.url));

function convert(text: string, changes: Partial<OpenapiOptions> = {}) {
  const { remarks, text: made } = convertOpenapi(text, {
    format: "scenario",
    methods: ["GET", "PUT", "POST"],
    tags: [],
    include: [],
    exclude: [],
    label: "api.yaml",
    assertStatus: false,
    thinkTime: 0,
    ...changes,
  });
  const scenario = JSON.parse(made) as ScenarioFile;
  assert(!Array.isArray(checkScenario(scenario)), made);
  return { ...scenario, remarks };
}

Deno.test("Swagger 2.0: servers, parameters, bodies, forms and credentials of all places", () => {
  const { base_url, steps, remarks } = convert(LIBRARY, { assertStatus: true });
  const login = { Authorization: "Basic ${env(BASIC_CREDENTIALS)}" };
  assertEquals(base_url, "http://library.test:8080");
  assertEquals(steps, [
    {
      name: "listBooks",
      path: "/v1/books?page=1&ids=1,2&tag=a&tag=b%20c&sort=x%7Cy&tabs=p%09q&api_key=${env(API_KEY)}",
      method: "GET",
      headers: { "X-Shelf": "s t" },
      assert_status: 200,
    },
    {
      name: "addBook",
      path: "/v1/books?page=1",
      method: "POST",
      headers: { ...login, "Content-Type": "application/json" },
      body: '{"title":"T","isbn":"${env(ISBN)}"}',
      assert_status: 201,
    },
    {
      name: "setCover",
      path: "https://library.test:8080/v1/books/${env(BOOK_ID)}/cover",
      method: "PUT",
      headers: login,
      multipart: { kind: "front", image: { file: "image" } },
    },
    {
      name: "lend",
      path: "/v1/loans",
      method: "POST",
      headers: login,
      form: { book: "${env(BOOK)}", days: 14, to: ["me", "you"], via: "m,n" },
      assert_status: 200,
    },
    { name: "POST /notes", path: "/v1/notes", method: "POST", headers: login, assert_status: 200 },
  ]);
  assertEquals(remarks.slice(2), [
    "Put these files beside the scenario for the run: image",
    "Bodies left out, since only JSON and forms are made: application/xml (1)",
    "References left out, since they lead out of the document or nowhere: #/parameters/Nowhere",
  ]);
});

for (
  const [what, keys, source, expected] of [
    ["its own host", { host: "b.test", schemes: ["https"] }, "http://a.test/s", "https://b.test/x"],
    [
      "the scheme of its source",
      { host: "b.test", basePath: "v1/" },
      "https://a.test/s",
      "https://b.test/v1/x",
    ],
    ["the host of its source", { basePath: "/v1" }, "http://a.test:81/s", "http://a.test:81/v1/x"],
    ["its source", {}, "http://a.test/docs/s", "http://a.test/x"],
  ] as const
) {
  Deno.test(`Swagger 2.0 without more than ${JSON.stringify(keys)} is on ${what}`, () => {
    const text = JSON.stringify({ swagger: "2.0", ...keys, paths: { "/x": { get: {} } } });
    const { base_url, steps } = convert(text, { source: new URL(source) });
    assertEquals(new URL(steps[0]!.path, base_url).href, expected);
  });
}

Deno.test("Swagger 2.0 in a file asks for the scheme that nothing says", () => {
  assertThrows(
    () => convert("{swagger: 2.0, host: b.test, basePath: /v1, paths: {/x: {get: {}}}}"),
    UsageError,
    'it has the server "//b.test/v1"; give an http or https URL with --base-url',
  );
});

Deno.test("Swagger 2.0: an operation's parameters stand in for those of its path, bodies too", () => {
  const body = (example: string) => ({ in: "body", name: "b", schema: { example } });
  const item = { parameters: [body("path")], post: { parameters: [body("own")] }, put: {} };
  const text = JSON.stringify({ swagger: "2.0", paths: { "/x": item } });
  const { steps } = convert(text, { baseUrl: new URL("http://a.test") });
  assertEquals(steps.map(({ method, body }) => [method, body]), [["PUT", '"path"'], ["POST", '"own"']]);
});

Deno.test("Swagger 2.0 of any contents becomes a scenario that loads, or is refused", () => {
  const anyParameter = fc.record({
    in: fc.constantFrom("path", "query", "header", "body", "formData", "x"),
    name: fc.constantFrom("id", "a b", "${uuid()}", "valueOf", 5),
    required: fc.boolean(),
    type: fc.constantFrom("string", "integer", "array", "file", 5),
    collectionFormat: fc.constantFrom("csv", "ssv", "tsv", "pipes", "multi", "valueOf", 5),
    items: fc.oneof(fc.constant({ type: "string" }), fc.jsonValue({ maxDepth: 1 })),
    default: fc.jsonValue({ maxDepth: 2 }),
    schema: fc.jsonValue({ maxDepth: 2 }),
    $ref: fc.constantFrom("#/parameters/p", "#/nowhere"),
  }, { requiredKeys: ["in", "name"] });
  const parameters = fc.oneof(
    fc.array(fc.oneof(anyParameter, fc.jsonValue()), { maxLength: 4 }),
    fc.jsonValue(),
  );
  const consumes = fc.oneof(
    fc.subarray(["multipart/form-data", "application/x-www-form-urlencoded", "application/json"]),
    fc.jsonValue(),
  );
  const operation = fc.record({ parameters, consumes, schemes: fc.jsonValue() }, { requiredKeys: [] });
  const anyRoot = fc.record({
    paths: fc.record({
      "/x": fc.record({ parameters, get: operation, post: operation }, { requiredKeys: [] }),
    }),
    parameters: fc.record({ p: anyParameter }),
    consumes,
    basePath: fc.jsonValue(),
    securityDefinitions: fc.jsonValue(),
  }, { requiredKeys: ["paths"] });
  fc.assert(
    fc.property(anyRoot, (root) => {
      try {
        convert(JSON.stringify({ swagger: "2.0", host: "a.test", schemes: ["http"], ...root }));
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});
