/** Requests made the quick way are those made the general way. */
import { assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { changedRequest, type PreparedRequest } from "../../../src/client/exchange/http_client.ts";
import { headText, RequestBuffer, RequestEncoder } from "../../../src/client/http1/encode_request.ts";
import { Random } from "../../../src/lib/random.ts";
import type { HeaderLine, HttpStep } from "../../../src/plan/http_step.ts";
import {
  BodyTextBuffer,
  quickFormOf,
  type QuickRequest,
  quickRequest,
} from "../../../src/steps/http/quick_request.ts";
import { assemble, bindStep, draw, withCookies } from "../../../src/steps/http/step_form.ts";
import type { Scope } from "../../../src/template/scope.ts";
import { Counters } from "../../../src/template/counters.ts";
import { prepareStep } from "../../../src/steps/http/prepare.ts";
import { PLAIN_CLIENT } from "../../_support/plan.ts";
import { scenarioOf, stepOf } from "../../scenario/_plans.ts";

const WANTS = { head: false, body: true, cookies: false };

function scopeOf(variables: Record<string, string>): Scope {
  return {
    random: new Random(1),
    counters: new Counters({ index: 0, of: 1 }),
    user: 1,
    iteration: 1,
    wallClockMs: () => 0,
    variables: new Map(Object.entries(variables)),
    rows: [],
  };
}

interface Case {
  readonly step: HttpStep;
  readonly variables: Record<string, string>;
  readonly cookies?: string;
  readonly closeConnection?: boolean;
}

/** The request made in one go; `null` when it has to be made the general way, or cannot be made. */
function quickly(
  { step, variables, cookies = "", closeConnection = false }: Case,
  buffer = new BodyTextBuffer(),
): QuickRequest | null {
  const form = bindStep(step, scenarioOf([step]));
  const quick = quickFormOf(form, { index: 3, wants: WANTS, closeConnection, followsRedirects: false });
  const { values } = draw(form, scopeOf(variables));
  const made = quick && quickRequest(quick, values, { buffer, cookiesFor: () => cookies });
  return typeof made === "string" ? null : made;
}

/** The request that the general way makes of it; `null` when that refuses. */
function generally({ step, variables, cookies = "", closeConnection = false }: Case): PreparedRequest | null {
  const form = bindStep(step, scenarioOf([step]));
  const filled = assemble(form, draw(form, scopeOf(variables)));
  if ("error" in filled) return null;
  return prepareStep(withCookies(filled.step, cookies), 3, {
    client: { ...PLAIN_CLIENT, keepAlive: !closeConnection },
    isRepeated: false,
    wantsHead: WANTS.head,
    wantsBody: WANTS.body,
    wantsCookies: WANTS.cookies,
  });
}

const text = new TextDecoder();

function textOf(request: PreparedRequest, { closeConnection = false }: Case): string {
  return headText(request, { keepAlive: !closeConnection });
}

/** What goes on the wire. */
function bytesOf(request: PreparedRequest, { closeConnection = false }: Case): string {
  const encoder = new RequestEncoder({ keepAlive: !closeConnection });
  return text.decode(encoder.encode(request, new RequestBuffer()).bytes);
}

/** All that a request is, whether it is there already or made when it is asked for. */
function partsOf(request: PreparedRequest): PreparedRequest {
  const { form: _form, texts: _texts, ...parts } = changedRequest(request, {});
  const told = Object.entries(parts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told) as unknown as PreparedRequest;
}

const values = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.stringMatching(/^[\w.~:@!$&'()*+,;=%-]{1,8}$/),
  fc.constantFrom(
    "..",
    ".",
    "1.5",
    "2",
    "%2e",
    "2e",
    "a b",
    "?",
    "#x",
    "a/b",
    "é",
    "\\",
    "'",
    '"',
    "a\r\nb",
    "//h",
    "x@y:1",
    "",
  ),
);

const headers = fc.array(
  fc.constantFrom<HeaderLine>(
    ["X-A", "${v}"],
    ["x-b", "a${w}b${v}"],
    ["Host", "other"],
    ["Cookie", "own=1"],
    ["Connection", "close"],
    ["Content-Length", "1"],
    ["X-Plain", "é"],
  ),
  { maxLength: 4 },
);

const cases = fc.record({
  step: fc.record({
    path: fc.constantFrom(
      ...[
        "/${v}",
        "/a?q=${v}&r=${w}",
        "http://h:81/${v}/${w}#f",
        "/a/${v}",
        "http://${v}/",
        "${v}",
        "${v}${w}",
      ],
      ...[
        "/.${v}/b",
        "/%${v}/c",
        "/a/${v}/../${w}",
        "/a b/${v}?'${w}",
        "/?${v}",
        "//${v}/x",
        "?${v}",
        "/x#${w}",
      ],
    ),
    method: fc.constantFrom("GET", "POST", "PUT", "HEAD"),
    headers,
    body: fc.constantFrom(undefined, { kind: "text", text: "b${v}" }, { kind: "text", text: "" }),
  }).map(({ path, method, headers, body }) =>
    stepOf(path, { method, headers, ...(body && { body: body as HttpStep["body"] & object }) })
  ),
  variables: fc.record({ v: values, w: values }),
  cookies: fc.constantFrom("", "a=1; b=2"),
  closeConnection: fc.boolean(),
});

Deno.test("quickRequest() makes the very request that the general way makes", () => {
  let made = 0;
  let written = 0;
  fc.assert(
    fc.property(cases, (one) => {
      const quick = quickly(one);
      if (quick === null) return;
      made++;
      if (quick.form !== undefined) written++;
      const general = generally(one);
      assertEquals(partsOf(quick), general && partsOf(general));
      assertEquals(textOf(quick, one), general && textOf(general, one));
      assertEquals(bytesOf(quick, one), general && bytesOf(general, one));
    }),
    { numRuns: 3000, seed: 1 },
  );
  // Nothing would be shown if nearly all went the general way.
  assertGreater(made, 500, `${made} were made quickly`);
  assertGreater(written, 200, `${written} were written from pieces`);
});

Deno.test("quickRequest() gives clients that do not send the bytes the same request", () => {
  const request = quickly({
    step: stepOf("/u/${v}", {
      method: "POST",
      headers: [["X", "${v}"]],
      body: { kind: "text", text: "<${v}>" },
    }),
    variables: { v: "é" },
    cookies: "a=1",
  })!;
  assertEquals(
    [request.url.href, request.origin, request.method, request.step],
    ["http://h/u/%C3%A9", "http://h", "POST", 3],
  );
  assertEquals(request.headers, [["X", "é"], ["Cookie", "a=1"]]);
  assertEquals(text.decode(request.body!), "<é>");
  assertEquals([request.isIdempotent, request.wantsBody, request.memory], [false, true, null]);
});

Deno.test("quickFormOf() leaves steps to the general way that it cannot write", () => {
  for (
    const parts of [
      { headers: [["X-${v}", "1"]] },
      { headers: [["Content-Length", "0"]] },
      { headers: [["Transfer-Encoding", "chunked"]] },
      { body: { kind: "base64", base64: "AAAA" } },
    ] as Partial<HttpStep>[]
  ) {
    const step = stepOf("/${v}", parts);
    const form = bindStep(step, scenarioOf([step]));
    const options = { index: 0, wants: WANTS, closeConnection: false, followsRedirects: false };
    assertEquals(quickFormOf(form, options), null);
  }
});

Deno.test("a request buffer grows, and is used again", () => {
  const buffer = new BodyTextBuffer();
  const long = "é".repeat(5000);
  assertEquals(text.decode(buffer.encode(long)), long);
  const first = buffer.encode("a");
  assertEquals([text.decode(first), buffer.encode("b").buffer === first.buffer], ["a", true]);
});
