/** Which recorded requests a load test sends. */
import { assertEquals } from "@std/assert";
import {
  filterEntries,
  type FilterOptions,
  isOnDomain,
  isStaticAsset,
} from "../../../src/convert/har/filter.ts";

const OPTIONS: FilterOptions = {
  includeStatic: false,
  domains: [],
  exclude: [],
  include: [],
  allowPrivate: false,
};
const entry = (method: string, fields: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) => ({
  request: { method, url: "http://a.example/x", ...fields },
  ...rest,
});
const header = (name: string, value: string) => ({ headers: [{ name, value }] });

Deno.test("filterEntries() drops what no load test should send", () => {
  const rows: [string, unknown[], Record<string, number>][] = [
    ["a request without a recorded answer stays", [entry("GET")], {}],
    ["an answer without a status stays", [entry("GET", {}, { response: {} })], {}],
    ["an aborted request goes", [entry("GET", {}, { response: { status: 0 } })], { aborted: 1 }],
    ["one with a negative status goes", [entry("GET", {}, { response: { status: "-1" } })], { aborted: 1 }],
    ["a server error stays", [entry("GET", {}, { response: { status: 500 } })], {}],
    ["a preflight goes", [entry("OPTIONS", header("Access-Control-Request-Method", "PUT"))], {
      preflight: 1,
    }],
    ["so does what the browser calls one", [entry("OPTIONS", {}, { _resourceType: "preflight" })], {
      preflight: 1,
    }],
    ["an OPTIONS of one's own stays", [entry("OPTIONS", header("Accept", "*/*"))], {}],
    ["without headers, one beside its request goes", [entry("OPTIONS"), entry("POST")], { preflight: 1 }],
    ["without headers, a lone one stays", [entry("OPTIONS")], {}],
    ["a WebSocket handshake goes", [entry("GET", header("Upgrade", "WebSocket"))], { websocket: 1 }],
  ];
  for (const [what, raw, dropped] of rows) {
    assertEquals(Object.fromEntries(filterEntries(raw, OPTIONS).dropped), dropped as never, what);
  }
});

Deno.test("filterEntries() judges private addresses by the first request it can read", () => {
  const urls = ["data:,x", "https://shop.example/", "http://127.0.0.1:9/", "http://[::1]/", "http://router/"];
  const filtered = filterEntries(urls.map((url) => entry("GET", { url })), OPTIONS);
  assertEquals(filtered.kept.map((kept) => kept.rawUrl), ["https://shop.example/"]);
  assertEquals([...filtered.privateHosts], [["127.0.0.1:9", 1], ["[::1]", 1], ["router", 1]]);
});

Deno.test("isStaticAsset() looks at the path's extension alone", () => {
  for (const path of ["/a.css", "/A.JS", "/x/font.woff2?v=1", "/i.jpeg#x", "/m.map", "/v.webm"]) {
    assertEquals(isStaticAsset(new URL(path, "http://a.test")), true, path);
  }
  for (const path of ["/", "/js", "/a.json", "/a.css/x", "/x?file=a.css", "/a.cssx", "/page.html"]) {
    assertEquals(isStaticAsset(new URL(path, "http://a.test")), false, path);
  }
});

Deno.test("isOnDomain() takes a host and what is below it", () => {
  assertEquals(isOnDomain("example.com", ["example.com"]), true);
  assertEquals(isOnDomain("api.example.com", ["example.com"]), true);
  assertEquals(isOnDomain("example.com.", ["example.com"]), true);
  assertEquals(isOnDomain("badexample.com", ["example.com"]), false);
  assertEquals(isOnDomain("example.com.evil.test", ["example.com"]), false);
});
