/** A Postman collection becomes a scenario whose requests are those that Postman's own runner sends. */
import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { program } from "../_support/program.ts";
import { type RawRequest, response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SHOP = fileURLToPath(new URL("../../fixtures/postman/shop.json", import.meta.url));

/** Request line, the fields that matter, and body. */
function told({ head, body }: RawRequest): readonly string[] {
  const [line = "", ...fields] = head.split("\r\n");
  return [
    line.replace(" HTTP/1.1", ""),
    ...fields.filter((field) => /^(?:authorization|content-type|x-)/i.test(field)).sort(),
    new TextDecoder().decode(body),
  ];
}

Deno.test("bench postman-import: folders, variables, logins, bodies and status tests", async () => {
  await using temp = await tempDir();
  await using server = await startRawServer((connection) => void connection.send(response("{}")));
  const file = `${temp.path}/scenario.json`;
  const imported = await program(
    ["postman-import", SHOP, "--var", `baseUrl=${server.origin}`, "-o", file],
  );
  assertEquals(imported.code, 0, imported.err);
  assertMatch(imported.err, /2 variables without a value, .*: apiToken as API_TOKEN, pw as PW\n/);
  assertMatch(imported.err, /Left out: files of forms \(1\)/);
  const { code, err } = await program(
    ["--scenario", file, "--iterations", "1", "-c", "1"],
    { API_TOKEN: "tok", PW: "secret" },
  );
  assertEquals(code, 0, err);
  const requests = server.requests.map(told);
  assertEquals(requests[0], ["GET /orders?page=1&size=5", "Authorization: Bearer tok", "X-A: 1", ""]);
  assertEquals(requests[1], ["GET /orders/42", ""]);
  assertMatch(
    requests[2]!.join("\n"),
    /^POST \/orders\nAuthorization: Bearer tok\nContent-Type: application\/json\n\{"id": "[\da-f-]{36}", "n": 42\}$/,
  );
  assertEquals(requests[3], [
    "POST /form",
    `Authorization: Basic ${btoa("me:secret")}`,
    "Content-Type: application/x-www-form-urlencoded",
    "a%20b=c%26d&u=42",
  ]);
  assertEquals(requests[4]![0], "POST /up?k=tok");
  assertMatch(requests[4]!.at(-1)!, /name="x"\r\n\r\n1\r\n/);
  assertEquals(requests[5]!.at(-1), '{"query":"query { a(id: 42) { b } }","variables":{"x": 1}}');
});

Deno.test("bench postman-import refuses what is no collection, and a server without a value", async () => {
  await using temp = await tempDir();
  const other = `${temp.path}/other.json`;
  await Deno.writeTextFile(other, '{"openapi": "3.0.0"}');
  const wrong = await program(["postman-import", other]);
  assertEquals(wrong.code, 1);
  assertMatch(wrong.err, /expected a Postman collection, and it is an OpenAPI description/);
  const open = `${temp.path}/open.json`;
  await Deno.writeTextFile(open, '{"info":{"name":"o"},"item":[{"name":"a","request":"{{host}}/a"}]}');
  const unknown = await program(["postman-import", open]);
  assertMatch(unknown.err, /has no server; give its variable a value: --var NAME=VALUE/);
});

Deno.test("bench postman-import leaves credentials out unless told otherwise; version 2.0 has logins as objects", async () => {
  await using temp = await tempDir();
  const file = `${temp.path}/c.json`;
  await Deno.writeTextFile(
    file,
    JSON.stringify({
      info: { name: "c", schema: "https://schema.getpostman.com/json/collection/v2.0.0/collection.json" },
      auth: { type: "bearer", bearer: { token: "hush-hush" } },
      item: [{ name: "a", request: { url: "http://a.test/a", header: "X-A: 1\nX-B: 2", method: "GET" } }],
    }),
  );
  const plain = await program(["postman-import", file]);
  assertEquals([/hush/.test(plain.out), JSON.parse(plain.out).steps[0].headers], [false, {
    "X-A": "1",
    "X-B": "2",
  }]);
  assertMatch(plain.err, /credentials of the header Authorization/);
  const kept = await program(["postman-import", file, "--preserve-headers"]);
  assertMatch(kept.out, /"Authorization": "Bearer hush-hush"/);
});
