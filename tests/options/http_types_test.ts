/** Types of HTTP options: what they read, refuse and write back. */
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import type { OptionType } from "../../src/options/option.ts";
import {
  cookie,
  headerLine,
  hostPort,
  httpUrl,
  ipAddress,
  keyValue,
  LEFT_OUT,
  method,
  userPassword,
} from "../../src/options/http_types.ts";

const accepted:
  readonly (readonly [name: string, type: OptionType<unknown>, text: string, value: unknown])[] = [
    ["method", method, "post", "POST"],
    ["method", method, "X-My!Method", "X-MY!METHOD"],
    ["headerLine", headerLine, "Accept: text/html", ["Accept", "text/html"]],
    ["headerLine", headerLine, "X:a:b", ["X", "a:b"]],
    ["headerLine", headerLine, "X-Empty;", ["X-Empty", ""]],
    ["headerLine", headerLine, "User-Agent:", ["User-Agent", LEFT_OUT]],
    ["headerLine", headerLine, "X: a;", ["X", "a;"]],
    ["headerLine", headerLine, "X-Tab: a\tb", ["X-Tab", "a\tb"]],
    ["cookie", cookie, "a=b", "a=b"],
    ["cookie", cookie, "a=b=c; d=", "a=b=c; d="],
    ["userPassword", userPassword, "me:a:b", "me:a:b"],
    ["userPassword", userPassword, "key:", "key:"],
    ["keyValue", keyValue, " env = staging = 2 ", ["env", "staging = 2"]],
    ["keyValue", keyValue, "a=", ["a", ""]],
    ["keyValue", keyValue, "a=one\ntwo\tthree", ["a", "one\ntwo\tthree"]],
    ["hostPort", hostPort, "node-1:9220", { host: "node-1", port: 9220 }],
    ["hostPort", hostPort, "[::1]:80", { host: "::1", port: 80 }],
    ["ipAddress", ipAddress, "127.0.0.1", "127.0.0.1"],
    ["ipAddress", ipAddress, "[2001:db8::1]", "2001:db8::1"],
    ["httpUrl", httpUrl, "http://host:4318/v1", "http://host:4318/v1"],
  ];

for (const [name, type, given, value] of accepted) {
  Deno.test(`${name} reads ${JSON.stringify(given)}`, () => assertEquals(type.parse(given), value));
}

const refused: readonly (readonly [name: string, type: OptionType<unknown>, texts: readonly string[]])[] = [
  ["method", method, ["", "GET POST", "GET\r\nX", "GÉT", "G:T"]],
  ["headerLine", headerLine, [
    "Accept",
    ": x",
    "A B: x",
    "Ä: x",
    "X: a\r\nY: b",
    "X: a\nb",
    "X: \u0000",
    "X: a\u007fb",
  ]],
  ["cookie", cookie, ["", "a", "=b", "a b=c", "a=b\r\nX: y", "a=b;"]],
  ["userPassword", userPassword, ["", "me", "me:pw\n"]],
  ["keyValue", keyValue, ["", "a", "=b", " =b", "a\nb=c", "a=\u001b[2J"]],
  ["hostPort", hostPort, [
    "",
    "host",
    "host:",
    ":80",
    "host:0",
    "host:65536",
    "host:1x",
    "::1:80",
    "[zz]:1",
    "[1:2]:80",
    "a b:1",
  ]],
  ["ipAddress", ipAddress, ["", "localhost", "256.1.1.1", "1.2.3", "1:2:3", "::g"]],
  ["httpUrl", httpUrl, ["", "host:80", "ftp://x", "http://", "http:///x", "http://a b", "http://x:99999"]],
];

for (const [name, type, texts] of refused) {
  for (const given of texts) {
    Deno.test(`${name} refuses ${JSON.stringify(given)}`, () => {
      assertThrows(() => type.parse(given), UsageError, "expected ");
    });
  }
}

Deno.test("format() writes what parse() reads", () => {
  for (const given of ["Accept: text/html", "X: a: b"]) {
    assertEquals(headerLine.format!(headerLine.parse(given)), given);
  }
  for (const given of ["[::1]:80", "host:9220"]) assertEquals(hostPort.format!(hostPort.parse(given)), given);
  assertEquals(keyValue.format!(["a", "b=c"]), "a=b=c");
});
