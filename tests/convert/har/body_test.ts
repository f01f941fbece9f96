/** Recorded bodies, in the forms that recorders write. */
import { assert, assertEquals } from "@std/assert";
import { readBody, type RecordedBody } from "../../../src/convert/har/body.ts";
import type { HarEntry } from "../../../src/convert/har/entry.ts";

function bodyOf(postData: unknown, contentType?: string, creator = ""): RecordedBody | undefined | "broken" {
  const headers = contentType === undefined ? [] : [["content-type", contentType] as const];
  const url = new URL("http://a.test/");
  const entry: HarEntry = {
    method: "POST",
    rawUrl: url.href,
    url,
    headers,
    unreadableHeaders: 0,
    lacksQuery: false,
    postData,
    startMs: NaN,
    durationMs: 0,
    resource: "",
  };
  return readBody(entry, creator);
}

function present(body: RecordedBody | undefined | "broken"): RecordedBody {
  assert(body !== undefined && body !== "broken");
  return body;
}

function textOf(body: RecordedBody): string {
  return typeof body.content === "string" ? body.content : new TextDecoder().decode(body.content);
}

Deno.test("readBody() finds none where none was sent", () => {
  for (
    const postData of [undefined, null, "x", [], {}, { text: "" }, { params: [] }, { text: 5, params: "x" }]
  ) {
    assertEquals(bodyOf(postData), undefined);
  }
});

Deno.test("readBody() keeps text as it is, whatever it says it is", () => {
  for (const text of ["123", "true", '{"a": 1.0 }', " x\r\n", "\ufeffa", "a\u0000b"]) {
    const body = present(
      bodyOf({ mimeType: "application/json", text, params: [{ name: "other", value: "1" }] }),
    );
    assertEquals([body.content, body.contentType], [text, "application/json"]);
  }
});

Deno.test("readBody() leaves out the header fields that Firefox records in front of an upload", () => {
  const upload = (head: string, body: string) => textOf(present(bodyOf({ text: `${head}\r\n\r\n${body}` })));
  const form = "Content-Type: application/x-www-form-urlencoded";
  assertEquals(upload(`${form}\r\nContent-Length: 4`, "a=ü"), "a=ü");
  assertEquals(upload(`${form}\r\nContent-Length: 3`, "a=ü"), "a=ü");
  assertEquals(upload(`Content-Length: 7\r\n${form}`, "x\r\n\r\ny\n"), "x\r\n\r\ny\n");
  // No such fields: what a message that is posted holds.
  for (const head of [form, `${form}\r\nContent-Length: 9`, "Content-Length: 3 "]) {
    assertEquals(upload(head, "a=1"), `${head}\r\n\r\na=1`);
  }
});

Deno.test("readBody() decodes base64 of both alphabets, and refuses what is none", () => {
  assertEquals(present(bodyOf({ encoding: "base64", text: "AP+/" })).content, Uint8Array.of(0, 255, 191));
  assertEquals(present(bodyOf({ _encoding: "BASE64", text: "AP-_" })).content, Uint8Array.of(0, 255, 191));
  assertEquals(bodyOf({ encoding: "base64", text: "not base64!" }), "broken");
});

Deno.test("readBody() builds a URL-encoded form of its fields", () => {
  const params = [{ name: "a b", value: "1&2" }, { name: "é", value: 5 }, { name: "c" }, {
    value: "no name",
  }];
  const body = present(bodyOf({ params }));
  assertEquals(textOf(body), "a+b=1%262&%C3%A9=5&c=");
  assertEquals([body.contentType, body.needsType], ["application/x-www-form-urlencoded", true]);
});

Deno.test("readBody() builds a multipart form that reads back as recorded", async () => {
  const params = [
    { name: 'quo"te', value: "line 1\r\nline 2" },
    { name: "file", fileName: "ü.txt", contentType: "text/plain", value: "content" },
  ];
  const body = present(bodyOf({ mimeType: "multipart/form-data", params }));
  const form = await new Response(body.content as BodyInit, {
    headers: { "content-type": body.contentType! },
  }).formData();
  assertEquals(form.get('quo"te') ?? form.get("quo%22te"), "line 1\r\nline 2");
  const file = form.get("file") as File;
  assertEquals([file.name, file.type.split(";")[0], await file.text()], ["ü.txt", "text/plain", "content"]);
});

Deno.test("readBody() uses the boundary that was recorded, and never one that the content holds", () => {
  const params = [{ name: "a", value: "x ----form-part-boundary y" }];
  const recorded = present(bodyOf({ mimeType: "multipart/form-data; boundary=abc", params }));
  assertEquals(recorded.contentType, "multipart/form-data; boundary=abc");
  assert(textOf(recorded).startsWith("--abc\r\n"));
  assertEquals(
    present(bodyOf({ mimeType: "multipart/form-data", params })).contentType,
    "multipart/form-data; boundary=----form-part-boundary-1",
  );
});

Deno.test("readBody() completes a multipart type from the header or the text", () => {
  const data = {
    mimeType: "multipart/form-data",
    text: "--xyz\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xyz--",
  };
  assertEquals(present(bodyOf(data)).contentType, "multipart/form-data; boundary=xyz");
  assertEquals(
    present(bodyOf(data, "multipart/form-data; boundary=xyz")).contentType,
    "multipart/form-data; boundary=xyz",
  );
});

Deno.test("readBody() counts files whose content was not recorded", () => {
  const params = [{ name: "a", fileName: "a.bin" }, { name: "b", fileName: "b.bin", value: "x" }];
  assertEquals(present(bodyOf({ mimeType: "multipart/form-data", params })).missingFiles, 1);
});

Deno.test("readBody() takes no type that would break out of its line", () => {
  assertEquals(present(bodyOf({ mimeType: "text/plain\r\nX-Evil: 1", text: "x" })).contentType, undefined);
});

Deno.test("readBody() encodes fields that are recorded decoded, and leaves those that are not", () => {
  type Fields = readonly (readonly [name: string, value: unknown])[];
  const rows: [creator: string, fields: Fields, body: string][] = [
    ["WebInspector", [["item%5B0%5D", "two%20words"], ["plain", "a+b"]], "item%5B0%5D=two%20words&plain=a+b"],
    ["WebInspector", [["q", "a+b"], ["r", "x y&z=ü#"]], "q=a+b&r=x%20y%26z=%C3%BC%23"],
    ["Firefox", [["q", "a+b"], ["r", "x y&z=ü"]], "q=a%2Bb&r=x+y%26z%3D%C3%BC"],
    ["", [["item%5B0%5D", "two%20words"], ["plain", "a+b"]], "item%5B0%5D=two%20words&plain=a+b"],
    ["", [["rate", "100%"]], "rate=100%25"],
    ["", [["rate", "5%20 off"]], "rate=5%2520+off"],
    [
      "Firefox",
      [["q", { type: "string", value: "a b" }], ["r", { type: "base64", value: "w7w=" }], ["n", 5]],
      "q=a+b&r=%C3%BC&n=5",
    ],
  ];
  for (const [creator, fields, body] of rows) {
    const params = fields.map(([name, value]) => ({ name, value }));
    const postData = { mimeType: "application/x-www-form-urlencoded", params };
    assertEquals(textOf(present(bodyOf(postData, undefined, creator))), body, body);
  }
});
