/**
 * The built-in shop: what realistic tests need, small. A customer is known by the cookie or by the token of a login.
 *
 * @module
 */
import type { Route, RouteCall } from "./route.ts";
import { respondGraphql } from "./shop_graphql.ts";
import { customerOf, problem, readFields } from "./shop_requests.ts";
import { findItem, SHOP_ITEMS } from "./shop_items.ts";
import { cartOf, type Customer } from "./shop_state.ts";

/** What signed requests are signed with. */
const SIGNING_KEY = "shop-signing-key";
const MAX_PER_PAGE = 100;
const MAX_QUANTITY = 100;

/** The shop's paths, in the order of help. */
export const SHOP_ROUTES: readonly Route[] = [
  {
    path: "/shop/login",
    help: "POST user and password (JSON or form): cookie and token; GET: a form with a hidden csrf field",
    methods: ["GET", "POST"],
    answer: (call) => call.request.method === "GET" ? loginForm(call) : logIn(call),
  },
  {
    path: "/shop/items",
    help: "Items, ?page=1&per_page=10&category=books&q=text",
    answer: ({ request }) => listItems(new URL(request.url)),
  },
  {
    path: "/shop/items/N",
    help: "One item, from 1001",
    ranges: [[0, 1_000_000]],
    answer: ({ numbers: [id] }) => {
      const item = findItem(id);
      return item === undefined ? problem(404, `No item ${id}`) : Response.json(item);
    },
  },
  {
    path: "/shop/cart",
    help: "The customer's cart; POST adds {item, quantity}, whole numbers; DELETE empties it",
    methods: ["GET", "POST", "DELETE"],
    answer: (call) => forCustomer(call, (customer) => useCart(customer, call)),
  },
  {
    path: "/shop/orders",
    help: "POST: orders what is in the cart",
    methods: ["POST"],
    answer: (call) =>
      forCustomer(call, (customer) => {
        if (customer.cart.size === 0) return problem(409, "The cart is empty");
        const { total } = cartOf(customer);
        const id = call.state.shop.order(customer);
        return Response.json({ id, status: "packing", total }, {
          status: 201,
          headers: { location: `/shop/orders/${id}` },
        });
      }),
  },
  {
    path: "/shop/orders/N",
    help: "An order; its status is shipped from the third time on",
    ranges: [[0, Number.MAX_SAFE_INTEGER]],
    answer: (call) =>
      forCustomer(call, () => {
        const order = call.state.shop.orderOf(call.numbers[0]!);
        return order === undefined ? problem(404, `No order ${call.numbers[0]}`) : Response.json(order);
      }),
  },
  {
    path: "/shop/upload",
    help: "POST multipart: its fields and files as JSON",
    methods: ["POST"],
    answer: ({ request }) => receiveUpload(request),
  },
  {
    path: "/shop/signed",
    help: `POST with X-Signature: HMAC-SHA256 of the body in hex, key ${SIGNING_KEY}`,
    methods: ["POST"],
    answer: ({ request }) => checkSignature(request),
  },
  {
    path: "/shop/graphql",
    help: "POST GraphQL: item(id), items(first, category)",
    methods: ["POST"],
    answer: ({ request }) => respondGraphql(request),
  },
  {
    path: "/shop/logout",
    help: "POST: ends the session",
    methods: ["POST"],
    answer: (call) =>
      forCustomer(call, (customer) => {
        call.state.shop.logOut(customer);
        return new Response(null, { status: 204 });
      }),
  },
];

function forCustomer(
  call: RouteCall,
  act: (customer: Customer) => Response | Promise<Response>,
): Response | Promise<Response> {
  const customer = customerOf(call);
  return customer === undefined ? problem(401, "Log in first") : act(customer);
}

function loginForm({ state }: RouteCall): Response {
  const value = state.shop.newFormToken().replace("&", "&amp;");
  const page = `<!doctype html>
<title>Log in</title>
<form method="post" action="/shop/login">
  <input type="hidden" name="csrf" value="${value}">
  <input name="user"> <input name="password" type="password"> <button>Log in</button>
</form>
`;
  return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
}

async function logIn({ request, state }: RouteCall): Promise<Response> {
  const fields = await readFields(request);
  if (typeof fields === "string") return problem(400, fields);
  const { user, password, csrf } = fields;
  if (typeof user !== "string" || user === "" || typeof password !== "string" || password === "") {
    return problem(400, "Expected user and password");
  }
  if (csrf !== undefined && !state.shop.takeFormToken(String(csrf))) return problem(403, "Unknown csrf");
  if (password === "wrong") return problem(401, "Wrong password");
  const { session, token } = state.shop.logIn(user);
  const cookie = `shop_session=${session}; Path=/shop; HttpOnly`;
  return Response.json({ token, user }, { headers: { "set-cookie": cookie } });
}

function listItems({ searchParams }: URL): Response {
  const page = Number(searchParams.get("page") ?? 1);
  const perPage = Number(searchParams.get("per_page") ?? 10);
  if (!isWithin(page, 1_000_000) || !isWithin(perPage, MAX_PER_PAGE)) {
    return problem(400, `Expected page from 1 and per_page from 1 to ${MAX_PER_PAGE}`);
  }
  const category = searchParams.get("category");
  const text = searchParams.get("q")?.toLowerCase() ?? "";
  const found = SHOP_ITEMS.filter((item) =>
    (category === null || item.category === category) && item.name.toLowerCase().includes(text)
  );
  const pages = Math.max(1, Math.ceil(found.length / perPage));
  const next = new URLSearchParams(searchParams);
  next.set("page", String(page + 1));
  return Response.json({
    items: found.slice((page - 1) * perPage, page * perPage),
    total: found.length,
    page,
    pages,
    next: page < pages ? `/shop/items?${next}` : null,
  });
}

async function useCart(customer: Customer, { request }: RouteCall): Promise<Response> {
  if (request.method === "DELETE") customer.cart.clear();
  if (request.method !== "POST") return Response.json(cartOf(customer));
  const fields = await readFields(request);
  if (typeof fields === "string") return problem(400, fields);
  const item = findItem(fields["item"]);
  const { quantity } = fields;
  if (item === undefined) return problem(422, "item: expected the number of an item");
  if (typeof quantity !== "number" || !isWithin(quantity, MAX_QUANTITY)) {
    return problem(422, `quantity: expected a whole number from 1 to ${MAX_QUANTITY}`);
  }
  if (!item.in_stock) return problem(409, `${item.name} is out of stock`);
  customer.cart.set(item.id, Math.min((customer.cart.get(item.id) ?? 0) + quantity, MAX_QUANTITY));
  return Response.json(cartOf(customer), { status: 201 });
}

async function receiveUpload(request: Request): Promise<Response> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch {
    return problem(400, "Expected a form");
  }
  const fields: Record<string, string> = {};
  const files: unknown[] = [];
  for (const [name, value] of form) {
    if (typeof value === "string") fields[name] = value;
    else files.push({ field: name, name: value.name, type: value.type, bytes: value.size });
  }
  return Response.json({ fields, files }, { status: 201 });
}

async function checkSignature(request: Request): Promise<Response> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(SIGNING_KEY), algorithm, false, ["sign"]);
  const expected = new Uint8Array(await crypto.subtle.sign("HMAC", key, await request.bytes())).toHex();
  return request.headers.get("x-signature") === expected
    ? Response.json({ accepted: true }, { status: 202 })
    : problem(401, "Wrong signature");
}

function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}
