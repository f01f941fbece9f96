/** One pass through a flow: order, pauses, failures and ends. */
import { GroupRecorder } from "../../src/metrics/group_recorder.ts";
import type { GroupName } from "../../src/metrics/measure_groups.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Exchange, HttpClient, PreparedRequest } from "../../src/client/exchange/http_client.ts";
import { FAILURE, FAILURE_KINDS } from "../../src/metrics/failure.ts";
import type { Scenario } from "../../src/plan/scenario.ts";
import { type FlowContext, FlowUser } from "../../src/scenario/iteration.ts";
import { respondInto, type ResponseParts } from "../steps/http/rules/_responses.ts";
import { compile, scenarioOf, stepOf } from "./_plans.ts";

/** What the made-up server says to a request; a name of a failure kind when it says nothing. */
type Answer = ResponseParts | keyof typeof FAILURE;

interface Setting {
  readonly response?: (request: PreparedRequest, count: number) => Answer;
  readonly context?: Partial<FlowContext>;
  readonly lengths?: Map<number, number>;
  readonly number?: number;
}

/** A user on a fake clock, talking to a made-up server; each exchange takes 10 ms. */
async function userOf(
  scenario: Scenario,
  { response = () => ({}), context, lengths, number = 0 }: Setting = {},
) {
  const sent: PreparedRequest[] = [];
  const records: string[] = [];
  const latencies: number[] = [];
  const pauses: number[] = [];
  let nowMs = 1000;
  const client: HttpClient = {
    exchange(request: PreparedRequest, out: Exchange) {
      sent.push(request);
      nowMs += 10;
      const given = response(request, sent.length);
      if (typeof given === "string") out.failure = FAILURE[given];
      else respondInto(out, given);
      out.finish(nowMs);
      return Promise.resolve();
    },
    warm: () => Promise.resolve(),
    deadlineMs: Infinity,
    abort() {},
    close() {},
  };
  const recorder = {
    counts: { iterations: 0, cutIterations: 0 },
    started: 0,
    lengthErrors: 0,
    start() {
      recorder.started++;
    },
    countUnfilled(step: number, rule: string) {
      records.push(`${step} ${rule}`);
    },
    record(step: number, exchange: Exchange, rules: readonly string[] | null) {
      latencies.push(exchange.endMs - exchange.dueMs);
      const failure = FAILURE_KINDS[exchange.failure]!.name;
      records.push([step, exchange.status, failure, rules === null ? "null" : rules.join(" | ")].join(" "));
    },
    group: <Name extends GroupName>(_step: number, name: Name) => new GroupRecorder(name),
    custom: { check: () => ({ passed: 0, failed: 0 }) },
    countLengthError() {
      recorder.lengthErrors++;
    },
    drop() {},
    limits: { add() {} },
    reserveHead: () => false,
    foundInstead: { has: () => true, note() {} },
    noteDetail() {},
  };
  const shared: FlowContext = {
    program: await compile(scenario, { recorder, lengths: lengths ?? null, now: () => nowMs }),
    recorder,
    budget: { left: Infinity },
    seed: 1,
    thinkMs: 0,
    thinkJitter: 0,
    pausesAtEnd: true,
    now: () => nowMs,
    startMs: () => 1000,
    isOver: () => false,
    sleep(ms) {
      pauses.push(ms);
      nowMs += ms;
      return Promise.resolve();
    },
    wallClockMs: () => nowMs,
    newClient: () => {
      throw new Error("Nothing is sent at the same time");
    },
    ...context,
  };
  const user = new FlowUser(client, number, shared);
  return { user, sent, records, latencies, pauses, recorder, context: shared };
}

function urls(sent: readonly PreparedRequest[]): string[] {
  return sent.map(({ url }) => url.pathname + url.search);
}

function cookieOf(request: PreparedRequest | undefined): string | undefined {
  return request?.headers.find(([name]) => name === "Cookie")?.[1];
}

Deno.test("FlowUser runs the steps in order and counts each and the iteration", async () => {
  const run = await userOf(scenarioOf([stepOf("/a"), stepOf("/b")]));
  await run.user.iterate(0, -1);
  await run.user.iterate(1, -1);
  assertEquals(urls(run.sent), ["/a", "/b", "/a", "/b"]);
  assertEquals(run.records.slice(0, 2), ["0 200 none null", "1 200 none null"]);
  assertEquals([run.recorder.counts.iterations, run.recorder.started], [2, 4]);
});

Deno.test("FlowUser measures the first step from when it was due, later ones from their start", async () => {
  const run = await userOf(scenarioOf([stepOf("/a"), stepOf("/b", { thinkMs: 0 })]));
  await run.user.iterate(0, -1);
  await run.user.iterate(1, 5);
  assertEquals(run.latencies, [10, 10, 25, 10]);
});

Deno.test("FlowUser hands extracted values to later steps and forgets them with the iteration", async () => {
  const login = stepOf("/login", {
    extract: [
      { name: "token", from: "json", expression: "t" },
      { name: "next", from: "header", expression: "Location" },
      { name: "id", from: "regex", expression: "id=(\\d+)" },
    ],
  });
  const use = stepOf("${next}", {
    base: "http://h/",
    headers: [["A", "Bearer ${token}"]],
    body: { kind: "text", text: "${id}" },
  });
  const run = await userOf(scenarioOf([login, use]), {
    response: (_, count) =>
      count === 3 ? {} : { body: `{"t":"secret","x":"id=${count}"}`, headers: ["location: /next"] },
  });
  await run.user.iterate(0, -1);
  assertEquals(urls(run.sent), ["/login", "/next"]);
  assertEquals(run.sent[1]!.headers, [["A", "Bearer secret"]]);
  assertEquals(new TextDecoder().decode(run.sent[1]!.body!), "1");
  await run.user.iterate(1, -1);
  assertEquals(urls(run.sent), ["/login", "/next", "/login"]);
  assertMatch(
    run.records[2]!,
    /^0 200 extract ExtractFailure: token: .* \| ExtractFailure: next: .* \| ExtractFailure: id: /,
  );
  assertEquals(run.recorder.counts.iterations, 2);
});

Deno.test("FlowUser binds what it finds and goes on when extraction failures are to be passed over", async () => {
  const first = stepOf("/1", {
    extract: [{ name: "a", from: "json", expression: "a" }, { name: "b", from: "json", expression: "b" }],
  });
  const run = await userOf(
    scenarioOf([first, stepOf("/${b}"), stepOf("/${a}"), stepOf("/4")], {
      onExtractFailure: "continue",
      onTemplateError: "keep_literal",
    }),
    { response: () => ({ body: '{"b":2}' }) },
  );
  await run.user.iterate(0, -1);
  assertEquals(urls(run.sent), ["/1", "/2", "/$%7Ba%7D", "/4"]);
});

Deno.test("FlowUser ends an iteration at a step that cannot be filled in, and lets others run", async () => {
  const run = await userOf(scenarioOf([stepOf("/${none}"), stepOf("/b")]), {
    context: { pausesAtEnd: false },
  });
  await run.user.iterate(0, -1);
  assertEquals(run.sent, []);
  assertEquals(run.records, ["0 TemplateError: no value for ${none}"]);
  assertEquals([run.recorder.started, run.recorder.counts.iterations, run.pauses], [0, 1, [1]]);
});

Deno.test("FlowUser goes on after a failed request, unless a later step needs its values", async () => {
  const steps = [
    stepOf("/a"),
    stepOf("/b", { extract: [{ name: "x", from: "json", expression: "x" }] }),
    stepOf("/c"),
  ];
  const run = await userOf(scenarioOf(steps), { response: () => "timeout" });
  await run.user.iterate(0, -1);
  assertEquals(run.records, ["0 0 timeout null", "1 0 timeout null"]);
  const patient = await userOf(scenarioOf(steps, { onExtractFailure: "continue" }), {
    response: () => "timeout",
  });
  await patient.user.iterate(0, -1);
  assertEquals(patient.records.length, 3);
});

Deno.test("FlowUser records one error a request, whatever is wrong with it", async () => {
  const status = { kind: "status", equals: 404 } as const;
  const contains = { kind: "body_contains", text: "x" } as const;
  const extract = [{ name: "v", from: "json", expression: "v" }] as const;
  const rows:
    readonly (readonly [parts: Parameters<typeof stepOf>[1], response: ResponseParts, record: string])[] = [
      [{ checks: [status] }, { status: 404 }, "0 404 none "],
      [{ checks: [status] }, { status: 200 }, "0 200 none AssertStatus: expected 404, got 200"],
      [
        { checks: [status, contains] },
        { status: 500 },
        "0 500 none AssertStatus: expected 404, got 500 | AssertBody: 'x' not found",
      ],
      [{ checks: [contains] }, { status: 500, body: "x" }, "0 500 none null"],
      [{ checks: [contains] }, { status: 200, body: "x" }, "0 200 none "],
      [{ checks: [contains] }, { status: 500 }, "0 500 none AssertBody: 'x' not found"],
      [{ extract }, { status: 500 }, "0 500 http_status ExtractFailure: v: nothing at JSON path v"],
      [{ extract }, { status: 200 }, "0 200 extract ExtractFailure: v: nothing at JSON path v"],
      [{ extract, checks: [status] }, { status: 404, body: '{"v":1}' }, "0 404 none "],
      [
        { extract, checks: [status] },
        { status: 404 },
        "0 404 extract ExtractFailure: v: nothing at JSON path v",
      ],
      [
        { extract, checks: [status] },
        { status: 200 },
        "0 200 none AssertStatus: expected 404, got 200 | ExtractFailure: v: nothing at JSON path v",
      ],
    ];
  for (const [parts, response, record] of rows) {
    const run = await userOf(scenarioOf([stepOf("/", parts)]), { response: () => response });
    await run.user.iterate(0, -1);
    assertEquals(run.records, [record]);
  }
});

Deno.test("FlowUser pauses for the step's time, an explicit 0 included, else for the load's", async () => {
  const steps = [stepOf("/a", { thinkMs: 0 }), stepOf("/b", { thinkMs: 300 }), stepOf("/c"), stepOf("/d")];
  const run = await userOf(scenarioOf(steps), { context: { thinkMs: 1000 } });
  await run.user.iterate(0, -1);
  assertEquals(run.pauses, [300, 1000, 1000]);
  const open = await userOf(scenarioOf(steps), { context: { thinkMs: 1000, pausesAtEnd: false } });
  await open.user.iterate(0, -1);
  assertEquals(open.pauses, [300, 1000]);
});

Deno.test("FlowUser pauses after an aborted iteration as after the step it reached", async () => {
  const run = await userOf(
    scenarioOf([stepOf("/${none}", { thinkMs: 200 }), stepOf("/b", { thinkMs: 900 })]),
  );
  await run.user.iterate(0, -1);
  assertEquals(run.pauses, [200]);
});

Deno.test("FlowUser spreads pauses by the jitter, the same for the same user", async () => {
  const steps = Array.from({ length: 200 }, (_, i) => stepOf(`/${i}`, { thinkMs: 100 }));
  const pausesOf = async (number: number) => {
    const run = await userOf(scenarioOf(steps), { context: { thinkJitter: 0.5 }, number });
    await run.user.iterate(0, -1);
    return run.pauses;
  };
  const pauses = await pausesOf(3);
  assert(pauses.every((ms) => ms >= 50 && ms <= 150));
  assertEquals([Math.min(...pauses) < 60, Math.max(...pauses) > 140], [true, true]);
  assertEquals(await pausesOf(3), pauses);
  assertEquals((await pausesOf(4)).join() === pauses.join(), false);
});

Deno.test("FlowUser starts no step beyond the budget or the end of the run, and counts no cut iteration", async () => {
  const steps = [stepOf("/a"), stepOf("/b"), stepOf("/c")];
  const short = await userOf(scenarioOf(steps), { context: { budget: { left: 2 } } });
  await short.user.iterate(0, -1);
  assertEquals([urls(short.sent), short.context.budget.left, short.recorder.counts.iterations], [
    ["/a", "/b"],
    0,
    0,
  ]);
  const delayed = await userOf(scenarioOf(steps), { context: { isOver: (nowMs) => nowMs >= 1015 } });
  await delayed.user.iterate(0, -1);
  assertEquals([urls(delayed.sent), delayed.recorder.counts.iterations], [["/a", "/b"], 0]);
});

Deno.test("FlowUser stops at an exchange that the end of the run cut off", async () => {
  const run = await userOf(scenarioOf([stepOf("/a"), stepOf("/b")]), { response: () => "unfinished" });
  await run.user.iterate(0, -1);
  assertEquals([run.records, run.recorder.counts.iterations, run.pauses], [["0 0 unfinished null"], 0, []]);
});

Deno.test("FlowUser draws one row an iteration and is spent when there is none", async () => {
  const data = [{ name: "d", strategy: "unique", fields: ["id"], rows: [["1"], ["2"]] }] as const;
  const run = await userOf(scenarioOf([stepOf("/${d.id}"), stepOf("/again/${d.id}")], { data }));
  for (let k = 0; k < 3; k++) await run.user.iterate(k, -1);
  assertEquals(urls(run.sent), ["/1", "/again/1", "/2", "/again/2"]);
  assertEquals([run.user.isSpent, run.recorder.counts.iterations], [true, 2]);
});

Deno.test("FlowUser draws the same random values for the same seed and iteration, whoever runs it", async () => {
  const drawn = async (iteration: number, seed: number, number = 0) => {
    const run = await userOf(scenarioOf([stepOf("/${uuid()}")]), { number, context: { seed } });
    await run.user.iterate(iteration, -1);
    return urls(run.sent)[0];
  };
  assertEquals(await drawn(1, 1), await drawn(1, 1, 5));
  assertEquals(new Set([await drawn(1, 1), await drawn(2, 1), await drawn(1, 2)]).size, 3);
});

Deno.test("FlowUser keeps the cookies that servers set, in front of those that the user gave", async () => {
  const steps = [stepOf("/a"), stepOf("/b", { headers: [["cookie", "own=1"], ["X", "${counter()}"]] })];
  const run = await userOf(scenarioOf(steps, { cookies: "persistent" }), {
    response: (_, count) => count === 1 ? { headers: ["Set-Cookie: s=1; Path=/"] } : {},
  });
  await run.user.iterate(0, -1);
  await run.user.iterate(1, -1);
  assertEquals(run.sent.map(cookieOf), [undefined, "s=1; own=1", "s=1", "s=1; own=1"]);
});

Deno.test("FlowUser sends cookies only where they belong", async () => {
  const steps = [
    stepOf("/a/login"),
    stepOf("/a/x"),
    stepOf("/b"),
    stepOf("http://other/a/x"),
    stepOf("https://h/a/x"),
  ];
  const run = await userOf(scenarioOf(steps, { cookies: "persistent" }), {
    response: (_, count) => count === 1 ? { headers: ["Set-Cookie: s=1"] } : {},
  });
  await run.user.iterate(0, -1);
  assertEquals(run.sent.map(cookieOf), [undefined, "s=1", undefined, undefined, "s=1"]);
});

Deno.test("FlowUser makes a request with cookies anew only when they change or expire", async () => {
  const run = await userOf(scenarioOf([stepOf("/a", { thinkMs: 0 })], { cookies: "persistent" }), {
    response: (_, count) =>
      count === 1 || count === 4
        ? { headers: [`Set-Cookie: s=${count}; Path=/; Max-Age=${count === 1 ? 9 : 0.5}`] }
        : {},
    context: { sleep: () => Promise.resolve() },
  });
  for (let k = 0; k < 7; k++) await run.user.iterate(k, -1);
  assertEquals(run.sent.map(cookieOf), [undefined, "s=1", "s=1", "s=1", "s=4", "s=4", "s=4"]);
  assertEquals([run.sent[1] === run.sent[3], run.sent[4] === run.sent[6], run.sent[3] === run.sent[4]], [
    true,
    true,
    false,
  ]);
});

Deno.test("FlowUser forgets expired cookies", async () => {
  const run = await userOf(scenarioOf([stepOf("/a", { thinkMs: 600 })], { cookies: "persistent" }), {
    response: (_, count) => count === 1 ? { headers: ["Set-Cookie: s=1; Path=/; Max-Age=1"] } : {},
  });
  for (let k = 0; k < 3; k++) await run.user.iterate(k, -1);
  assertEquals(run.sent.map(cookieOf), [undefined, "s=1", undefined]);
});

Deno.test("FlowUser begins every iteration without cookies when sessions are fresh, and ignores them if told to", async () => {
  for (const cookies of ["fresh_per_iteration", "ignore"] as const) {
    const run = await userOf(scenarioOf([stepOf("/a"), stepOf("/b")], { cookies }), {
      response: () => ({ headers: ["Set-Cookie: s=1; Path=/"] }),
    });
    for (let k = 0; k < 2; k++) await run.user.iterate(k, -1);
    const second = cookies === "ignore" ? undefined : "s=1";
    assertEquals(run.sent.map(cookieOf), [undefined, second, undefined, second]);
  }
});

Deno.test("FlowUser compares declared lengths step by step, and only of fixed requests", async () => {
  const steps = [stepOf("/a"), stepOf("/b"), stepOf("/${counter()}")];
  const lengths = [5, 7, 1, 5, 8, 2];
  const run = await userOf(scenarioOf(steps), {
    lengths: new Map(),
    response: (_, count) => ({ declaredLength: lengths[count - 1]! }),
  });
  for (let k = 0; k < 2; k++) await run.user.iterate(k, -1);
  assertEquals(run.recorder.lengthErrors, 1);
});
