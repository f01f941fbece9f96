/**
 * The gRPC service of the built-in target: what it declares, and what its methods do.
 *
 * @module
 */
import type { FileDescriptor } from "../protobuf/descriptor_types.ts";
import { addFile } from "../protobuf/read_descriptors.ts";
import { ProtoSchema } from "../protobuf/schema.ts";
import { findItem, SHOP_ITEMS, type ShopItem } from "./shop_items.ts";

/** Numbers of types and labels of fields, as descriptors have them. */
const DOUBLE = 1, INT64 = 3, INT32 = 5, BOOL = 8, TEXT = 9, MESSAGE = 11;
const ONE = 1, MANY = 3;

type Declared = readonly [name: string, type: number, more?: object];

function message(name: string, fields: readonly Declared[]): FileDescriptor["message_type"][number] {
  return {
    name,
    field: fields.map(([field, type, more = {}], i) => ({
      name: field,
      number: i + 1,
      label: ONE,
      type,
      ...more,
    })),
    nested_type: [],
    enum_type: [],
  };
}

function method(name: string, input: string, output: string, streams: object = {}) {
  return { name, input_type: `.shop.${input}`, output_type: `.shop.${output}`, ...streams };
}

/** `shop.proto`. */
export const SHOP_FILE: FileDescriptor = {
  name: "shop.proto",
  package: "shop",
  syntax: "proto3",
  dependency: [],
  enum_type: [],
  message_type: [
    message("ItemRequest", [["id", INT32]]),
    message("Item", [
      ["id", INT32],
      ["name", TEXT],
      ["category", TEXT],
      ["price", DOUBLE],
      ["in_stock", BOOL],
      ["tags", TEXT, { label: MANY }],
    ]),
    message("ListRequest", [["count", INT32], ["delay_ms", INT32]]),
    message("CartLine", [["id", INT32], ["quantity", INT32]]),
    message("Cart", [
      ["lines", MESSAGE, { label: MANY, type_name: ".shop.CartLine" }],
      ["total", DOUBLE],
    ]),
    message("Note", [["text", TEXT], ["delay_ms", INT32], ["size", INT32]]),
    message("FailRequest", [["code", INT32], ["message", TEXT]]),
    message("Stats", [["calls", INT64], ["messages", INT64]]),
  ],
  service: [{
    name: "Shop",
    method: [
      method("GetItem", "ItemRequest", "Item"),
      method("ListItems", "ListRequest", "Item", { server_streaming: true }),
      method("FillCart", "CartLine", "Cart", { client_streaming: true }),
      method("Chat", "Note", "Note", { client_streaming: true, server_streaming: true }),
      method("Echo", "Note", "Note"),
      method("Fail", "FailRequest", "Item"),
      method("GetStats", "Note", "Stats"),
    ],
  }],
};

/** The same as a schema. */
export const SHOP_SCHEMA: ProtoSchema = new ProtoSchema();
addFile(SHOP_SCHEMA, SHOP_FILE);

/** A call that ends with another status than OK. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  /** A number of gRPC. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const INVALID_ARGUMENT = 3, NOT_FOUND = 5;
/** Most messages of one list, and bytes of one note. */
const MAX_ITEMS = 1_000_000, MAX_NOTE_BYTES = 16 * 1024 ** 2;

/** What was received since the start. */
export interface CallCounts {
  calls: number;
  messages: number;
}

/** A message that came in, as JSON. */
type Given = Readonly<Record<string, unknown>>;

/** What a method does with the messages that come in; it gives those that go out. @throws {StatusError} */
export type Handler = (given: AsyncIterable<Given>, counts: CallCounts) => AsyncIterable<object>;

/** The methods by name. */
export const SHOP_METHODS: Readonly<Record<string, Handler>> = {
  async *GetItem(given) {
    yield itemWith(Number((await readFirst(given))["id"]));
  },
  async *ListItems(given) {
    const { count, delayMs } = await readFirst(given);
    const many = Math.min(Number(count) || 10, MAX_ITEMS);
    for (let i = 0; i < many; i++) {
      await pause(delayMs);
      yield SHOP_ITEMS[i % SHOP_ITEMS.length]!;
    }
  },
  async *FillCart(given) {
    const lines: object[] = [];
    let total = 0;
    for await (const { id, quantity } of given) {
      const many = Number(quantity) || 1;
      total += itemWith(Number(id)).price * many;
      lines.push({ id, quantity: many });
    }
    yield { lines, total: Math.round(total * 100) / 100 };
  },
  async *Chat(given) {
    for await (const note of given) yield await echoNote(note);
  },
  async *Echo(given) {
    yield await echoNote(await readFirst(given));
  },
  async *Fail(given) {
    const { code, message: words } = await readFirst(given);
    if (Number(code) !== 0) throw new StatusError(Number(code), String(words));
    yield SHOP_ITEMS[0]!;
  },
  async *GetStats(given, { calls, messages }) {
    await readFirst(given);
    yield { calls, messages };
  },
};

async function readFirst(given: AsyncIterable<Given>): Promise<Given> {
  for await (const one of given) return one;
  throw new StatusError(INVALID_ARGUMENT, "there is no message");
}

function itemWith(id: number): ShopItem {
  const item = findItem(id);
  if (item === undefined) throw new StatusError(NOT_FOUND, `there is no item ${id}: they are 1001 to 1025`);
  return item;
}

async function echoNote({ text, delayMs, size }: Given): Promise<object> {
  await pause(delayMs);
  const bytes = Math.min(Number(size), MAX_NOTE_BYTES);
  return { text: bytes > 0 ? "x".repeat(bytes) : text };
}

async function pause(ms: unknown): Promise<void> {
  if (Number(ms) > 0) await new Promise((resolve) => setTimeout(resolve, Number(ms)));
}
