/** Options of requests: defaults, and which of them go together. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkHttpOptions, hasBody, httpOptions } from "../../../src/client/options/http_options.ts";
import type { HttpValues } from "../../../src/client/options/http_options.ts";
import { resolve } from "../../../src/options/resolve.ts";

const DEFAULTS = resolve(httpOptions, {}).values;

function problemsOf(changes: Partial<HttpValues>): readonly string[] {
  return checkHttpOptions({ ...DEFAULTS, ...changes });
}

Deno.test("httpOptions have the documented defaults", () => {
  assertEquals(DEFAULTS, {
    method: "GET",
    header: [],
    body: undefined,
    postFile: undefined,
    basicAuth: undefined,
    bodyLimit: undefined,
    cookie: [],
    randomParam: false,
    readBody: true,
    verifyLength: false,
    keepalive: true,
    maxRequestsPerConnection: undefined,
    connectionLifetime: undefined,
    timeout: 30_000,
    client: "raw",
    sockets: "auto",
    http2: false,
    streams: undefined,
    h2Window: undefined,
    maxHeaderSize: 65_536,
    sslVerify: false,
    insecure: false,
    caBundle: undefined,
  });
});

Deno.test("checkHttpOptions() lets the raw client send anything", () => {
  assertEquals(problemsOf({ method: "CONNECT", body: "x", header: [["X", "世"]] }), []);
  assertEquals(problemsOf({ body: "x", postFile: "y" }), []);
});

for (
  const [changes, expected] of [
    [{ method: "TRACE" }, "cannot send TRACE requests"],
    [{ body: "x" }, "cannot send a body with GET"],
    [{ method: "HEAD", postFile: "x" }, "cannot send a body with HEAD"],
    [{ header: [["X", "世"]] }, 'cannot send the header "X"'],
    [{ maxHeaderSize: 1000 }, "cannot limit the size of headers"],
  ] as const
) {
  Deno.test(`checkHttpOptions() says that fetch ${expected}`, () => {
    const problems = problemsOf({ client: "fetch", ...changes });
    assertEquals(problems.length, 1);
    assertStringIncludes(problems[0]!, `--client fetch ${expected}`);
  });
}

Deno.test("checkHttpOptions() says that streams share connections, which must then stay open", () => {
  assertEquals(problemsOf({ http2: true, streams: 1, keepalive: false }), []);
  assertEquals(problemsOf({ http2: true, streams: 2, keepalive: false }), [
    "--streams 2 shares connections, which --no-keepalive forbids",
  ]);
});

Deno.test("checkHttpOptions() lets fetch send ordinary requests", () => {
  assertEquals(problemsOf({ client: "fetch", method: "POST", body: "x", header: [["X", "é"]] }), []);
  assertEquals(problemsOf({ client: "fetch", body: "" }), []);
});

Deno.test("hasBody() takes an empty text for no body", () => {
  const cases = [{ body: "" }, { body: "x" }, { postFile: "f" }, {}] as const;
  assertEquals(cases.map((given) => hasBody({ ...DEFAULTS, ...given })), [false, true, true, false]);
});
