/** What `bench openapi-import` makes of forms and of Swagger 2.0 arrives as the description has it. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { program } from "../_support/program.ts";
import { type RawRequest, response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** A received form, as the platform reads it. */
async function formOf({ head, body }: RawRequest): Promise<readonly (readonly [string, unknown])[]> {
  const type = /^content-type: (.*)$/im.exec(head)?.[1] ?? "none";
  const form = await new Response(body.slice(), { headers: { "Content-Type": type } }).formData();
  return Promise.all(
    [...form].map(async ([name, value]) =>
      [name, typeof value === "string" ? value : [value.name, value.type, await value.text()]] as const
    ),
  );
}

Deno.test("forms of OpenAPI 3 are sent as forms, with the user's values and files", async () => {
  await using temp = await tempDir();
  await using server = await startRawServer((connection) => void connection.send(response("{}")));
  const [spec, scenario] = [`${temp.path}/api.yaml`, `${temp.path}/api.json`];
  await Deno.writeTextFile(
    spec,
    `
openapi: 3.0.3
info: { title: Uploads, version: "1" }
servers: [{ url: "${server.origin}/v1" }]
paths:
  /a-login:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [user, scope, note]
              properties:
                user: { type: string }
                scope: { type: array, items: { type: string }, example: [read, "write & more"] }
                note: { type: string, example: "\${env(HOME)} 100%" }
  /b-photos:
    post:
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              required: [title, photo]
              properties:
                title: { type: string, example: "\${uuid()} é" }
                photo: { type: string, format: binary }
            encoding: { photo: { contentType: image/png } }
`,
  );
  const imported = await program(["openapi-import", spec, "--method", "POST", "-o", scenario]);
  assertEquals(imported.code, 0, imported.err);
  assertStringIncludes(imported.err, "Set these environment variables for the run: USER\n");
  assertStringIncludes(imported.err, "Put these files beside the scenario for the run: photo\n");
  const run = ["--scenario", scenario, "--iterations", "1", "-c", "1"];
  const early = await program(run, { USER: "me & you" });
  assertEquals(early.code, 1);
  assertMatch(early.err, /photo.*no such file/i);
  await Deno.writeTextFile(`${temp.path}/photo`, "pixels");
  const module = `${temp.path}/api.ts`;
  const written = await program([
    ...["openapi-import", spec, "--method", "POST", "--format", "script", "-o", module],
  ]);
  assertStringIncludes(written.err, "Put these files beside the module for the run: photo\n");
  for (const words of [run, [module, "--iterations", "1", "-c", "1"]]) {
    const from = server.requests.length;
    const ran = await program(words, { USER: "me & you" });
    const [login, photo] = server.requests.slice(from);
    assertEquals(ran.code, 0, ran.err);
    assertMatch(login!.head, /^POST \/v1\/a-login HTTP/);
    assertMatch(login!.head, /^content-type: application\/x-www-form-urlencoded$/im);
    assertEquals(await formOf(login!), [
      ["user", "me & you"],
      ["scope", "read"],
      ["scope", "write & more"],
      ["note", "${env(HOME)} 100%"],
    ]);
    assertEquals(await formOf(photo!), [
      ["title", "${uuid()} é"],
      ["photo", ["photo", "image/png", "pixels"]],
    ]);
  }
});

Deno.test("a description in Swagger 2.0 is imported and run", async () => {
  await using temp = await tempDir();
  await using server = await startRawServer((connection) => void connection.send(response("{}")));
  const [spec, scenario] = [`${temp.path}/api.yaml`, `${temp.path}/api.json`];
  await Deno.writeTextFile(
    spec,
    `
swagger: "2.0"
info: { title: Old, version: "1" }
host: ${new URL(server.origin).host}
basePath: /v1
schemes: [http]
consumes: [application/json]
securityDefinitions: { key: { type: apiKey, in: header, name: X-Key } }
security: [{ key: [] }]
paths:
  /a:
    get:
      parameters:
        - { name: ids, in: query, required: true, type: array, collectionFormat: multi, items: { type: integer }, default: [1, 2] }
  /b/{id}:
    put:
      parameters:
        - { name: id, in: path, required: true, type: string }
        - { name: item, in: body, schema: { $ref: "#/definitions/Item" } }
  /c:
    post:
      parameters:
        - { name: note, in: formData, required: true, type: string }
        - { name: photo, in: formData, required: true, type: file }
definitions:
  Item: { type: object, required: [n], properties: { n: { type: integer, example: 7 } } }
`,
  );
  const methods = ["GET", "PUT", "POST"].flatMap((method) => ["--method", method]);
  const imported = await program(["openapi-import", spec, ...methods, "-o", scenario]);
  assertEquals(imported.code, 0, imported.err);
  await Deno.writeTextFile(`${temp.path}/photo`, "pixels");
  const values = { X_KEY: "k3y", ID: "a/b", NOTE: "n & m" };
  const ran = await program(["--scenario", scenario, "--iterations", "1", "-c", "1"], values);
  assertEquals(ran.code, 0, ran.err);
  const [list, put, upload] = server.requests;
  assertEquals(server.requests.map(({ head }) => head.split(" HTTP")[0]), [
    "GET /v1/a?ids=1&ids=2",
    "PUT /v1/b/a%2Fb",
    "POST /v1/c",
  ]);
  assertMatch(list!.head, /^x-key: k3y$/im);
  assertMatch(put!.head, /^content-type: application\/json$/im);
  assertEquals(new TextDecoder().decode(put!.body), '{"n":7}');
  assertEquals(await formOf(upload!), [
    ["note", "n & m"],
    ["photo", ["photo", "application/octet-stream", "pixels"]],
  ]);
});
