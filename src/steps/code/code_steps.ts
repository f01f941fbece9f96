/**
 * Functions of the user's module, as a kind of step: an iteration is one call.
 *
 * @module
 */
import { CookieJar } from "../../client/exchange/cookie_jar.ts";
import { Dialer } from "../../client/net/dialer.ts";
import { samplerOf } from "../../client/trace/trace_context.ts";
import type { TalkWork } from "../../client/websocket/talk.ts";
import type { CodeStep } from "../../plan/code_step.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { NO_SECRETS, stepsOf } from "../../plan/scenario.ts";
import { probeRequest } from "../../client/exchange/probe_request.ts";
import type { DriverContext, StepKind, UserFactory } from "../step_kind.ts";
import { recordFanOut } from "../websocket/fan_out.ts";
import { RequestBuilder, timeOf } from "./build_request.ts";
import { CodeUser } from "./code_user.ts";
import type { CodeWork } from "./code_work.ts";
import { CallBuilder } from "./grpc/call_builder.ts";
import { functionOf, loadModule } from "./load_module.ts";
import { logLine } from "./log_line.ts";
import { sharedValue } from "./shared_value.ts";
import { ScriptRows } from "./script_rows.ts";
import { watchHeap } from "./watch_heap.ts";
import { watchRejections } from "./watch_rejections.ts";

/** How long an iteration may take without its pauses when nobody says, in ms. */
const DEFAULT_ITERATION_TIMEOUT_MS = 300_000;

/** The kind. */
export const codeSteps: StepKind<CodeStep> = {
  kind: "code",
  open: () => Promise.reject(new TypeError("A module's function cannot be one of several steps")),
  shortcut: openCodeUsers,
  placeholders: () => [],
  linePlaceholders: () => [],
  binds: () => [],
  bindsSecrets: () => [],
  request: () => undefined,
  secrets: () => NO_SECRETS,
};

/** Users who call what a module exports; `null` when the scenario is none of a module's. */
async function openCodeUsers(plan: RunPlan, context: DriverContext): Promise<UserFactory | null> {
  const index = stepsOf(plan.scenario).findIndex(({ kind }) => kind === "code");
  const step = stepsOf(plan.scenario)[index];
  const { module, scenario, client } = plan;
  if (step?.kind !== "code" || module === undefined) return null;
  const { recorder } = context;
  const run = functionOf(await loadModule(module), step.exported ?? "default", module);
  const work = makeWork(plan, { step, index, run }, context);
  watchRejections(work);
  const options = {
    work,
    newJar: () => scenario.cookies === "ignore" ? null : new CookieJar((limit) => recorder.limits.add(limit)),
    hasFreshCookies: scenario.cookies === "fresh_per_iteration",
  };
  const home = URL.parse(step.url);
  return {
    newUser: (client, number) => new CodeUser(client, number, options),
    firstRequest: home && { ...probeRequest(home, client), ...(step.isGrpc && { isCall: true as const }) },
    pauseThemselves: true,
    onWindow: watchHeap(work),
  };
}

/** What users share who call a function of the plan's module. */
export function makeWork(
  plan: RunPlan,
  called: Pick<CodeWork, "step" | "index" | "run">,
  context: DriverContext,
): CodeWork {
  const { scenario, client } = plan;
  const module = plan.module!;
  const { step } = called;
  const { recorder } = context;
  const common = {
    client,
    base: step.url,
    headers: step.headers,
    find: (name: string) => recorder.find(name),
  };
  return {
    ...context,
    ...called,
    module,
    flow: scenario.flows.find(({ steps }) => steps.includes(step))?.name ?? module.name,
    builder: new RequestBuilder(common),
    calls: new CallBuilder({ ...common, calls: module.calls, maxBodyBytes: client.maxBodyBytes, timeOf }),
    rows: new ScriptRows(scenario.data, context.givenRows),
    vars: sharedValue(plan.vars),
    seed: plan.seed,
    iterationTimeoutMs: step.timeoutMs ?? DEFAULT_ITERATION_TIMEOUT_MS,
    ...(client.maxBodyBytes !== undefined && { maxBodyBytes: client.maxBodyBytes }),
    timeoutMs: client.timeoutMs,
    maxHeaderBytes: client.maxHeaderBytes,
    talkWork: talkWorks(client, context),
    spans: recorder.spans,
    log: plan.verbosity >= 1
      ? (values) => recorder.noteDetail("log", `${module.name}: ${logLine(values)}`, true)
      : () => {},
  };
}

/** Gives each step what its WebSockets share; nothing is made before one is wanted. */
function talkWorks(client: RunPlan["client"], { recorder, rules }: DriverContext): CodeWork["talkWork"] {
  const works = new Map<number, TalkWork>();
  const sampler = samplerOf(client);
  let dialer: Dialer | undefined;
  return (step) => {
    const known = works.get(step);
    if (known !== undefined) return known;
    dialer ??= new Dialer(client, {}, rules);
    const group = recorder.group(step, "websocket");
    const work: TalkWork = { dialer, sampler, group, onMessage: recordFanOut(group) };
    works.set(step, work);
    return work;
  };
}
