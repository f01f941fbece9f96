/** What scripts of a Postman collection take out of responses becomes what steps extract, and later requests use it. */
import { assertEquals } from "@std/assert";
import { convertPostman } from "../../../src/convert/postman/convert_postman.ts";
import { extractsIn } from "../../../src/convert/postman/extracts.ts";

for (
  const [script, paths, rest] of [
    ['pm.environment.set("token", pm.response.json().token);', [["token", "$.token"]], ""],
    ["const r = pm.response.json();\npm.collectionVariables.set('id', r.items[0]?.id)", [[
      "id",
      "$.items[0].id",
    ]], ""],
    [
      'var data = JSON.parse(responseBody);\npostman.setEnvironmentVariable("a", data["x y"].z); pm.test("ok", f);',
      [["a", '$["x y"].z']],
      'pm.test("ok", f);',
    ],
    // What is computed, or has a name that no variable has, stays where it is.
    ['pm.environment.set("t", "Bearer " + pm.response.json().t);', [], undefined],
    ['pm.environment.set("a-b", pm.response.json().t);', [], undefined],
    ['pm.environment.set("t", other.t);', [], undefined],
    ["const r = pm.response.json(); pm.expect(r.id).to.eql(1);", [], undefined],
  ] as const
) {
  Deno.test(`extractsIn() of ${script}`, () => {
    const found = extractsIn(script);
    assertEquals([[...found.paths], found.rest], [paths.map((pair) => [...pair]), rest ?? script]);
  });
}

Deno.test("a login's token goes into later requests, and not into the login", () => {
  const request = (name: string, url: string, script?: string) => ({
    name,
    request: { method: "GET", url },
    ...(script !== undefined && { event: [{ listen: "test", script: { exec: [script] } }] }),
  });
  const collection = JSON.stringify({
    info: { name: "shop" },
    auth: { type: "bearer", bearer: [{ key: "token", value: "{{tok}}" }] },
    item: [
      request("login", "http://a.test/login", 'pm.environment.set("tok", pm.response.json().token);'),
      { name: "folder", item: [request("cart", "http://a.test/cart/{{tok}}")] },
    ],
  });
  const options = { variables: [], preserveHeaders: false, label: "shop.json" };
  const scenario = convertPostman(collection, { ...options, format: "scenario" });
  assertEquals(JSON.parse(scenario.text).steps, [
    { name: "login", path: "/login", method: "GET", extract: { tok: { json: "$.token" } } },
    {
      name: "folder / cart",
      path: "/cart/${tok}",
      method: "GET",
      headers: { Authorization: "Bearer ${tok}" },
    },
  ]);
  assertEquals(scenario.remarks, []);
  // A module reads it from the environment, as before.
  const script = convertPostman(collection, { ...options, format: "script" });
  assertEquals(script.remarks.some((text) => text.includes("tok as TOK")), true);
});
