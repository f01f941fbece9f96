/** Schemas out of `.proto` files, with their imports, and out of descriptor sets: the same from both. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { DESCRIPTOR_TYPES } from "../../src/protobuf/descriptor_types.ts";
import { MessageEncoder } from "../../src/protobuf/encode_message.ts";
import { addFile, jsonName, readDescriptorSet } from "../../src/protobuf/read_descriptors.ts";
import { readProtos } from "../../src/protobuf/read_protos.ts";
import { MessageWriter } from "../../src/protobuf/message_writer.ts";
import { sampleMessage } from "../../src/protobuf/sample_message.ts";
import { ProtoSchema, splitMethod } from "../../src/protobuf/schema.ts";

function read(
  files: Readonly<Record<string, string>>,
  folders: readonly string[] = [],
  wanted = ["api/shop.proto"],
) {
  return readProtos({ files: wanted, folders, readText: (path) => Promise.resolve(files[path]) });
}

const SHOP =
  `syntax = "proto3"; package shop; import "common/money.proto"; import "google/api/annotations.proto";
service Shop { rpc Get(Ask) returns (common.Money) { option (google.api.http) = { get: "/v1/{id}" }; }
  rpc Watch(stream Ask) returns (stream common.Money); }
message Ask { string id = 1; map<string, common.Money> prices = 2; optional int32 page_size = 3 [json_name = "size"];
  repeated int32 packed = 4; repeated int32 loose = 5 [packed = false]; enum Kind { A = 0; B = 1; } Kind kind = 6; oneof x { string y = 7; } }`;
const MONEY = `syntax = "proto2"; package common;
message Money { required string currency = 1; optional int64 units = 2; repeated int32 parts = 3; }`;

Deno.test("imports are found beside the file, in the folders above it, and where --proto-path says", async () => {
  const places: readonly (readonly [path: string, folders: readonly string[]])[] = [
    ["api/common/money.proto", []],
    ["common/money.proto", []],
    ["third/party/common/money.proto", ["third/party"]],
  ];
  for (const [path, folders] of places) {
    const schema = await read({ "api/shop.proto": SHOP, [path]: MONEY }, folders);
    assertEquals(schema.methodAt("shop.Shop/Get").method.response, "common.Money");
  }
  const missing = await assertRejects(() => read({ "api/shop.proto": SHOP }), UsageError);
  assertEquals(
    /common\/money\.proto", "google\/api\/annotations\.proto" were not found: name its folder with --proto-path/
      .test(missing.message),
    true,
    missing.message,
  );
  const broken = await assertRejects(
    () => read({ "api/shop.proto": "syntax = 'proto3';\nmessage {" }),
    UsageError,
  );
  assertEquals(broken.message.startsWith("api/shop.proto:2: illegal"), true, broken.message);
  await assertRejects(() => read({}), UsageError, 'Cannot read --proto "api/shop.proto": no such file');
});

Deno.test("fields are what their file says: presence, packing, names in JSON, maps", async () => {
  const schema = await read({ "api/shop.proto": SHOP, "common/money.proto": MONEY });
  const fields = Object.fromEntries(
    schema.messages.get("shop.Ask")!.fields.map((field) => [field.name, field]),
  );
  assertEquals(fields["prices"], {
    name: "prices",
    json: "prices",
    number: 2,
    type: "common.Money",
    kind: "message",
    mapKey: "string",
  });
  assertEquals([fields["page_size"]!.json, fields["page_size"]!.explicit], ["size", true]);
  assertEquals([fields["packed"]!.packed, fields["loose"]!.packed], [true, undefined]);
  assertEquals([fields["kind"]!.type, fields["kind"]!.explicit, fields["y"]!.explicit], [
    "shop.Ask.Kind",
    undefined,
    true,
  ]);
  const money = schema.messages.get("common.Money")!.fields;
  assertEquals(money.map(({ explicit, packed }) => [explicit, packed]), [
    [true, undefined],
    [true, undefined],
    [undefined, undefined],
  ]);
});

Deno.test("a descriptor set says the same as its files", async () => {
  const field = (name: string, number: number, type: number, more: object = {}) => ({
    name,
    number,
    type,
    label: 1,
    json_name: jsonName(name),
    ...more,
  });
  const set = {
    file: [{
      name: "common/money.proto",
      package: "common",
      message_type: [{
        name: "Money",
        field: [
          field("currency", 1, 9, { label: 2 }),
          field("units", 2, 3),
          field("parts", 3, 5, { label: 3 }),
        ],
      }],
    }, {
      name: "shop.proto",
      package: "shop",
      syntax: "proto3",
      dependency: ["common/money.proto"],
      message_type: [{
        name: "Ask",
        field: [
          field("id", 1, 9),
          field("prices", 2, 11, { label: 3, type_name: ".shop.Ask.PricesEntry" }),
          field("page_size", 3, 5, { json_name: "size", proto3_optional: true, oneof_index: 1 }),
          field("packed", 4, 5, { label: 3 }),
          field("loose", 5, 5, { label: 3, options: { packed: false } }),
          field("kind", 6, 14, { type_name: ".shop.Ask.Kind" }),
          field("y", 7, 9, { oneof_index: 0 }),
        ],
        oneof_decl: [{ name: "x" }, { name: "_page_size" }],
        nested_type: [{
          name: "PricesEntry",
          field: [field("key", 1, 9), field("value", 2, 11, { type_name: ".common.Money" })],
          options: { map_entry: true },
        }],
        enum_type: [{ name: "Kind", value: [{ name: "A", number: 0 }, { name: "B", number: 1 }] }],
      }],
      service: [{
        name: "Shop",
        method: [
          { name: "Get", input_type: ".shop.Ask", output_type: ".common.Money" },
          {
            name: "Watch",
            input_type: ".shop.Ask",
            output_type: ".common.Money",
            client_streaming: true,
            server_streaming: true,
          },
        ],
      }],
    }],
  };
  const writer = new MessageWriter();
  writer.begin();
  new MessageEncoder(DESCRIPTOR_TYPES).encode("FileDescriptorSet", set, writer);
  const schema = new ProtoSchema();
  for (const file of readDescriptorSet(writer.written())) addFile(schema, file);
  const fromFiles = await read({ "api/shop.proto": SHOP, "common/money.proto": MONEY });
  assertEquals(schema.services, fromFiles.services);
  assertEquals(schema.enums, fromFiles.enums);
  for (const [name, message] of schema.messages) assertEquals(message, fromFiles.messages.get(name), name);
  assertEquals(schema.messages.size, fromFiles.messages.size);
});

Deno.test("an unknown service or method is told with the nearest names", async () => {
  const schema = await read({ "api/shop.proto": SHOP, "common/money.proto": MONEY });
  const says = (path: string) => assertThrows(() => schema.methodAt(path), UsageError).message;
  assertEquals(says("shop.Shop/Gett"), 'Service shop.Shop has no method "Gett": did you mean Get?');
  assertEquals(says("shop.Shop/Nothing"), 'Service shop.Shop has no method "Nothing"; there are Get, Watch');
  assertEquals(says("Shop/Get"), 'There is no service "Shop": did you mean shop.Shop?');
  assertEquals(says("shop.Shap/Get"), 'There is no service "shop.Shap": did you mean shop.Shop?');
  assertEquals(splitMethod("a.b.C.D"), { service: "a.b.C", method: "D" });
  for (const path of ["", "Get", "shop.Shop/", "shop.Shop/Get/more", "a b/C"]) {
    assertThrows(() => splitMethod(path), UsageError, "expected package.Service/Method");
  }
});

Deno.test("sampleMessage() shows some of a schema, however deep and wide it is", () => {
  const schema = new ProtoSchema();
  const field = (name: string, number: number, type: string) => ({
    name,
    json: name,
    number,
    type,
    kind: "message" as const,
    explicit: true as const,
  });
  for (let i = 0; i < 5000; i++) {
    schema.messages.set(`M${i}`, {
      name: `M${i}`,
      fields: ["a", "b", "c"].map((name, n) => field(name, n + 1, `M${i + 1}`)),
    });
  }
  const text = JSON.stringify(sampleMessage(schema, "M0"));
  assert(text.length < 20_000, String(text.length));
  assert(text.startsWith('{"a":{"a":{"a":{"a":'), text.slice(0, 100));
});
