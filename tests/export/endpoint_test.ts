/** Addresses of receivers, and the credentials in them. */
import { assertEquals } from "@std/assert";
import { endpointOf, headersOf } from "../../src/export/endpoint.ts";

Deno.test("endpointOf() keeps the user's path and query", () => {
  assertEquals(endpointOf("https://a:1/p/?x=1", "/v1/metrics").url.href, "https://a:1/p/?x=1");
});

Deno.test("endpointOf() puts the default path, and its query where the user gave none, in place of an empty path", () => {
  assertEquals(endpointOf("http://a", "/write?db=bench").url.href, "http://a/write?db=bench");
  assertEquals(endpointOf("http://a/?db=mine", "/write?db=bench").url.href, "http://a/write?db=mine");
});

Deno.test("endpointOf() takes credentials out of the URL, decoded", () => {
  const { url, headers } = endpointOf("http://me:p%40ss@a/x#f", "/");
  assertEquals(url.href, "http://a/x");
  assertEquals(atob(headers.authorization!.slice(6)), "me:p@ss");
  assertEquals(endpointOf("http://a/", "/").headers, {});
});

Deno.test("headersOf() lets later lines win whatever their case", () => {
  assertEquals(headersOf({ authorization: "a", x: "1" }, [["Authorization", "b"]]), {
    authorization: "b",
    x: "1",
  });
});

Deno.test("endpointOf() takes a password with a bare percent sign as it is", () => {
  assertEquals(atob(endpointOf("http://me:50%@a/", "/").headers.authorization!.slice(6)), "me:50%");
});
