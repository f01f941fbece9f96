/** The built-in shop, as scenarios use it. */
import { createHmac } from "node:crypto";
import { assertEquals, assertMatch } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";

const JSON_TYPE = { "content-type": "application/json" };

interface Got {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- whatever the server says
  readonly json: any;
}

async function call(url: string, method = "GET", init: RequestInit = {}): Promise<Got> {
  const response = await fetch(url, { method, redirect: "manual", ...init });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text };
}

function withJson(value: unknown, headers: Record<string, string> = {}): RequestInit {
  return { body: JSON.stringify(value), headers: { ...JSON_TYPE, ...headers } };
}

async function shop(use: (url: string) => Promise<void>): Promise<void> {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await use(`${target.url}/shop`);
}

async function tokenIn(url: string): Promise<string> {
  const { json } = await call(`${url}/login`, "POST", withJson({ user: "ann", password: "x" }));
  return json.token;
}

Deno.test("the shop sells to whoever shows a login's token or its cookie, until logout", () =>
  shop(async (url) => {
    const login = await call(`${url}/login`, "POST", withJson({ user: "ann", password: "x" }));
    const cookie = login.headers.get("set-cookie")!.split(";")[0]!;
    const authorization = `Bearer ${login.json.token}`;
    const line = withJson({ item: 1001, quantity: 2 }, { authorization });
    assertEquals((await call(`${url}/cart`, "POST", line)).status, 201);
    const cart = await call(`${url}/cart`, "GET", { headers: { cookie } });
    assertEquals(cart.json, {
      lines: [{ item: 1001, name: "Atlas", quantity: 2, price: 10 }],
      total: 10,
    });
    assertEquals((await call(`${url}/logout`, "POST", { headers: { cookie } })).status, 204);
    for (const headers of [{ cookie }, { authorization }]) {
      assertEquals((await call(`${url}/cart`, "GET", { headers })).status, 401);
    }
  }));

Deno.test("the cart wants whole numbers as numbers, and items that are in stock", () =>
  shop(async (url) => {
    const headers = { authorization: `Bearer ${await tokenIn(url)}` };
    const statusOf = async (line: unknown) =>
      (await call(`${url}/cart`, "POST", withJson(line, headers))).status;
    assertEquals(
      await Promise.all([
        statusOf({ item: "1001", quantity: 1 }),
        statusOf({ item: 1001, quantity: "1" }),
        statusOf({ item: 1001, quantity: 1.5 }),
        statusOf({ item: 1004, quantity: 1 }),
        statusOf([]),
      ]),
      [422, 422, 422, 409, 400],
    );
    const form = { ...headers, "content-type": "application/x-www-form-urlencoded" };
    const sent = await call(`${url}/cart`, "POST", { body: "item=1002&quantity=3", headers: form });
    assertEquals([sent.status, sent.json.total], [201, 22.5]);
  }));

Deno.test("items come in pages, by category and by text", () =>
  shop(async (url) => {
    const { json } = await call(`${url}/items?per_page=3&category=music`);
    assertEquals([json.items.length, json.total, json.pages], [3, 5, 2]);
    assertEquals(json.next, "/shop/items?per_page=3&category=music&page=2");
    assertEquals((await call(new URL(json.next, url).href)).json.next, null);
    assertEquals(
      (await call(`${url}/items?q=${encodeURIComponent("salt & p")}`)).json.items[0].name,
      "Salt & pepper",
    );
    assertEquals((await call(`${url}/items/1001`)).json.name, "Atlas");
    assertEquals((await call(`${url}/items/7`)).status, 404);
    assertEquals((await call(`${url}/items?page=0`)).status, 400);
  }));

Deno.test("an order is shipped the third time that it is asked for", () =>
  shop(async (url) => {
    const headers = { authorization: `Bearer ${await tokenIn(url)}` };
    assertEquals((await call(`${url}/orders`, "POST", { headers })).status, 409);
    await call(`${url}/cart`, "POST", withJson({ item: 1001, quantity: 1 }, headers));
    const order = await call(`${url}/orders`, "POST", { headers });
    const states: string[] = [];
    for (let i = 0; i < 3; i++) {
      states.push((await call(`${url}/orders/${order.json.id}`, "GET", { headers })).json.status);
    }
    assertEquals([order.status, ...states], [201, "packing", "packing", "shipped"]);
    assertEquals((await call(`${url}/orders/1`, "GET", { headers })).status, 404);
  }));

Deno.test("a login form must send back its hidden field, decoded, and only once", () =>
  shop(async (url) => {
    const page = (await call(`${url}/login`)).json as string;
    const hidden = /name="csrf" value="([^"]+)"/.exec(page)![1]!;
    assertMatch(hidden, /&amp;/);
    const send = async (csrf: string) =>
      (await call(`${url}/login`, "POST", {
        body: new URLSearchParams({ user: "ann", password: "x", csrf }),
      })).status;
    const decoded = hidden.replace("&amp;", "&");
    assertEquals([await send(hidden), await send(decoded), await send(decoded)], [403, 200, 403]);
  }));

Deno.test("logins without user or with a wrong password are refused", () =>
  shop(async (url) => {
    const statusOf = async (body: BodyInit) => (await call(`${url}/login`, "POST", { body })).status;
    assertEquals(await statusOf('{"user": "ann"}'), 400);
    assertEquals(await statusOf("{"), 400);
    assertEquals(await statusOf('{"user": "ann", "password": "wrong"}'), 401);
  }));

Deno.test("uploads, signatures and GraphQL are understood", () =>
  shop(async (url) => {
    const form = new FormData();
    form.set("title", "a b");
    form.set("photo", new File([new Uint8Array(3)], "p.bin", { type: "image/png" }));
    assertEquals((await call(`${url}/upload`, "POST", { body: form })).json, {
      fields: { title: "a b" },
      files: [{ field: "photo", name: "p.bin", type: "image/png", bytes: 3 }],
    });
    assertEquals((await call(`${url}/upload`, "POST", { body: "x" })).status, 400);
    const signed = async (key: string) => {
      const headers = { "x-signature": createHmac("sha256", key).update("x").digest("hex") };
      return (await call(`${url}/signed`, "POST", { body: "x", headers })).status;
    };
    assertEquals([await signed("shop-signing-key"), await signed("another")], [202, 401]);
    const query = "query Q($id: Int!) { item(id: $id) { name price } items(first: 2) { id } }";
    assertEquals((await call(`${url}/graphql`, "POST", withJson({ query, variables: { id: 1002 } }))).json, {
      data: { item: { name: "Lexicon", price: 7.5 }, items: [{ id: 1001 }, { id: 1002 }] },
    });
    const { json } = await call(
      `${url}/graphql`,
      "POST",
      withJson({ query: "{ item(id: 1001) { colour } }" }),
    );
    assertEquals(json.errors, [{ message: 'Cannot query field "colour" on type "Item".' }]);
  }));
