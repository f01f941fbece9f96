/** Which proxy a URL goes through, from options and environment. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  environmentProxies,
  parseProxy,
  proxiesOf,
  proxyAuthorization,
  proxyFor,
} from "../../../src/client/net/proxy.ts";
import { UsageError } from "../../../src/lib/errors.ts";

for (
  const [text, kind, host, port, resolvesNames, credentials] of [
    ["http://127.0.0.1:3128", "http", "127.0.0.1", 3128, true, undefined],
    ["HTTP://Proxy.Example:80/", "http", "proxy.example", 80, true, undefined],
    ["socks5://[::1]:1080", "socks5", "::1", 1080, false, undefined],
    ["socks5h://me:p%40%3A@h:1", "socks5", "h", 1, true, ["me", "p@:"]],
    ["http://me@h:1", "http", "h", 1, true, ["me", ""]],
    ["http://me:100%@h:1", "http", "h", 1, true, ["me", "100%"]],
  ] as const
) {
  Deno.test(`parseProxy() reads ${text}`, () => {
    const proxy = parseProxy(text);
    assertEquals([proxy.kind, proxy.host, proxy.port, proxy.resolvesNames], [
      kind,
      host,
      port,
      resolvesNames,
    ]);
    const found = proxy.credentials;
    assertEquals(found && [found.user, found.password], credentials && [...credentials]);
  });
}

for (
  const text of [
    "",
    "h:1",
    "http://h",
    "http://:80",
    "http://h:0",
    "http://h:70000",
    "https://h:1",
    "ftp://h:1",
  ]
    .concat(["http://h:1/path", "http://h:1?q", "http://a b:1", "socks4://h:1", "http://"])
) {
  Deno.test(`parseProxy() refuses "${text}"`, () => {
    assertThrows(() => parseProxy(text), UsageError, "expected http://HOST:PORT");
  });
}

Deno.test("proxyAuthorization() is Basic, in UTF-8, and only with credentials", () => {
  assertEquals(proxyAuthorization(parseProxy("http://h:1")), undefined);
  assertEquals(proxyAuthorization(parseProxy("http://%C3%BC:p@h:1")), "Basic w7w6cA==");
});

/** Which of `NO_PROXY`'s patterns cover which URLs. */
const BYPASSES: readonly (readonly [pattern: string, url: string, isDirect: boolean])[] = [
  ["*", "http://any.test/", true],
  ["a.test", "http://a.test/", true],
  ["a.test", "http://b.a.test/", true],
  [".a.test", "http://b.a.test/", true],
  [".a.test", "http://a.test/", true],
  ["*.a.test", "http://b.a.test/", true],
  ["a.test", "http://ba.test/", false],
  ["A.Test", "http://a.test/", true],
  ["a.test:80", "http://a.test/", true],
  ["a.test:8080", "http://a.test/", false],
  ["a.test:443", "https://a.test/", true],
  ["127.0.0.1", "http://127.0.0.1:99/", true],
  ["0.0.1", "http://127.0.0.1/", false],
  ["::1", "http://[::1]:8080/", true],
  ["[::1]:8080", "http://[::1]:8080/", true],
  ["[::1]:80", "http://[::1]:8080/", false],
  ["localhost", "http://localhost/", true],
];

for (const [pattern, url, isDirect] of BYPASSES) {
  Deno.test(`proxyFor() ${isDirect ? "leaves out" : "covers"} ${url} where NO_PROXY is ${pattern}`, () => {
    const spec = { http: "http://p:1", https: "http://p:1", bypass: ["other.test", pattern] };
    assertEquals(proxyFor(new URL(url), spec) === null, isDirect);
  });
}

Deno.test("proxyFor() tells http from https, and has none without any", () => {
  const spec = { https: "socks5://p:2", bypass: [] };
  assertEquals(proxyFor(new URL("http://a/"), spec), null);
  assertEquals(proxyFor(new URL("https://a/"), spec)?.port, 2);
  assertEquals(proxyFor(new URL("https://a/"), undefined), null);
});

function fromEnvironment(variables: Readonly<Record<string, string>>): unknown {
  return environmentProxies((name) => variables[name]);
}

Deno.test("environmentProxies() takes the most special variable, lower case first", () => {
  assertEquals(fromEnvironment({ HTTP_PROXY: "http://a:1", http_proxy: "b:2", ALL_PROXY: "socks5://c:3" }), {
    http: "http://b:2",
    https: "socks5://c:3",
    bypass: [],
  });
  assertEquals(fromEnvironment({ HTTPS_PROXY: "http://a:1", NO_PROXY: "a.test, .b.test c:1" }), {
    https: "http://a:1",
    bypass: ["a.test", ".b.test", "c:1"],
  });
});

Deno.test("environmentProxies() says what is missing or wrong, without the password", () => {
  assertThrows(() => fromEnvironment({ NO_PROXY: "x", HTTP_PROXY: "" }), UsageError, "none of HTTP_PROXY");
  const error = assertThrows(() => fromEnvironment({ HTTPS_PROXY: "ftp://u:canary@h" }), UsageError);
  assert(error.message.startsWith("--proxy env: HTTPS_PROXY: expected http://HOST:PORT"));
  assert(!error.message.includes("canary"));
});

Deno.test("proxiesOf() uses a given proxy for everything, and the environment only when asked", () => {
  const env = (name: string) => name === "HTTP_PROXY" ? "http://e:1" : undefined;
  assertEquals(proxiesOf(undefined, env), undefined);
  assertEquals(proxiesOf("http://g:2", env), { http: "http://g:2", https: "http://g:2", bypass: [] });
  assertEquals(proxiesOf("env", env), { http: "http://e:1", bypass: [] });
});
