/** Recordings become scenarios: what is kept, left out, and said of it. */
import { assert, assertEquals, assertGreater, assertStringIncludes, assertThrows } from "@std/assert";
import { convertHar, type HarOptions } from "../../../src/convert/har/convert_har.ts";
import { isTooLarge, type ScenarioFile } from "../../../src/convert/scenario_file.ts";
import { compilePatterns } from "../../../src/convert/url_patterns.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { httpStepsOf } from "../../../src/plan/scenario.ts";
import { loadScenario } from "../../../src/scenario/load_scenario.ts";
import { parseUrlList } from "../../../src/scenario/load_url_list.ts";
import { HAR_OPTIONS } from "./_options.ts";

const SHOP = await Deno.readFile(new URL("../../../fixtures/har/shop.har", import.meta.url));

function convert(bytes: Uint8Array, changes: Partial<HarOptions> = {}) {
  const { text, remarks } = convertHar(bytes, { ...HAR_OPTIONS, ...changes });
  return { scenario: JSON.parse(text) as ScenarioFile, remarks: remarks.join("\n"), text };
}

/** A recording of these requests, answered with 200. */
function recording(...requests: Record<string, unknown>[]): Uint8Array {
  const entries = requests.map(({ response, ...request }) => ({
    request: { method: "GET", url: "http://a.example/x", ...request },
    response: response ?? { status: 200 },
  }));
  return new TextEncoder().encode(JSON.stringify({ log: { entries } }));
}

Deno.test("convertHar() keeps what a load test can send, in order", () => {
  const { scenario } = convert(SHOP);
  assertEquals(scenario.steps.map(({ method, path }) => `${method} ${path}`), [
    "GET /?ref=mail",
    "POST https://api.example.com/cart",
    "GET https://tracker.test/hit?x=1",
    "POST /login",
    "PUT /photo",
    "GET /orders",
  ]);
  assertEquals([scenario.name, scenario.base_url, scenario.think_time], [
    "shop",
    "https://shop.example.com",
    0,
  ]);
});

Deno.test("convertHar() puts requests in the order of their start, when all are known", () => {
  const at = (path: string, startedDateTime?: string) => ({
    request: { method: "GET", url: `http://a.example${path}` },
    response: { status: 200 },
    time: 100,
    startedDateTime,
  });
  const pathsOf = (...entries: unknown[]) => {
    const { scenario } = convert(new TextEncoder().encode(JSON.stringify({ log: { entries } })));
    return scenario.steps.map(({ path, think_time }) => [path, think_time]);
  };
  const delayed = at("/use", "2026-01-01T10:00:02Z");
  assertEquals(pathsOf(delayed, at("/login", "2026-01-01T10:00:00Z"), at("/same", "2026-01-01T10:00:02Z")), [
    ["/login", 1.9],
    ["/use", undefined],
    ["/same", undefined],
  ]);
  assertEquals(pathsOf(delayed, at("/login")).map(([path]) => path), ["/use", "/login"]);
});

Deno.test("convertHar() asserts no status that only the browser's own headers brought about", () => {
  const bytes = recording(
    { response: { status: 304 }, headers: [{ name: "If-None-Match", value: '"a"' }] },
    { response: { status: 206 }, headers: [{ name: "Range", value: "bytes=0-1" }] },
    { response: { status: 302 } },
  );
  const asserted = (changes: Partial<HarOptions>) =>
    convert(bytes, { assertStatus: true, ...changes }).scenario.steps.map((step) => step.assert_status);
  assertEquals(asserted({}), [undefined, undefined, 302]);
  assertEquals(asserted({ preserveHeaders: true }), [304, 206, 302]);
});

Deno.test("convertHar() leaves out what only a recording proxy saw", () => {
  const { scenario, remarks } = convert(recording({}, { method: "CONNECT", url: "https://a.example:443/" }));
  assertEquals(scenario.steps.map(({ method }) => method), ["GET"]);
  assertStringIncludes(remarks, "left out 1: 1 CONNECT to a proxy");
});

Deno.test("convertHar() lists no URL that a run would refuse", () => {
  const bytes = recording({ method: "PROPFIND" }, {}, { method: "patch" });
  const { text, count, remarks } = convertHar(bytes, { ...HAR_OPTIONS, format: "url-file" });
  assertEquals(parseUrlList(text, "urls.txt").map(({ method }) => method), ["GET", "PATCH"]);
  assertEquals(count, 2);
  assertStringIncludes(
    remarks.join("\n"),
    "left out 1: 1 with a method that no URL list takes (--format scenario)",
  );
});

Deno.test("convertHar() tells what it left out, and why", () => {
  const [first, ...others] = convert(SHOP).remarks.split("\n");
  assertEquals(
    first,
    'Kept 6 of 14 requests of "shop.har", left out 8: 1 with control characters in URL or method, 1 not HTTP, ' +
      "1 aborted, 1 WebSocket (--format scenario keeps those with recorded messages), 1 CORS preflight, 1 at private addresses (--allow-private), 2 static (--include-static)",
  );
  assertStringIncludes(
    others.join("\n"),
    "several hosts: shop.example.com (4), api.example.com (1), tracker.test (1)",
  );
});

Deno.test("convertHar() stores each pause on the step before it", () => {
  const pauses = (changes: Partial<HarOptions>) =>
    convert(SHOP, changes).scenario.steps.map((step) => step.think_time);
  assertEquals(pauses({}), [2, 0.2, 0.79, 2, 30, undefined]);
  assertEquals(pauses({ thinkTimeMultiplier: 0.5 }), [1, 0.1, 0.4, 1, 26.5, undefined]);
  const { thinkTimeMultiplier: _, ...none } = HAR_OPTIONS;
  const { text } = convertHar(SHOP, none);
  assertEquals(text.match(/"think_time".*/g), ['"think_time": 0,']);
});

Deno.test("convertHar() leaves all headers but Content-Type out, and names the credentials among them", () => {
  const { scenario, remarks, text } = convert(SHOP);
  assertEquals(scenario.steps.map((step) => step.headers), [
    undefined,
    { "Content-Type": "application/json" },
    undefined,
    { "Content-Type": "application/x-www-form-urlencoded" },
    { "Content-Type": "image/png" },
    undefined,
  ]);
  for (const secret of ["s3cr3t", "t0p", "c5rf"]) assert(!text.includes(secret) && !remarks.includes(secret));
  assertStringIncludes(remarks, "Credentials left out: cookie (3), authorization (1), x-csrf-token (1)");
  assertStringIncludes(remarks, "fields that look like credentials: password (1)");
});

Deno.test("convertHar() keeps headers on request, without the connection's and the browser's, and warns", () => {
  const { scenario, remarks } = convert(SHOP, { preserveHeaders: true });
  assertEquals(scenario.steps[0]?.headers, { accept: "text/html", cookie: "sid=s3cr3t" });
  assertEquals(scenario.steps[1]?.headers, {
    authorization: "Bearer t0p",
    "x-csrf-token": "c5rf",
    "content-type": "application/json",
    accept: "application/json",
  });
  assertStringIncludes(
    remarks,
    "Warning: the scenario holds credentials in headers: cookie (3), authorization (1)",
  );
  assert(!remarks.includes("s3cr3t"));
});

Deno.test("convertHar() keeps text bodies byte for byte, builds forms and keeps bytes in base64", () => {
  const { steps } = convert(SHOP).scenario;
  assertEquals(steps[1]?.body, '{"id":  7,\n "n":1.0}');
  assertEquals(steps[3]?.body, "user=ann+%26+bob&password=p");
  assertEquals(steps[4]?.body, undefined);
  assertEquals(steps[4]?.body_base64, "iVBORw0KGgoA");
});

Deno.test("convertHar() checks recorded statuses from 200 to 399 only", () => {
  const { steps } = convert(SHOP, { assertStatus: true }).scenario;
  assertEquals(steps.map((step) => step.assert_status), [200, 201, 204, 302, 200, undefined]);
});

Deno.test("convertHar() applies filters in the user's words", async () => {
  const paths = (changes: Partial<HarOptions>) =>
    convert(SHOP, changes).scenario.steps.map((step) => step.path);
  assertEquals(paths({ domains: ["api.example.com"] }), ["/cart"]);
  assertEquals(paths({ domains: ["tracker.test"] }), ["/hit?x=1"]);
  assertEquals(
    paths({ domains: ["example.com"], exclude: await compilePatterns("--exclude", ["cart", "log.n"]) }),
    [
      "/?ref=mail",
      "/photo",
      "/orders",
    ],
  );
  assertEquals(paths({ include: await compilePatterns("--include", ["orders$", "(?i)PHOTO"]) }), [
    "/photo",
    "/orders",
  ]);
  assertEquals(paths({ includeStatic: true, domains: ["shop.example.com"] }).slice(0, 3), [
    "/?ref=mail",
    "/assets/app.js?v=3",
    "/logo.PNG",
  ]);
});

Deno.test("convertHar() refuses private addresses in a recording of a public site", () => {
  const { remarks } = convert(SHOP);
  assertStringIncludes(
    remarks,
    "points at private addresses: 169.254.169.254 (1); --allow-private keeps them",
  );
  const { steps } = convert(SHOP, { allowPrivate: true }).scenario;
  assert(steps.some((step) => step.path === "http://169.254.169.254/latest/meta-data/"));
});

Deno.test("convertHar() keeps private addresses in a recording that begins at one", () => {
  const bytes = recording({ url: "http://localhost:3000/" }, { url: "http://10.0.0.7/x" });
  assertEquals(convert(bytes).scenario.steps.map((step) => step.path), ["/", "http://10.0.0.7/x"]);
});

Deno.test("convertHar() writes a URL list: each method and URL once, no credentials, no line of another's making", () => {
  const bytes = recording(
    { url: "http://a.example/x#top" },
    { url: "http://a.example/x#top" },
    { method: "post", url: "http://a.example/x", postData: { text: "1" } },
    { url: "http://ann:pw@a.example/p q" },
    { url: "http://a.example/\r\nDELETE http://b.example/" },
    { method: "GET\nDELETE", url: "http://a.example/" },
  );
  const { text, count, remarks } = convertHar(bytes, { ...HAR_OPTIONS, format: "url-file" });
  assertEquals(text, "http://a.example/x#top\nPOST http://a.example/x\nhttp://a.example/p%20q\n");
  assertEquals(count, 3);
  assertStringIncludes(remarks.join("\n"), "2 with control characters");
  assertStringIncludes(remarks.join("\n"), "1 request body left out");
});

Deno.test("convertHar() sends what a scenario would take for a placeholder as it was recorded", () => {
  const { steps } = convert(recording({
    method: "POST",
    url: "http://a.example/${a}?q=${b}",
    headers: [{ name: "x", value: "${c}" }],
    postData: { mimeType: "text/plain", text: "${d} ü" },
  })).scenario;
  assertEquals(steps[0]?.path, "/$%7Ba%7D?q=$%7Bb}");
  assertEquals(new TextDecoder().decode(Uint8Array.fromBase64(steps[0]?.body_base64 ?? "")), "${d} ü");
});

Deno.test("convertHar() writes nothing that reads the environment of whoever runs the scenario", () => {
  const trap = "${env(SECRET)}";
  const bytes = recording(
    {
      method: "POST",
      url: `http://a.example/${trap}?q=${trap}#${trap}`,
      headers: [{ name: "x-a", value: trap }, { name: trap, value: "1" }, {
        name: "content-type",
        value: trap,
      }],
      postData: { mimeType: `multipart/${trap}`, params: [{ name: trap, value: trap, contentType: trap }] },
    },
    { url: `http://${trap}.a.example/` },
  );
  for (const changes of [{}, { preserveHeaders: true }, { format: "url-file" as const }]) {
    const { text } = convertHar(bytes, { ...HAR_OPTIONS, ...changes });
    assert(!text.includes("${"), text);
  }
  assertStringIncludes(
    convert(bytes, { preserveHeaders: true }).remarks,
    "3 headers left out, as a scenario would run a function in it",
  );
});

Deno.test("convertHar() says which recorded headers a run will refuse or fill in", () => {
  const headers = [{ name: "Accept;q", value: "1" }, { name: "x", value: "${a}" }];
  const { remarks } = convert(recording({ headers }), { preserveHeaders: true });
  assertStringIncludes(remarks, 'no header names, and a run refuses them: "Accept;q"');
  assertStringIncludes(remarks, "1 header value with ${name}, which a scenario takes for a variable");
});

Deno.test("convertHar() keeps header lines apart and names in their case, and tells what it cannot read", () => {
  const headers = [
    { name: "Accept-Language", value: "de" },
    { name: "X-Dup", value: "1" },
    { name: "x-dup", value: "2" },
    { name: "cookie", value: "a=1" },
    { name: "cookie", value: "b=2" },
    { name: "X-Odd", value: [] },
  ];
  const { scenario, remarks } = convert(recording({ headers }), { preserveHeaders: true });
  assertEquals(scenario.steps[0]?.headers, {
    "Accept-Language": "de",
    "X-Dup": ["1", "2"],
    cookie: "a=1; b=2",
  });
  assertStringIncludes(
    remarks,
    "Warning: 1 header with control characters, or without a readable name and value, left out",
  );
});

Deno.test("convertHar() loses only the pause before a request whose start cannot be read", () => {
  const at = (second: number) => `2024-05-01T10:00:0${second}.000Z`;
  const bytes = new TextEncoder().encode(JSON.stringify({
    log: {
      // Not in the order in which the requests began.
      entries: [[at(4), 10], [at(0), 10], ["", 10], [at(2), 10]].map(([startedDateTime, time], index) => ({
        startedDateTime,
        time,
        request: { method: "GET", url: `http://a.example/${index}` },
      })),
    },
  }));
  const { scenario, remarks } = convert(bytes, { thinkTimeMultiplier: 1 });
  assertEquals(scenario.steps.map(({ path, think_time }) => [path, think_time]), [
    ["/1", undefined],
    ["/2", 1.98],
    ["/3", 1.99],
    ["/0", undefined],
  ]);
  assertStringIncludes(
    remarks,
    "Warning: 1 request without a readable start time: the pause before each is not known and left out",
  );
});

Deno.test("convertHar() tells of query parameters that are recorded beside a URL without any", () => {
  const queryString = [{ name: "a", value: "%5B1%5D" }];
  const { scenario, remarks } = convert(
    recording({ queryString }, { url: "http://a.example/x?a=%5B1%5D", queryString }),
  );
  assertEquals(scenario.steps[1]?.path, "/x?a=%5B1%5D");
  assertStringIncludes(
    remarks,
    "Warning: 1 URL without the query parameters that the recording lists beside: sent as the URL is",
  );
});

Deno.test("convertHar() writes scenarios that load", async () => {
  for (const preserveHeaders of [false, true]) {
    const { text } = convertHar(SHOP, { ...HAR_OPTIONS, preserveHeaders, assertStatus: true });
    const { scenario, warnings } = await loadScenario(text, {
      path: "shop.json",
      readFile: () => Promise.reject(new Error("no file is needed")),
      env: () => undefined,
    });
    assertEquals(warnings, []);
    const steps = httpStepsOf(scenario);
    assertEquals(steps[1]?.url, "https://api.example.com/cart");
    assertEquals(steps[1]?.body, { kind: "text", text: '{"id":  7,\n "n":1.0}' });
    assertEquals(steps[4]?.body, { kind: "base64", base64: "iVBORw0KGgoA" });
    assertEquals(steps.map((step) => step.thinkMs), [2000, 200, 790, 2000, 30_000, 0]);
    assert(!steps.some((step) => step.isTemplate));
  }
});

Deno.test("convertHar() masks credentials of URLs in step names and keeps them in paths", () => {
  const { steps } = convert(recording({ url: "http://a.example/x?access_token=abc&p=1" })).scenario;
  assertEquals(steps[0]?.name, "GET /x?access_token=***&p=1");
  assertEquals(steps[0]?.path, "/x?access_token=abc&p=1");
});

Deno.test("convertHar() turns user info of a URL into a header, on request only", () => {
  const bytes = recording({ url: "http://ann:p%20w@a.example/x" });
  const bare = convert(bytes);
  assertEquals([bare.scenario.base_url, bare.scenario.steps[0]?.headers], ["http://a.example", undefined]);
  assert(!bare.text.includes("ann"));
  const kept = convert(bytes, { preserveHeaders: true });
  assertEquals(kept.scenario.steps[0]?.headers, { Authorization: "Basic YW5uOnAgdw==" });
});

Deno.test("convertHar() survives header names that mean something to the language", () => {
  const headers = [{ name: "__proto__", value: "x" }, { name: "constructor", value: "y" }];
  const { text } = convert(recording({ headers }), { preserveHeaders: true });
  assertStringIncludes(text, '"__proto__": "x"');
});

Deno.test("convertHar() counts the filters when nothing is left", () => {
  const error = assertThrows(() => convert(SHOP, { domains: ["elsewhere.test"] }), UsageError);
  assertEquals(
    error.message,
    'Cannot convert "shop.har": no request remained of 14 recorded requests (left out 14: ' +
      "1 with control characters in URL or method, 1 not HTTP, 1 aborted, 1 WebSocket (--format scenario keeps those with recorded messages), 1 CORS preflight, " +
      "1 at private addresses (--allow-private), 2 static (--include-static), 6 on other hosts (--domain))",
  );
});

Deno.test("convertHar() converts 20 MB with response bodies, and says when the scenario is too large to run", () => {
  const content = { mimeType: "text/html", text: "<p>lorem ipsum</p>".repeat(500) };
  const requests = Array.from({ length: 2_200 }, (_, index) => ({
    method: "POST",
    url: `http://a.example/items/${index}`,
    postData: { mimeType: "application/json", text: JSON.stringify({ index }) },
    response: { status: 200, content },
  }));
  const bytes = recording(...requests);
  assertGreater(bytes.length, 19_000_000);
  const { scenario, text, remarks } = convert(bytes);
  assertEquals(scenario.steps.length, 2_200);
  assert(!isTooLarge(text) && !remarks.includes("larger"));
  const heavy = requests.map((request) => ({ ...request, postData: { text: "x".repeat(5_000) } }));
  assertStringIncludes(convert(recording(...heavy)).remarks, "larger than what a run reads");
});
