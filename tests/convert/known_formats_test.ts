/** Files of other programs are named when they are given by mistake. */
import { assertEquals } from "@std/assert";
import { knownDocument, knownText } from "../../src/convert/known_formats.ts";

Deno.test("knownDocument() names what other programs and importers read", () => {
  const rows: [unknown, string | undefined][] = [
    [
      { info: { _postman_id: "1", schema: "https://schema.getpostman.com/x" } },
      "a Postman collection, which bench postman-import reads",
    ],
    [
      { info: { schema: "https://schema.getpostman.com/json/collection/v2.1.0/" } },
      "a Postman collection, which bench postman-import reads",
    ],
    [{ _postman_variable_scope: "environment" }, "a Postman environment"],
    [{ __export_format: 4 }, "an Insomnia export"],
    [{ swagger: "2.0" }, "a Swagger 2.0 description, which bench openapi-import reads"],
    [{ swagger: "1.2" }, "a Swagger 1.2 description"],
    [{ openapi: "3.1.0" }, "an OpenAPI description, which bench openapi-import reads"],
    [{ asyncapi: "3.0.0" }, "an AsyncAPI description"],
    [{ log: { entries: [] } }, "a recording (HAR), which bench har-import reads"],
    [{ steps: [] }, "a scenario, which bench --scenario runs"],
    [[1], undefined],
    [null, undefined],
  ];
  for (const [document, name] of rows) assertEquals(knownDocument(document), name);
});

Deno.test("knownText() names texts of other kinds", () => {
  const rows: [string, string | undefined][] = [
    ['{"log":{"entries":[]}}', "a recording (HAR), which bench har-import reads"],
    ["[1]", "a JSON document"],
    ["swagger: '2.0'\ninfo: {}", "a Swagger description, which bench openapi-import reads"],
    ["openapi: 3.0.3\n", "an OpenAPI description, which bench openapi-import reads"],
    ["$ curl http://a.test/", "a curl command, which bench curl-import reads"],
    [
      "# all\nGET http://a.test/\nX-A: 1\n",
      "a list of URLs or Vegeta targets; bench --url-file reads lines of METHOD URL",
    ],
    ["http://a.test/", "a list of URLs or Vegeta targets; bench --url-file reads lines of METHOD URL"],
    ["{not json", undefined],
    ["hello", undefined],
  ];
  for (const [text, name] of rows) assertEquals(knownText(text), name, text);
});
