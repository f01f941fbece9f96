/** Small scenarios and what they are compiled with, for tests of what runs them. */
import { GroupRecorder } from "../../src/metrics/group_recorder.ts";
import { CookieJar } from "../../src/client/exchange/cookie_jar.ts";
import type { PreparedRequest } from "../../src/client/exchange/http_client.ts";
import type { Body, HttpStep } from "../../src/plan/http_step.ts";
import { httpStepsOf, type Scenario, type Step } from "../../src/plan/scenario.ts";
import { loadRuleCompilers } from "../../src/steps/http/rules/rule_compilers.ts";
import { WHOLE } from "../../src/plan/share.ts";
import { compileScenario, type Program } from "../../src/scenario/compile.ts";
import type { Prepare } from "../../src/steps/http/compile_step.ts";
import { HttpThread, type HttpThreadOptions } from "../../src/steps/http/http_thread.ts";
import type { StepRecorder } from "../../src/steps/step_kind.ts";
import { placeholdersIn } from "../../src/template/template.ts";

/** A step whose name and URL are `http://h` and a path; it is a template when a text of it has a placeholder. */
export function stepOf(path: string, parts: Partial<HttpStep> = {}): HttpStep {
  const url = path.includes("://") || path.startsWith("${") ? path : `http://h${path}`;
  const step = {
    kind: "http" as const,
    name: path,
    method: "GET",
    url,
    headers: [],
    extract: [],
    checks: [],
    ...parts,
  };
  const texts = [url, ...step.headers.flat(), bodyText(parts.body)];
  return { isTemplate: texts.some((text) => placeholdersIn(text).length > 0), ...step };
}

function bodyText(body: Body | undefined): string {
  return body?.kind === "text" ? body.text : "";
}

/** A scenario of one flow with these steps. */
export function scenarioOf(steps: readonly Step[], parts: Partial<Scenario> = {}): Scenario {
  return {
    name: "test",
    pick: "rotate",
    flows: [{ name: "flow", weight: 1, steps }],
    data: [],
    cookies: "ignore",
    onExtractFailure: "abort_iteration",
    onTemplateError: "abort_iteration",
    cacheBust: false,
    ...parts,
  };
}

const encoder = new TextEncoder();

/** Makes requests as an engine does. */
export const prepare: Prepare = (step, index, wants): PreparedRequest => {
  const url = new URL(step.url);
  const { body: given } = step;
  const body = given?.kind === "text" ? encoder.encode(given.text) : null;
  return {
    step: index,
    method: step.method,
    url,
    origin: url.origin,
    headers: step.headers,
    body,
    isRepeated: wants.isRepeated,
    awaitsContinue: false,
    isLast: false,
    memory: null,
    followsRedirects: false,
    isIdempotent: true,
    wantsHead: wants.head,
    wantsBody: wants.body,
    wantsCookies: wants.cookies,
  };
};

/** What nobody counts. */
const UNCOUNTED: StepRecorder = {
  start() {},
  countUnfilled() {},
  record() {},
  group: (_step, name) => new GroupRecorder(name),
  countLengthError() {},
  custom: { check: () => ({ passed: 0, failed: 0 }) },
  limits: { add() {} },
  reserveHead: () => false,
  foundInstead: { has: () => true, note() {} },
  noteDetail() {},
};

/** HTTP steps on made-up requests and a clock that stands still. */
export async function httpThread(
  scenario: Scenario,
  options: Partial<HttpThreadOptions> = {},
): Promise<HttpThread> {
  return new HttpThread({
    scenario,
    recorder: UNCOUNTED,
    prepare,
    compilers: await loadRuleCompilers(httpStepsOf(scenario)),
    lengths: null,
    observe: null,
    createJar: () => new CookieJar(),
    decodeBody: () => null,
    now: () => 0,
    ...options,
  });
}

/** Compiles for one thread; all steps are HTTP steps. */
export function compile(
  scenario: Scenario,
  { seed = 1, ...options }: Partial<HttpThreadOptions> & { readonly seed?: number } = {},
): Promise<Program> {
  return compileScenario(scenario, { share: WHOLE, seed, open: () => httpThread(scenario, options) });
}
