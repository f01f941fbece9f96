/**
 * WebSocket steps, as a kind.
 *
 * @module
 */
import { Dialer } from "../../client/net/dialer.ts";
import { samplerOf } from "../../client/trace/trace_context.ts";
import { TalkSet } from "../../client/websocket/talk.ts";
import type { MessageSocket } from "../../client/websocket/message_socket.ts";
import { Random } from "../../lib/random.ts";
import { isOpenLoop, loadFacts } from "../../plan/load_kinds.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { socketLoadOf, stepsOf } from "../../plan/scenario.ts";
import { usersIn } from "../../plan/share.ts";
import { handshakeOf, type WebSocketStep } from "../../plan/websocket_step.ts";
import { Counters } from "../../template/counters.ts";
import { placeholdersIn } from "../../template/template.ts";
import { prepareStep } from "../http/prepare.ts";
import { secretsExtracted, secretsOf } from "../http/step_secrets.ts";
import { loadRuleCompilers } from "../http/rules/rule_compilers.ts";
import type { DriverContext, StepKind, StepThread, ThreadContext, UserFactory } from "../step_kind.ts";
import { type CompiledTalk, compileTalk } from "./compile_talk.ts";
import { createKeyReader } from "./correlate.ts";
import { hasStamps, sentPlaceholders } from "./fan_out.ts";
import { fillMessage } from "./fill_message.ts";
import { talkReporter } from "./report_talk.ts";
import { SocketPool } from "./socket_pool.ts";
import { SocketUser, type SocketUserWork } from "./socket_users.ts";
import { type TalkContext, TalkRunner } from "./talk_runner.ts";
import { talkSteps } from "./talk_steps.ts";

/** Users draw from streams from here on. */
const FIRST_STREAM = 2 ** 32;

/** The kind. */
export const webSocketSteps: StepKind<WebSocketStep> = {
  kind: "websocket",
  open: openTalks,
  shortcut(plan, context) {
    return socketLoadOf(plan.scenario) === undefined ? null : createSocketUsers(plan, context);
  },
  placeholders: sentPlaceholders,
  linePlaceholders: (step) =>
    step.isTemplate ? step.headers.flat().flatMap((text) => placeholdersIn(text)) : [],
  binds: (step) => talkSteps(step)[0]!.extract.map(({ name }) => name),
  usesOwn: true,
  bindsSecrets: (step) => secretsExtracted(talkSteps(step)[0]!),
  request: handshakeOf,
  secrets: (step, variables) => secretsOf(handshakeOf(step), variables),
};

/** Conversations in flows. */
async function openTalks(
  { plan, constants, secretVariables, recorder, onStep, now, watch, rules }: ThreadContext,
): Promise<StepThread<WebSocketStep>> {
  const { client, scenario } = plan;
  const dialer = new Dialer(client, {}, rules);
  const sampler = samplerOf(client);
  const own = stepsOf(scenario).filter((step) => step.kind === "websocket");
  const compilers = await loadRuleCompilers(own.flatMap(talkSteps));
  const steps: CompiledTalk[] = [];
  const isStamped = hasStamps(scenario);
  const report = onStep && talkReporter({ client, scenario, secretVariables });
  const context: TalkContext = {
    steps,
    scenario,
    client,
    recorder,
    now,
    ...(onStep && report && { observe: (outcome) => onStep(report(outcome), outcome.index) }),
  };
  return {
    add(step, index) {
      steps[index] = compileTalk(step, index, {
        scenario,
        constants,
        compilers,
        dialer,
        sampler,
        timeoutMs: client.timeoutMs,
        group: (index) => recorder.group(index, "websocket"),
        isStamped,
      });
    },
    newRunner(user) {
      const talks = new TalkSet();
      watch(talks);
      return new TalkRunner(user, talks, context);
    },
    firstRequest: () => null,
  };
}

/** The users of a load that is nothing but connections. */
async function createSocketUsers(plan: RunPlan, context: DriverContext): Promise<UserFactory> {
  const { client, scenario, seed } = plan;
  const step = stepsOf(scenario)[0] as WebSocketStep;
  const load = step.load!;
  const { maxUsers, rampUpMs } = loadFacts(plan.load);
  const { recorder, share, rules } = context;
  const readKey = load.correlation === undefined ? null : await createKeyReader(load.correlation);
  const group = { ...share, group: load.inFlight };
  const pool = new SocketPool({
    step,
    load,
    client,
    recorder,
    readKey,
    nameOf: (position) => `s${share.index}-${position}`,
    isStamped: hasStamps(scenario),
    size: Math.ceil(usersIn(maxUsers, group) / load.inFlight),
    ...(rules && { rules }),
  });
  const work: SocketUserWork = {
    ...context,
    load,
    readKey,
    sockets: pool.sockets,
    messages: load.messages.map((message) => fillMessage(message, { step, scenario })),
    group: recorder.group(0, "websocket"),
    isOpenLoop: isOpenLoop(plan),
  };
  const counters = new Counters(share);
  const wallClockMs = () => Date.now();
  return {
    newUser: (client, number) =>
      new SocketUser(work, client as MessageSocket, {
        random: new Random(seed, FIRST_STREAM + number),
        counters,
        wallClockMs,
        variables: new Map(),
        rows: [],
        user: number + 1,
        iteration: 0,
      }),
    firstRequest: prepareStep({ ...handshakeOf(step), isTemplate: false }, 0, {
      client,
      isRepeated: false,
      wantsHead: false,
      wantsBody: false,
      wantsCookies: false,
    }),
    pauseThemselves: false,
    connections: {
      clients: pool.sockets,
      // Where nothing but connecting is measured, or users begin one after another, it is part of the load.
      openedAhead: load.messages.length === 0 || rampUpMs > 0 ? 0 : pool.sockets.length,
      end: () => pool.end(),
    },
  };
}
