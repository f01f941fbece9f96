/**
 * A dry run: each flow of a scenario once, by one user who makes no pauses, with all that was sent, received, extracted
 * and judged. Secrets are masked here, so that whatever shows the outcome need not know them.
 *
 * @module
 */
import { loadFacts } from "../plan/load_kinds.ts";
import type { StepOutcome } from "../steps/http/step_outcome.ts";
import { stepSecrets } from "../steps/http/step_secrets.ts";
import { decodeBody } from "../client/exchange/content_coding.ts";
import { CookieJar } from "../client/exchange/cookie_jar.ts";
import type { HttpClient, PreparedRequest } from "../client/exchange/http_client.ts";
import { createClients } from "../client/registry.ts";
import { maskFields, maskSecrets } from "../lib/mask_text.ts";
import { MASK, maskUrl, maskUrlsIn } from "../lib/mask_url.ts";
import { FAILURE, FAILURE_KINDS } from "../metrics/failure.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { Flow, Step } from "../plan/scenario.ts";
import { WHOLE } from "../plan/share.ts";
import { decoderFor, ResponseView } from "../steps/http/response_view.ts";
import { compileCheck } from "../steps/http/assert.ts";
import { compileScenario } from "../scenario/compile.ts";
import { loadRuleCompilers } from "../steps/http/rule_compilers.ts";
import { describeCheck } from "../steps/http/describe_check.ts";
import { textOf } from "../template/value.ts";
import { FlowUser } from "../scenario/iteration.ts";
import { prepareStep } from "../steps/http/prepare.ts";
import { isHidden, knownSecrets, secretsSentBy } from "../steps/http/known_secrets.ts";
import { shownHead, shownRequest } from "../steps/http/shown_head.ts";

/** A body as it may be shown. */
export interface ShownBody {
  readonly bytes: number;
  /** Its start; absent when it is not text, or empty. */
  readonly text?: string;
}

/** What one step did. All texts are masked, none is escaped. */
export interface CheckedStep {
  readonly name: string;
  /** Absent: the flow ended before it. */
  readonly passed?: boolean;
  /** Absent when there was nothing to send. */
  readonly sent?: {
    readonly method: string;
    readonly url: string;
    readonly head: string;
    readonly body: ShownBody;
  };
  /** Absent without a whole answer. `ms`: from sending to the last byte. */
  readonly received?: {
    readonly status: number;
    readonly ms: number;
    readonly head: string;
    readonly body: ShownBody;
  };
  /** Why it failed, one sentence each; checks that did not hold are not repeated here. */
  readonly problems: readonly string[];
  /** Variables with their values, or with a mask and the length. */
  readonly extracted: Readonly<Record<string, string>>;
  readonly checks: readonly { readonly claim: string; readonly holds: boolean }[];
  /** The pause that a load would make after it, in ms. */
  readonly pauseMs: number;
}

/** What one flow did. */
export interface CheckedFlow {
  readonly name: string;
  readonly steps: readonly CheckedStep[];
}

/** Runs every flow once. `signal` ends the step under way. */
export async function checkFlows(plan: RunPlan, signal: AbortSignal): Promise<readonly CheckedFlow[]> {
  const flows: CheckedFlow[] = [];
  for (const flow of plan.scenario.flows) {
    if (signal.aborted) break;
    flows.push({ name: maskUrlsIn(flow.name), steps: await checkFlow(flow, plan, signal) });
  }
  return flows;
}

/** The longest wait between two looks at deadlines, in ms. */
const WATCH_MS = 50;

async function checkFlow(flow: Flow, plan: RunPlan, signal: AbortSignal): Promise<readonly CheckedStep[]> {
  const observer = await createObserver(flow, plan);
  const program = await compileScenario({ ...plan.scenario, flows: [flow] }, {
    share: WHOLE,
    seed: plan.seed,
    prepare: (step, index, wants) =>
      prepareStep(step, index, {
        client: plan.client,
        isRepeated: false,
        wantsHead: wants.head,
        wantsBody: wants.body,
        wantsCookies: wants.cookies,
      }),
    closeConnection: !plan.client.keepAlive,
    followsRedirects: plan.client.maxRedirects > 0,
    needsPreparation: plan.client.expectContinue === true,
    keepResponses: "whole",
  });
  const client = createClients(plan.client, stepSecrets({ ...plan.scenario, flows: [flow] }))();
  const user = new FlowUser(client, 0, {
    program,
    recorder: {
      counts: { iterations: 0 },
      start() {},
      unfilled() {},
      record() {},
      lengthError() {},
      drop() {},
    },
    budget: { left: Infinity },
    seed: plan.seed,
    thinkMs: 0,
    thinkJitter: 0,
    pausesAtEnd: false,
    lengths: null,
    observe: observer.observe,
    createCookies: () => new CookieJar(),
    decodeBody: (exchange) => decodeBody(exchange, plan.client.maxBodyBytes),
    now: () => performance.now(),
    startMs: () => 0,
    isOver: () => signal.aborted,
    sleep: () => Promise.resolve(),
    wallClockMs: () => Date.now(),
  });
  using _watch = watch(client, signal);
  await user.iterate(0, -1);
  client.close();
  const rest = flow.steps.slice(observer.steps.length);
  return [...observer.steps, ...rest.map((step) => unreached(step, pauseAfter(step, plan)))];
}

/** Ends late exchanges, and the one under way when the user has had enough. */
function watch(client: HttpClient, signal: AbortSignal): Disposable {
  const onAbort = () => client.abort(FAILURE.unfinished);
  const timer = setInterval(() => {
    if (client.deadlineMs <= performance.now()) client.abort(FAILURE.timeout);
  }, WATCH_MS);
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}

function unreached({ name }: Step, pauseMs: number): CheckedStep {
  return { name: maskUrlsIn(name), problems: [], extracted: {}, checks: [], pauseMs };
}

function pauseAfter(step: Step, { load }: RunPlan): number {
  return step.thinkMs ?? loadFacts(load).thinkMs;
}

async function createObserver(
  flow: Flow,
  plan: RunPlan,
): Promise<{ steps: CheckedStep[]; observe(outcome: StepOutcome): void }> {
  const compilers = await loadRuleCompilers(flow.steps);
  const view = new ResponseView();
  const secrets = new Set<string>();
  const steps: CheckedStep[] = [];
  const masked = (text: string) => maskSecrets(text, [...secrets]);

  function observe(outcome: StepOutcome): void {
    const step = flow.steps[steps.length]!;
    const { exchange, request, variables } = outcome;
    const sent = request === null ? [] : secretsSentBy(request);
    for (const secret of [...knownSecrets(plan.scenario, outcome), ...sent]) secrets.add(secret);
    const values = step.extract.filter(({ name }) => variables.has(name)).map(({ name }) =>
      [name, textOf(variables.get(name)!)] as const
    );
    const isAnswered = request !== null && exchange.failure === FAILURE.none;
    view.show(exchange);
    const checks = step.checks.map((rule) => ({
      claim: masked(describeCheck(rule)),
      holds: isAnswered && compileCheck(rule, compilers).judge(view) === undefined,
    }));
    const charset = decoderFor(view.header("content-type")).encoding;
    view.forget();
    const problems = problemsOf(step, outcome).map(masked);
    steps.push({
      name: maskUrlsIn(step.name),
      passed: problems.length === 0 && checks.every(({ holds }) => holds),
      ...(request && { sent: sentBy(request, { client: plan.client, masked }) }),
      ...(isAnswered && {
        received: {
          status: exchange.status,
          ms: exchange.endMs - exchange.startMs,
          head: masked(exchange.head === null ? "" : shownHead(exchange.head)),
          body: shownBody(exchange.body ?? new Uint8Array(), { masked, bytes: exchange.bodyBytes, charset }),
        },
      }),
      problems,
      extracted: Object.fromEntries(values.map(([name, value]) => [
        name,
        isHidden(name, value) ? `${MASK} (${value.length} characters)` : masked(value),
      ])),
      checks,
      pauseMs: pauseAfter(step, plan),
    });
  }

  return { steps, observe };
}

const CUT_SHORT: readonly number[] = [FAILURE.timeout, FAILURE.connect_timeout, FAILURE.unfinished];

function problemsOf(step: Step, { request, exchange, notFound }: StepOutcome): readonly string[] {
  if (request === null) {
    return [exchange.failureDetail.replace(/^TemplateError: /, "Cannot fill in the step: ")];
  }
  if (exchange.failure !== FAILURE.none) {
    const { text } = FAILURE_KINDS[exchange.failure]!;
    // What was cut short says only that it was.
    const isCut = CUT_SHORT.includes(exchange.failure) || exchange.failureDetail === "";
    return [isCut ? text : `${text}: ${exchange.failureDetail}`];
  }
  const missing = notFound.map((key) => key.replace(/^ExtractFailure: /, "Cannot extract "));
  const isJudged = step.checks.some(({ kind }) => kind === "status");
  const isError = exchange.status >= 400 && !isJudged;
  return [...(isError ? [`Error status ${exchange.status}, and no check expects it`] : []), ...missing];
}

function sentBy(
  request: PreparedRequest,
  { client, masked }: { readonly client: RunPlan["client"]; readonly masked: (text: string) => string },
): CheckedStep["sent"] & object {
  const { body, bodyFile, method, url } = request;
  return {
    method,
    url: masked(maskUrl(url.href)),
    head: masked(shownRequest(request, client)),
    body: bodyFile
      ? { bytes: bodyFile.bytes }
      : shownBody(body ?? new Uint8Array(), { masked, bytes: body?.length ?? 0, charset: "utf-8" }),
  };
}

const MAX_SEARCHED = 65_536;
const MAX_SHOWN = 1000;

function shownBody(
  kept: Uint8Array,
  { masked, bytes, charset }: {
    readonly masked: (text: string) => string;
    readonly bytes: number;
    readonly charset: string;
  },
): ShownBody {
  const text = new TextDecoder(charset).decode(kept.subarray(0, MAX_SEARCHED), { stream: true });
  // deno-lint-ignore no-control-regex -- such a body is not text
  if (text === "" || /[\x00-\x08\x0e-\x1f\ufffd]/.test(text)) return { bytes };
  const shown = masked(maskFields(text));
  return { bytes, text: shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown };
}
