/**
 * The built-in shop's GraphQL: two queries, of whose selections only the first level counts. Enough to try a client on.
 *
 * @module
 */
import { problem, readFields } from "./shop_requests.ts";
import { findItem, SHOP_ITEMS, type ShopItem } from "./shop_items.ts";

/** `item(id: $id) { name price }`. */
const FIELD = /\b(item|items)\s*(?:\(([^)]*)\))?\s*\{([\s\w]*)\}/g;
const ARGUMENT = /(\w+)\s*:\s*(?:\$(\w+)|(\d+)|"([^"]*)")/g;

/** Answers as GraphQL does: status 200 and `errors` for what cannot be done. */
export async function respondGraphql(request: Request): Promise<Response> {
  const body = await readFields(request);
  if (typeof body === "string") return problem(400, body);
  const { query, variables } = body;
  if (typeof query !== "string") return problem(400, "Expected query");
  const given = typeof variables === "object" && variables !== null
    ? variables as Record<string, unknown>
    : {};
  const data: Record<string, unknown> = {};
  for (const [, name = "", args = "", selection = ""] of query.matchAll(FIELD)) {
    const values = argumentsOf(args, given);
    const fields = selection.split(/\s+/).filter((field) => field !== "");
    const unknown = fields.find((field) => !Object.hasOwn(SHOP_ITEMS[0]!, field));
    if (unknown !== undefined) return errors(`Cannot query field "${unknown}" on type "Item".`);
    data[name] = name === "item" ? one(values, fields) : several(values, fields);
  }
  return Object.keys(data).length === 0 ? errors("Expected item or items.") : Response.json({ data });
}

function argumentsOf(text: string, given: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...text.matchAll(ARGUMENT)].map(([, name = "", variable, number, string]) => [
      name,
      variable !== undefined ? given[variable] : number !== undefined ? Number(number) : string,
    ]),
  );
}

function one({ id }: Readonly<Record<string, unknown>>, fields: readonly string[]): unknown {
  const item = findItem(id);
  return item === undefined ? null : selected(item, fields);
}

function several({ first, category }: Readonly<Record<string, unknown>>, fields: readonly string[]): unknown {
  return SHOP_ITEMS.filter((item) => category === undefined || item.category === category)
    .slice(0, typeof first === "number" ? first : SHOP_ITEMS.length)
    .map((item) => selected(item, fields));
}

function selected(item: ShopItem, fields: readonly string[]): unknown {
  return Object.fromEntries(fields.map((field) => [field, item[field as keyof ShopItem]]));
}

function errors(message: string): Response {
  return Response.json({ errors: [{ message }] });
}
