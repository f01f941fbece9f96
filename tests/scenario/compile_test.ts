/** Scenarios as threads run them. */
import { assertAlmostEquals, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { headText } from "../../src/client/http1/encode_request.ts";
import { UsageError } from "../../src/lib/errors.ts";
import { Random } from "../../src/lib/random.ts";
import type { HttpStep } from "../../src/plan/http_step.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import type { Program } from "../../src/scenario/compile.ts";
import type { CompiledHttpStep } from "../../src/steps/http/compile_step.ts";
import type { FilledStep } from "../../src/steps/http/step_form.ts";
import type { Scope } from "../../src/template/scope.ts";
import { Counters } from "../../src/template/counters.ts";
import { compile, httpThread, scenarioOf, stepOf } from "./_plans.ts";

function scope(variables: Record<string, string> = {}, rows: Scope["rows"] = []): Scope {
  return {
    random: new Random(1),
    counters: new Counters({ index: 0, of: 1 }),
    user: 1,
    iteration: 1,
    wallClockMs: () => 0,
    variables: new Map(Object.entries(variables)),
    rows,
  };
}

async function compiled(step: HttpStep, parts: Partial<Scenario> = {}): Promise<CompiledHttpStep> {
  const thread = await httpThread(scenarioOf([step], parts));
  thread.add(step, 0);
  return thread.steps[0]!;
}

async function filled(step: HttpStep, values: Scope, parts: Partial<Scenario> = {}): Promise<FilledStep> {
  return (await compiled(step, parts)).fill(values);
}

function bodyOf(result: FilledStep): string {
  return "step" in result && result.step.body?.kind === "text" ? result.step.body.text : "";
}

function requestText(step: CompiledHttpStep): string {
  const request = step.fixed!.request;
  return headText(request, { keepAlive: true }) + new TextDecoder().decode(request.body ?? new Uint8Array());
}

Deno.test("compileScenario() makes a step without placeholders one request", async () => {
  const step = await compiled(
    stepOf("/a?b", { method: "POST", headers: [["X", "1"]], body: { kind: "text", text: "c" } }),
  );
  assertEquals(requestText(step), "POST /a?b HTTP/1.1\r\nHost: h\r\nX: 1\r\nContent-Length: 1\r\n\r\nc");
});

Deno.test("compileScenario() puts environment values in before the load", async () => {
  const step = await compiled(
    stepOf("/a", {
      headers: [["X", "${env(TOKEN)}"]],
      body: { kind: "text", text: '{"t":"${env(TOKEN)}"}', isJson: true },
    }),
    { env: { TOKEN: 'a"${b}' } },
  );
  assertMatch(requestText(step), /\r\nX: a"\$\{b\}\r\n/);
  assertMatch(requestText(step), /\r\n\r\n\{"t":"a\\"\$\{b\}"\}$/);
});

Deno.test("compileScenario() leaves texts alone where the step is no template", async () => {
  const step = await compiled(stepOf("/a", { headers: [["X", "${uuid()}"]], isTemplate: false }));
  assertMatch(requestText(step), /X: \$\{uuid\(\)\}/);
});

Deno.test("fill() lets no value end a URL or vanish from it", async () => {
  const urlOf = async (url: string, variables: Record<string, string>, parts: Partial<Scenario> = {}) => {
    const result = await filled(stepOf(url, { base: "http://h/" }), scope(variables), parts);
    return "url" in result ? `${result.url.pathname}${result.url.search}` : result.error;
  };
  const a = "c#\tx\r\n";
  assertEquals(await urlOf("/a/${a}?b=${a}&k=1#top", { a }), "/a/c%23%09x%0D%0A?b=c%23%09x%0D%0A&k=1");
  assertEquals(await urlOf("/a?b=${env(A)}&k=1", {}, { env: { A: a } }), "/a?b=c%23%09x%0D%0A&k=1");
  // An answer's own link.
  assertEquals(await urlOf("${a}", { a: "/next?page=2#list" }), "/next?page=2");
  assertEquals(await urlOf("/a&b=${a}", { a: "1&2/ü" }), "/a&b=1&2%2F%C3%BC");
});

Deno.test("fill() writes each value as its place in the URL wants it", async () => {
  const value = "a b/c?d&e=f+100%ü:@";
  const rows: readonly (readonly [url: string, href: string])[] = [
    ["/x/${v}/y", "http://h/x/a%20b%2Fc%3Fd&e=f+100%25%C3%BC:@/y"],
    ["/x?q=${v}&r=1", "http://h/x?q=a%20b/c?d%26e%3Df%2B100%25%C3%BC:@&r=1"],
    ["/x?q=${urlencode(v)}", "http://h/x?q=a%20b%2Fc%3Fd%26e%3Df%2B100%25%C3%BC%3A%40"],
    ["/x/${raw(v)}", "http://h/x/a%20b/c?d&e=f+100%%C3%BC:@"],
    ["/x?${more}&z=1", "http://h/x?m=1&n=2&z=1"],
    ["http://${host}/${n + 1}", "http://other:81/42"],
    ["${link}/${v}", "http://h/l/a%20b%2Fc%3Fd&e=f+100%25%C3%BC:@"],
  ];
  const variables = { v: value, more: "m=1&n=2", host: "other:81", link: "/l", n: "41" };
  for (const [url, href] of rows) {
    const result = await filled(stepOf(url, { base: "http://h/" }), scope(variables));
    assertEquals("url" in result ? result.url.href : result.error, href, url);
  }
});

Deno.test("fill() writes pieces of a body one behind the other, values of forms encoded", async () => {
  const body = {
    kind: "pieces",
    pieces: [
      { kind: "text", text: "a=" },
      { kind: "text", text: "x ${v}", isForm: true },
      { kind: "text", text: "&raw=${v}" },
      { kind: "base64", base64: btoa("&file=1") },
    ],
  } as const;
  const result = await filled(stepOf("/", { body, isTemplate: true }), scope({ v: "ü&=" }));
  assertEquals(bodyOf(result), "a=x+%C3%BC%26%3D&raw=ü&=&file=1");
  const bytes = { kind: "pieces", pieces: [...body.pieces, { kind: "base64", base64: "/wA=" }] } as const;
  const binary = await filled(stepOf("/", { body: bytes, isTemplate: true }), scope({ v: "1" }));
  assertEquals("bytes" in binary && binary.bytes?.slice(-4), new Uint8Array([61, 49, 255, 0]));
});

Deno.test("fill() inserts variables, rows and functions everywhere, as they are", async () => {
  const step = stepOf("/u/${id}?n=${d.n}", {
    headers: [["X-${id}", "${counter()} ${counter()}"]],
    body: { kind: "text", text: '<${d.q}> "${id}"' },
  });
  const data = [{ name: "d", strategy: "loop", fields: ["n", "q"], rows: [] }] as const;
  const result = await filled(step, scope({ id: "7" }, [["ü", '"&']]), { data });
  if ("error" in result) throw new Error(result.error);
  assertEquals(result.step.url, "http://h/u/7?n=%C3%BC");
  assertEquals(result.step.headers, [["X-7", "1 2"]]);
  assertEquals(bodyOf(result), '<"&> "7"');
});

Deno.test("fill() escapes what goes into a body made of JSON", async () => {
  const body = { kind: "text", text: JSON.stringify({ "k${v}": ["${v}", 1] }), isJson: true } as const;
  const value = 'quote " backslash \\ line\nü';
  const result = await filled(stepOf("/", { body }), scope({ v: value }));
  assertEquals(JSON.parse(bodyOf(result)), { [`k${value}`]: [value, 1] });
});

Deno.test("fill() resolves a URL against the step's base once it is known", async () => {
  const step = stepOf("${next}", { base: "http://h/api/v1" });
  for (
    const [next, url] of [
      ["/x", "http://h/x"],
      ["v2", "http://h/api/v2"],
      ["https://other:8443/y#z", "https://other:8443/y#z"],
      ["a b", "http://h/api/a%20b"],
    ] as const
  ) {
    const result = await filled(step, scope({ next }));
    assertEquals("url" in result && result.url.href, url);
  }
});

Deno.test("fill() says what is missing, each once, and nothing of the values", async () => {
  const step = stepOf("/${a}/${b}/${a}");
  assertEquals(await filled(step, scope({ b: "1" })), { error: "no value for ${a}" });
  assertEquals(await filled(step, scope()), { error: "no value for ${a}, ${b}" });
});

Deno.test("fill() keeps placeholders without a value when the scenario says so", async () => {
  const step = stepOf("/", { body: { kind: "text", text: "${a}-${b}" } });
  assertEquals(bodyOf(await filled(step, scope({ b: "1" }), { onTemplateError: "keep_literal" })), "${a}-1");
});

Deno.test("fill() refuses values that would break the request", async () => {
  for (
    const [step, value] of [
      [stepOf("/", { headers: [["X", "${v}"]] }), "a\r\nSet-Cookie: b"],
      [stepOf("/", { headers: [["X", "${v}"]] }), "a\nb"],
      [stepOf("/", { headers: [["X-${v}", "a"]] }), "a b"],
      [stepOf("/", { headers: [["${v}", "a"]] }), ""],
      [stepOf("${v}"), "/no/base"],
      [stepOf("${v}"), "file:///etc/passwd"],
      [stepOf("http://${v}/"), "a b"],
    ] as const
  ) {
    const result = await filled(step, scope({ v: value }));
    assertEquals(
      "error" in result && !result.error.includes(value || "no value"),
      true,
      JSON.stringify(value),
    );
  }
});

Deno.test("a cache-busting parameter is fresh for every request and stands in the query", async () => {
  const step = await compiled(stepOf("/a?b=1"), { cacheBust: true });
  assertEquals(step.fixed, null);
  const values = scope();
  const urls = [1, 2].map(() => {
    const result = step.fill(values);
    return "url" in result ? result.url.href : result.error;
  });
  assertMatch(urls[0]!, /^http:\/\/h\/a\?b=1&_cb=[0-9a-f]{32}$/);
  assertNotEquals(urls[0], urls[1]);
});

Deno.test("a step wants head and body only if something looks at them", async () => {
  const wants = async (parts: Partial<HttpStep>, cookies: Scenario["cookies"] = "ignore") => {
    const { request } = (await compiled(stepOf("/", parts), { cookies })).fixed!;
    return [request.wantsHead, request.wantsBody, request.wantsCookies];
  };
  assertEquals(await wants({}), [false, false, false]);
  assertEquals(await wants({}, "persistent"), [false, false, true]);
  assertEquals(await wants({ checks: [{ kind: "status", equals: 200 }, { kind: "max_latency", ms: 1 }] }), [
    false,
    false,
    false,
  ]);
  assertEquals(await wants({ checks: [{ kind: "header", name: "X" }] }), [true, false, false]);
  assertEquals(await wants({ extract: [{ name: "a", from: "json", expression: "a" }] }), [
    false,
    true,
    false,
  ]);
});

Deno.test("a step wants heads of coded answers only where it asks for them and looks at their bodies", async () => {
  const wantsHead = async (value: string, isRead: boolean) => {
    const extract = isRead ? [{ name: "a", from: "json", expression: "a" } as const] : [];
    return (await compiled(stepOf("/", { headers: [["accept-Encoding", value]], extract }))).fixed?.request
      .wantsHead;
  };
  assertEquals([await wantsHead("gzip", true), await wantsHead("gzip", false)], [true, false]);
  assertEquals(await wantsHead("identity", true), false);
});

function flowSteps(program: Program, iterations: number): number[] {
  return Array.from({ length: iterations }, (_, k) => program.flowOf(k).steps[0]!.index);
}

const FLOWS = [
  { name: "a", weight: 3, steps: [stepOf("/a"), stepOf("/a2")] },
  { name: "b", weight: 1, steps: [stepOf("/b")] },
];

Deno.test("flowOf() takes flows in turn, and numbers steps through all of them", async () => {
  const program = await compile(scenarioOf([], { flows: FLOWS }));
  assertEquals(flowSteps(program, 4), [0, 2, 0, 2]);
});

Deno.test("flowOf() draws flows by weight, the same for the same seed and iteration", async () => {
  const weighted = scenarioOf([], { flows: FLOWS, pick: "weighted" });
  const drawn = flowSteps(await compile(weighted), 4000);
  assertAlmostEquals(drawn.filter((index) => index === 0).length / 4000, 0.75, 0.03);
  assertEquals(flowSteps(await compile(weighted), 4000), drawn);
  assertNotEquals(flowSteps(await compile(weighted, { seed: 2 }), 4000), drawn);
});

Deno.test("a flow draws from the data sets that it uses", async () => {
  const data = ["d", "e"].map((name) => ({ name, strategy: "loop", fields: ["f"], rows: [["1"]] }) as const);
  const flows = [
    { name: "a", weight: 1, steps: [stepOf("/${e.f}")] },
    { name: "b", weight: 1, steps: [stepOf("/"), stepOf("/", { headers: [["X", "${d.f}${e.f}"]] })] },
  ];
  const program = await compile(scenarioOf([], { flows, data }));
  assertEquals([program.flowOf(0).sets, program.flowOf(1).sets], [[1], [0, 1]]);
});

Deno.test("compileScenario() refuses what no checked file can hold", async () => {
  await assertRejects(() => compile(scenarioOf([], { flows: [] })), UsageError, "without flows");
  await assertRejects(
    () => compile(scenarioOf([stepOf("ftp://h/")])),
    UsageError,
    'Cannot make a request of step "ftp',
  );
});
