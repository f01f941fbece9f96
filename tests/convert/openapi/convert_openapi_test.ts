/** API descriptions become scenarios that load, by examples and at random. */
import fc from "fast-check";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { convertOpenapi, type OpenapiOptions } from "../../../src/convert/openapi/convert_openapi.ts";
import type { FileStep, ScenarioFile } from "../../../src/convert/scenario_file.ts";
import { compilePatterns } from "../../../src/convert/url_patterns.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { checkScenario } from "../../../src/scenario/scenario_schema.ts";

const ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
const SHOP = await Deno.readTextFile(new URL("../../../fixtures/openapi/shop.yaml", import.meta.url));

function convert(text: string, changes: Partial<OpenapiOptions> = {}) {
  const options = {
    format: "scenario",
    methods: ALL,
    tags: [],
    include: [],
    exclude: [],
    label: "api.yaml",
  } as const;
  const result = convertOpenapi(text, { ...options, assertStatus: false, thinkTime: 0, ...changes });
  if ((changes.format ?? "scenario") === "scenario") {
    assert(!Array.isArray(checkScenario(JSON.parse(result.text))), result.text);
  }
  return result;
}

/** The steps of a description with one path. */
function steps(item: object, rest: object = {}): readonly FileStep[] {
  const servers = [{ url: "http://a.test" }];
  const text = JSON.stringify({ openapi: "3.1.0", servers, paths: { "/x": item }, ...rest });
  return (JSON.parse(convert(text).text) as ScenarioFile).steps;
}

/** Paths of the steps of a description with these servers. */
function urls(paths: object, servers: unknown, changes: Partial<OpenapiOptions> = {}): readonly string[] {
  const text = JSON.stringify({ openapi: "3.1.0", servers, paths });
  const { steps, base_url } = JSON.parse(convert(text, changes).text) as ScenarioFile;
  return steps.map(({ path }) => new URL(path, base_url).href);
}

/** What a query parameter with this schema is given. */
function valueOf(schema: object, rest: object = {}): string {
  const parameters = [{ in: "query", name: "someName", required: true, schema }];
  return steps({ get: { parameters } }, rest)[0]!.path.slice("/x?someName=".length);
}

/** What a JSON body with this schema is. */
function bodyOf(schema: object, rest: object = {}): unknown {
  return JSON.parse(
    steps({ post: { requestBody: { content: { "application/json": { schema } } } } }, rest)[0]!.body!,
  );
}

Deno.test("convertOpenapi() makes a step of each operation, sorted by path, on the first server", () => {
  const { text, count, remarks } = convert(SHOP, {
    methods: ["GET", "HEAD"],
    assertStatus: true,
    thinkTime: 0.5,
  });
  const { steps, ...rest } = JSON.parse(text) as ScenarioFile;
  assertEquals(rest, { name: "A shop", base_url: "https://eu.shop.test:8443", think_time: 0.5 });
  assertEquals(count, 3);
  assertEquals(steps, [
    { name: "GET /health", path: "/v2/health", method: "GET", assert_status: 204 },
    {
      name: "GET /orders",
      path: "/v2/orders?limit=20&state=open&state=paid",
      method: "GET",
      headers: { Authorization: "Bearer ${env(TOKEN)}" },
      assert_status: 200,
    },
    {
      name: "GET /orders/{orderId}",
      path: "/v2/orders/${env(ORDER_ID)}",
      method: "GET",
      headers: { Authorization: "Bearer ${env(TOKEN)}" },
      assert_status: 200,
    },
  ]);
  assertEquals(remarks, [
    "3 of 6 operations taken",
    "Left out: their methods were not requested (--method): POST (2), DELETE (1)",
    "Set these environment variables for the run: TOKEN, ORDER_ID",
  ]);
});

Deno.test("convertOpenapi() makes JSON bodies of what is required, and says which bodies it cannot make", () => {
  const { text, remarks } = convert(SHOP, { methods: ["POST"] });
  const [order, upload] = (JSON.parse(text) as ScenarioFile).steps;
  assertEquals(order!.headers, { Authorization: "Bearer ${env(TOKEN)}", "Content-Type": "application/json" });
  assertEquals(JSON.parse(order!.body!.replace(/:\$\{env\(\w+\)\}/g, ':"BARE"')), {
    id: "${env(ID)}",
    customer: { email: "${env(EMAIL)}", name: "${env(NAME)}" },
    lines: [{ sku: "A-1", count: "BARE" }],
    gift: "BARE",
  });
  assertStringIncludes(order!.body!, '"count":${env(COUNT)}}],"gift":${env(GIFT)}}');
  assertEquals(upload!.body, undefined);
  assertEquals(
    remarks.at(-1),
    "Bodies left out, since none of their parts is required: multipart/form-data (1)",
  );
  const content = { "text/csv": {} };
  const csv = JSON.stringify({ openapi: "3.0.0", paths: { "/x": { post: { requestBody: { content } } } } });
  assertEquals(
    convert(csv, { baseUrl: new URL("http://a.test") }).remarks.at(-1),
    "Bodies left out, since only JSON and forms are made: text/csv (1)",
  );
});

Deno.test("convertOpenapi() chooses by tag and by patterns, of which exclude wins", async () => {
  const paths = (changes: Partial<OpenapiOptions>) =>
    (JSON.parse(convert(SHOP, changes).text) as ScenarioFile).steps.map(({ name }) => name);
  assertEquals(paths({ tags: ["Ops"] }), ["GET /health"]);
  const include = await compilePatterns("--include", ["^/orders"]);
  const exclude = await compilePatterns("--exclude", ["Id}"]);
  assertEquals(paths({ include, exclude }), ["GET /orders", "POST /orders"]);
});

Deno.test("convertOpenapi() lists URLs that need nothing filled in, and says what a list cannot hold", () => {
  const { text, count, remarks } = convert(SHOP, { format: "url-file" });
  assertEquals(text.trimEnd().split("\n"), [
    "https://eu.shop.test:8443/v2/health",
    "https://eu.shop.test:8443/v2/orders?limit=20&state=open&state=paid",
    "POST https://eu.shop.test:8443/v2/orders",
    "POST https://eu.shop.test:8443/v2/upload",
  ]);
  assertEquals(count, 4);
  assertEquals(remarks.slice(1, 3), [
    "2 URLs left out, since a part of each is to be filled in",
    "5 requests lost headers or a body, which a list of URLs cannot hold",
  ]);
});

for (
  const [what, schema, expected] of [
    ["an example", { example: "a b", default: "c" }, "a%20b"],
    ["the first of several examples", { examples: ["one", "two"] }, "one"],
    ["its default", { default: 7, enum: [8] }, "7"],
    ["the first that is allowed", { enum: ["x", "y"] }, "x"],
    ["the only one allowed", { const: "k" }, "k"],
    ["a placeholder for a number", { type: "integer", minimum: 5 }, "${env(SOME_NAME)}"],
    ["a placeholder for a boolean", { type: "boolean" }, "${env(SOME_NAME)}"],
    ["a placeholder for a format", { type: "string", format: "uuid" }, "${env(SOME_NAME)}"],
    ["a placeholder for a date", { type: "string", format: "date" }, "${env(SOME_NAME)}"],
    ["a placeholder for a list of anything", { type: "array" }, "${env(SOME_NAME)}"],
    ["a placeholder for an object of anything", { type: "object" }, "${env(SOME_NAME)}"],
    ["a placeholder for what holds itself", { $ref: "#/components/schemas/loop" }, "${env(SOME_NAME)}"],
    ["a placeholder", { type: "string" }, "${env(SOME_NAME)}"],
    ["a list as repeated names", { type: "array", items: { enum: [3] } }, "3"],
    ["the first alternative", { oneOf: [{ const: 1 }, { const: 2 }] }, "1"],
    ["text that looks like a placeholder as that text", { example: "${env(HOME)}" }, "%24%7Benv(HOME)%7D"],
  ] as const
) {
  Deno.test(`convertOpenapi() gives a parameter ${what}`, () => {
    const loop = { allOf: [{ $ref: "#/components/schemas/loop" }] };
    assertEquals(valueOf(schema, { components: { schemas: { loop } } }), expected);
  });
}

Deno.test("convertOpenapi() follows references and merges what allOf adds", () => {
  const components = {
    schemas: {
      "a/b": { type: "object", required: ["id"], properties: { id: { const: 1 }, extra: { const: 9 } } },
      both: { allOf: [{ $ref: "#/components/schemas/a~1b" }, { required: ["extra", "kind"] }] },
    },
  };
  assertEquals(bodyOf({ $ref: "#/components/schemas/both" }, { components }), {
    extra: 9,
    kind: "${env(KIND)}",
    id: 1,
  });
});

Deno.test("convertOpenapi() leaves out what holds itself, what only answers have, and lost references", () => {
  const node = {
    required: ["id", "name", "next", "others"],
    properties: {
      id: { type: "integer", readOnly: true },
      name: { const: "n" },
      next: { $ref: "#/components/schemas/node" },
      others: { type: "array", items: { $ref: "#/components/schemas/node" } },
    },
  };
  const components = { schemas: { node } };
  assertEquals(bodyOf({ $ref: "#/components/schemas/node" }, { components }), { name: "n", others: [] });
  const text = JSON.stringify({
    openapi: "3.0.0",
    paths: { "/x": { get: { parameters: [{ $ref: "other.yaml#/p" }, { $ref: "#/a" }] } } },
    a: { $ref: "#/b" },
    b: { $ref: "#/a" },
  });
  const { remarks } = convert(text, { baseUrl: new URL("http://a.test") });
  assertEquals(
    remarks.at(-1),
    "References left out, since they lead out of the document or nowhere: other.yaml#/p, #/a",
  );
});

Deno.test("convertOpenapi() ends on schemas that are woven without end", () => {
  const schemas = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => {
      const next = { $ref: `#/components/schemas/s${i + 1}` };
      return [`s${i}`, { allOf: [next, next] }];
    }),
  );
  assertThrows(
    () => bodyOf({ $ref: "#/components/schemas/s0" }, { components: { schemas } }),
    UsageError,
    "endless schemas",
  );
});

for (
  const [what, scheme, expected] of [
    ["an OAuth token", { type: "oauth2" }, { Authorization: "Bearer ${env(TOKEN)}" }],
    ["a basic login", { type: "http", scheme: "Basic" }, {
      Authorization: "Basic ${env(BASIC_CREDENTIALS)}",
    }],
    ["another scheme", { type: "http", scheme: "hoba" }, { Authorization: "${env(AUTHORIZATION)}" }],
    ["a key in a header", { type: "apiKey", in: "header", name: "X-Key" }, { "X-Key": "${env(X_KEY)}" }],
    ["a key in a cookie", { type: "apiKey", in: "cookie", name: "sid" }, { Cookie: "sid=${env(SID)}" }],
    ["a client certificate", { type: "mutualTLS" }, undefined],
  ] as const
) {
  Deno.test(`convertOpenapi() leaves ${what} to the environment`, () => {
    const components = { securitySchemes: { s: scheme } };
    assertEquals(steps({ get: { security: [{ s: [] }] } }, { components })[0]!.headers, expected);
    assertEquals(steps({ get: { security: [{ s: [] }, {}] } }, { components })[0]!.headers, undefined);
  });
}

Deno.test("convertOpenapi() writes forms, header parameters and cookies", () => {
  const schema = { required: ["a", "b"], properties: { a: { const: "x y" }, b: { enum: [1] }, c: {} } };
  const [step] = steps({
    post: {
      parameters: [
        { in: "header", name: "X-Kind", required: true, schema: { const: "k" } },
        { in: "header", name: "Accept", required: true, schema: { type: "string" } },
        { in: "cookie", name: "theme", required: true, schema: { const: "dark" } },
      ],
      requestBody: { content: { "application/x-www-form-urlencoded": { schema } } },
    },
  });
  assertEquals(step!.form, { a: "x y", b: 1 });
  assertEquals(step!.headers, { "X-Kind": "k", Cookie: "theme=dark" });
});

Deno.test("convertOpenapi() writes lists and objects of forms, and no placeholders but its own", () => {
  const schema = {
    required: ["tags", "who", "none", "n", "tricky", "id"],
    properties: {
      tags: { default: ["a b", 2] },
      who: { required: ["name"], properties: { name: { type: "string" } } },
      none: { type: "array" },
      n: { type: "integer", readOnly: true },
      tricky: { const: "${env(HOME)}" },
      id: { type: "integer" },
    },
  };
  const [step] = steps({
    post: { requestBody: { content: { "application/x-www-form-urlencoded": { schema } } } },
  });
  assertEquals(step!.form, {
    tags: ["a b", 2],
    who: '{"name":"${env(NAME)}"}',
    tricky: "${concat('$', '{')}env(HOME)}",
    id: "${env(ID)}",
  });
  assertEquals([step!.body, step!.headers], [undefined, undefined]);
});

Deno.test("convertOpenapi() makes parts of multipart forms: texts, and files to be put beside the scenario", () => {
  const file = { type: "string", format: "binary" };
  const schema = {
    required: ["title", "photo", "more", "raw", "secret/../x", "meta", "text"],
    properties: {
      title: { const: "a b" },
      photo: file,
      more: { type: "array", items: { $ref: "#/components/schemas/file" } },
      raw: { contentMediaType: "application/octet-stream" },
      "secret/../x": file,
      meta: { required: ["a"], properties: { a: { const: 1 } } },
      text: { type: "string", contentEncoding: "base64", contentMediaType: "image/png" },
    },
  };
  const encoding = { photo: { contentType: "image/png, image/jpeg" } };
  const text = JSON.stringify({
    openapi: "3.1.0",
    servers: [{ url: "http://a.test" }],
    paths: { "/x": { post: { requestBody: { content: { "multipart/form-data": { schema, encoding } } } } } },
    components: { schemas: { file } },
  });
  const { text: made, remarks } = convert(text);
  const [step] = (JSON.parse(made) as ScenarioFile).steps;
  assertEquals(step!.multipart, {
    title: "a b",
    photo: { file: "photo", type: "image/png" },
    more: { file: "more" },
    raw: { file: "raw" },
    "secret/../x": { file: "secret_.._x" },
    meta: '{"a":1}',
    text: "${env(TEXT)}",
  });
  assertEquals(step!.headers, undefined);
  assertEquals(remarks.slice(1), [
    "Set these environment variables for the run: TEXT",
    "Put these files beside the scenario for the run: photo, more, raw, secret_.._x",
    "Parts of forms sent without their content type, which only files have: meta",
  ]);
  assertEquals(convert(text, { format: "url-file" }).remarks, [
    "1 of 1 operation taken",
    "1 request lost headers or a body, which a list of URLs cannot hold",
  ]);
});

Deno.test("convertOpenapi() takes the members of a form from its example, but no file", () => {
  const schema = { properties: { photo: { type: "string", format: "binary" } } };
  const example = { note: "n", photo: "bytes" };
  const [step] = steps({
    post: { requestBody: { content: { "multipart/form-data": { schema, example } } } },
  });
  assertEquals(step!.multipart, { note: "n", photo: { file: "photo" } });
});

Deno.test("convertOpenapi() sends an operation to the nearest server", () => {
  const at = (path: string) => [{ url: `http://a.test/${path}` }, { url: "http://never.test" }];
  const paths = {
    "/a": { get: {} },
    "/b": { servers: at("path"), get: {}, head: { servers: at("operation") } },
    "/c": { servers: [], get: { servers: [{ url: "https://other.test:8443" }] } },
  };
  assertEquals(urls(paths, at("root")), [
    "http://a.test/root/a",
    "http://a.test/path/b",
    "http://a.test/operation/b",
    "https://other.test:8443/c",
  ]);
  assertEquals(urls({ "/c": paths["/c"] }, undefined), ["https://other.test:8443/c"]);
  const list = convert(JSON.stringify({ openapi: "3.0.0", servers: at("root"), paths }), {
    format: "url-file",
  });
  assertEquals(list.text.split("\n").slice(1, 4), [
    "http://a.test/path/b",
    "HEAD http://a.test/operation/b",
    "https://other.test:8443/c",
  ]);
});

Deno.test("convertOpenapi() takes --base-url in place of all servers, and says so", () => {
  const own = [{ url: "http://own.test/x" }];
  const text = JSON.stringify({
    openapi: "3.0.0",
    servers: own,
    paths: { "/a": { get: { servers: own } }, "/b": { get: {} } },
  });
  const { text: made, remarks } = convert(text, { baseUrl: new URL("http://b.test/api/") });
  const { base_url, steps } = JSON.parse(made) as ScenarioFile;
  assertEquals([base_url, ...steps.map(({ path }) => path)], ["http://b.test", "/api/a", "/api/b"]);
  assertEquals(remarks[1], "1 operation with servers of their own go to --base-url, too");
});

Deno.test("convertOpenapi() fills a server's variables with their defaults", () => {
  const variables = { host: { default: "eu" }, v: { enum: ["v2", "v1"] }, port: { default: 8080 } };
  const paths = { "/a": { servers: [{ url: "http://{host}.a.test:{port}/{v}", variables }], get: {} } };
  assertEquals(urls(paths, undefined), ["http://eu.a.test:8080/v2/a"]);
  const unknown = () => urls({ "/a": { get: {} } }, [{ url: "https://{tenant}.a.test" }]);
  assertThrows(
    unknown,
    UsageError,
    'it has the server "https://{tenant}.a.test"; give an http or https URL with --base-url',
  );
});

Deno.test("convertOpenapi() names steps after their operations, else after method and path", () => {
  assertEquals(
    steps({
      get: { operationId: " list\nItems ${env(A)}" },
      head: { operationId: "" },
      put: { operationId: 5 },
    })
      .map(({ name }) => name),
    ["list Items $%7Benv(A)}", "PUT /x", "HEAD /x"],
  );
});

Deno.test("convertOpenapi() sends optional parameters that have a default, and no others", () => {
  const parameters = [
    { in: "query", name: "limit", schema: { $ref: "#/components/schemas/limit" } },
    { in: "query", name: "q", schema: { type: "string" }, example: "x" },
    { in: "header", name: "X-Mode", schema: { default: "fast" } },
    { in: "cookie", name: "theme", schema: { enum: ["dark"] } },
    { in: "query", name: "filter", content: { "application/json": { schema: { default: { a: 1 } } } } },
  ];
  const [step] = steps({ get: { parameters } }, { components: { schemas: { limit: { default: 20 } } } });
  assertEquals(step!.path, "/x?limit=20&filter=%7B%22a%22%3A1%7D");
  assertEquals(step!.headers, { "X-Mode": "fast" });
});

Deno.test("convertOpenapi() asks for path parameters that the description forgot", () => {
  const text = JSON.stringify({
    openapi: "3.0.0",
    servers: [{ url: "http://a.test" }],
    paths: { "/a/{itemId}": { get: {} } },
  });
  const { text: made, remarks } = convert(text);
  assertEquals((JSON.parse(made) as ScenarioFile).steps[0]!.path, "/a/${env(ITEM_ID)}");
  assertEquals(remarks.at(-1), "Set these environment variables for the run: ITEM_ID");
});

Deno.test("convertOpenapi() writes members of forms as their encoding says", () => {
  const schema = { example: { ids: [1, 2], tags: ["a", "b"], who: { name: "n m" } } };
  const encoding = { tags: { style: "pipeDelimited" }, ids: { explode: false } };
  const content = { "application/x-www-form-urlencoded": { schema, encoding } };
  const [step] = steps({ post: { requestBody: { content } } });
  assertEquals(step!.body, "ids=1,2&tags=a%7Cb&who=%7B%22name%22%3A%22n%20m%22%7D");
});

Deno.test("convertOpenapi() asks for no value that is not sent", () => {
  const parameters = [{ in: "header", name: "Accept", required: true, schema: { type: "string" } }];
  const text = JSON.stringify({ openapi: "3.0.0", paths: { "/x": { get: { parameters } } } });
  assertEquals(convert(text, { baseUrl: new URL("http://a.test") }).remarks, ["1 of 1 operation taken"]);
});

for (
  const [what, text, message] of [
    [
      "no YAML",
      "a: [",
      "Cannot import api.yaml: Flow sequence in block collection must be sufficiently indented",
    ],
    ["a list", "[]", "expected an OpenAPI description, which is an object"],
    [
      "the first Swagger",
      "swagger: '1.2'",
      "expected an OpenAPI description, 3.0 or 3.1, or Swagger 2.0, and it is a Swagger 1.2 description",
    ],
    [
      "another version",
      "openapi: 4.0.0",
      'expected "openapi" to be 3.0 or 3.1, or "swagger" to be 2.0, found 4.0.0',
    ],
    ["no version", "a: 1", 'or "swagger" to be 2.0, found nothing'],
    ["broken YAML of its own kind", "openapi: 3.0.0\na: [", "Cannot import api.yaml: Flow sequence"],
    ["no paths", "openapi: 3.0.0", 'it has no "paths"'],
    [
      "no server",
      "{openapi: 3.0.0, paths: {/a: {get: {}}}}",
      "it names no server; give an http or https URL",
    ],
    [
      "a relative server",
      "{openapi: 3.0.0, servers: [{url: /v1}], paths: {/a: {get: {}}}}",
      'it has the server "/v1"; give',
    ],
    [
      "nothing to take",
      "{openapi: 3.0.0, servers: [{url: 'http://a.test'}], paths: {/a: {post: {}}}}",
      "none of its 1 operation is chosen; there are POST (1): name them with --method",
    ],
  ] as const
) {
  Deno.test(`convertOpenapi() refuses ${what}`, () => {
    const error = assertThrows(() => convert(text, { methods: ["GET"] }), UsageError);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("convertOpenapi() names the tags that there are where none has the one that was asked for", () => {
  const text =
    "{openapi: 3.0.0, servers: [{url: 'http://a.test'}], paths: {/a: {get: {tags: [Orders, users]}}}}";
  const error = assertThrows(() => convert(text, { tags: ["order"] }), UsageError);
  assertStringIncludes(error.message, 'no operation has the tag "order"; there are Orders, users');
});

Deno.test("convertOpenapi() says whole what another program's file is", () => {
  const text = '{"info": {"_postman_id": "1"}, "item": []}';
  const error = assertThrows(() => convert(text, {}), UsageError);
  assertStringIncludes(error.message, "it is a Postman collection, which bench postman-import reads");
});

Deno.test("convertOpenapi() turns any description into a scenario that loads, with no placeholders but its own", () => {
  const anyText = fc.oneof(fc.constantFrom("${env(HOME)}", "a", "{id}", "__proto__", "valueOf"), fc.string());
  const { anySchema } = fc.letrec((tie) => ({
    anySchema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.record({ $ref: fc.constantFrom("#/components/schemas/s", "#/x", "x") }),
      fc.record({ type: fc.constantFrom("string", "integer", "boolean", "null", 5), format: anyText }),
      fc.record({ example: fc.jsonValue({ maxDepth: 2 }) }),
      fc.record({ enum: fc.array(anyText, { maxLength: 2 }) }),
      fc.record({ type: fc.constant("array"), items: tie("anySchema") }),
      fc.record({ allOf: fc.array(tie("anySchema"), { maxLength: 2 }), type: fc.constant("object") }),
      fc.record({
        required: fc.array(anyText, { maxLength: 2 }),
        properties: fc.dictionary(anyText, tie("anySchema"), { maxKeys: 2 }),
      }),
    ),
  }));
  const anyParameter = fc.record({
    in: fc.constantFrom("path", "query", "header", "cookie", "x"),
    name: fc.constantFrom("id", "X-A", "b"),
    required: fc.boolean(),
    schema: anySchema,
    example: anyText,
  }, { requiredKeys: ["in", "name"] });
  const content = fc.dictionary(
    fc.constantFrom("application/json", "text/plain"),
    fc.record({ schema: anySchema }),
  );
  const anyOperation = fc.record({
    parameters: fc.array(anyParameter, { maxLength: 3 }),
    requestBody: fc.record({ content }),
    responses: fc.dictionary(fc.constantFrom("200", "201", "default"), fc.constant({})),
  }, { requiredKeys: [] });
  const anyPaths = fc.dictionary(
    anyText.map((path) => `/${path}`),
    fc.record({ get: anyOperation, post: anyOperation }, { requiredKeys: [] }),
    { minKeys: 1, maxKeys: 3 },
  );
  fc.assert(
    fc.property(anyPaths, anySchema, (paths, s) => {
      const text = JSON.stringify({
        openapi: "3.1.0",
        servers: [{ url: "http://a.test/b" }],
        paths,
        components: { schemas: { s } },
      });
      try {
        const { steps } = JSON.parse(convert(text, { assertStatus: true }).text) as ScenarioFile;
        for (const { path, headers = {}, body = "" } of steps) {
          const all = [path, body, ...Object.values(headers)].join("\n");
          const own = all.match(/\$\{env\([A-Z0-9_]+\)\}/g) ?? [];
          assertEquals(own.length, all.split("${").length - 1, all);
          assert(!all.includes("env(HOME)}") || !all.includes("${env(HOME)"), all);
        }
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});
