/** One recorded exchange: which can be sent again, and what stands in the way. */
import { assertEquals } from "@std/assert";
import { type HarEntry, parseTimestamp, readEntry } from "../../../src/convert/har/entry.ts";

const request = (fields: Record<string, unknown>) => ({
  request: { method: "GET", url: "http://a.test/", ...fields },
});

Deno.test("readEntry() says why no request can be made of an entry", () => {
  const rows: [string, unknown, string][] = [
    ["no object", 7, "malformed"],
    ["null", null, "malformed"],
    ["no request", {}, "malformed"],
    ["a list for a request", { request: [] }, "malformed"],
    ["no URL", { request: { method: "GET" } }, "malformed"],
    ["an empty URL", request({ url: "" }), "malformed"],
    ["a number for a URL", request({ url: 5 }), "malformed"],
    ["a relative URL", request({ url: "/x" }), "malformed"],
    ["a URL without a host", request({ url: "http:///x" }), "malformed"],
    ["a host that is none", request({ url: "http://a b/" }), "malformed"],
    ["a method that is no token", request({ method: "GET /x" }), "malformed"],
    ["a data URL", request({ url: "data:text/plain,hi" }), "scheme"],
    ["a blob URL", request({ url: "blob:http://a.test/1" }), "scheme"],
    ["an extension's URL", request({ url: "chrome-extension://abc/x.js" }), "scheme"],
    ["a line feed in the URL", request({ url: "http://a.test/\nx" }), "control"],
    ["a tab in the URL", request({ url: "http://a.test/\tx" }), "control"],
    ["a NUL in the method", request({ method: "GE\0T" }), "control"],
  ];
  for (const [what, raw, reason] of rows) assertEquals(readEntry(raw), reason as never, what);
});

Deno.test("readEntry() counts odd values as missing", () => {
  const entry = readEntry({
    ...request({ method: 5, headers: [{ name: "X-A", value: "1" }, { name: "b" }, 7, { value: "c" }] }),
    response: { status: "204" },
    time: "12.5",
    startedDateTime: 5,
  }) as HarEntry;
  assertEquals(entry.method, "GET");
  assertEquals([entry.headers, entry.unreadableHeaders], [[["X-A", "1"]], 3]);
  assertEquals([entry.status, entry.durationMs, entry.startMs], [204, 12.5, NaN]);
  const bare = readEntry({ ...request({ headers: {} }), response: null, time: null }) as HarEntry;
  assertEquals([bare.status, bare.durationMs, bare.headers.length], [undefined, 0, 0]);
});

Deno.test("readEntry() takes header values that WebDriver BiDi writes as objects", () => {
  const headers = [
    { name: "Accept", value: { type: "string", value: "text/html" } },
    { name: "X-A", value: { type: "base64", value: "w7w=" } },
    { name: "X-B", value: { type: "base64", value: "/w==" } },
    { name: "X-C", value: { type: "other", value: "x" } },
    { name: "X-D", value: 5 },
  ];
  const entry = readEntry(request({ headers })) as HarEntry;
  assertEquals(entry.headers, [["Accept", "text/html"], ["X-A", "ü"], ["X-D", "5"]]);
  assertEquals(entry.unreadableHeaders, 2);
});

Deno.test("readEntry() adds up the phases of an exchange whose total was not recorded", () => {
  const timings = { blocked: -1, dns: 1, connect: 5, ssl: 4, send: 1, wait: "20", receive: null };
  const rows: [unknown, number][] = [[30, 30], [0, 0], ["", 27], [-1, 27], [null, 27]];
  for (const [time, ms] of rows) {
    assertEquals((readEntry({ ...request({}), time, timings }) as HarEntry).durationMs, ms);
  }
});

Deno.test("parseTimestamp() reads ISO 8601 in the forms that recorders write", () => {
  const at = Date.UTC(2024, 4, 1, 10, 0, 0);
  const rows: [string, number][] = [
    ["2024-05-01T10:00:00Z", at],
    ["2024-05-01T10:00:00.5Z", at + 500],
    ["2024-05-01T10:00:00,123456Z", at + 123.456],
    ["2024-05-01 10:00:00", at],
    ["2024-05-01T12:00:00+02:00", at],
    ["2024-05-01T12:00:00.000+0200", at],
    ["2024-05-01T12:00:00+02", at],
    ["2024-05-01T04:30:00-05:30", at],
    ["2024-05-01", Date.UTC(2024, 4, 1)],
    ["2024-13-01", NaN],
    ["1714557600000", NaN],
    ["", NaN],
  ];
  for (const [text, ms] of rows) assertEquals(parseTimestamp(text), ms, text);
});
