/**
 * HTTP steps, as a kind.
 *
 * @module
 */
import { decodeBody } from "../../client/exchange/content_coding.ts";
import { CookieJar } from "../../client/exchange/cookie_jar.ts";
import { maskSecrets } from "../../lib/mask_text.ts";
import type { HttpStep } from "../../plan/http_step.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { httpStepsOf } from "../../plan/scenario.ts";
import type { StepKind, ThreadContext } from "../step_kind.ts";
import { checkNames } from "./check_names.ts";
import type { Prepare } from "./compile_step.ts";
import { HttpThread } from "./http_thread.ts";
import { knownSecrets, type SecretSources, secretsSentBy } from "./known_secrets.ts";
import { prepareStep } from "./prepare.ts";
import { stepReporter } from "./report_step.ts";
import { loadRuleCompilers } from "./rules/rule_compilers.ts";
import { shownHeads } from "./shown_head.ts";
import { makeStaticUsers } from "./static/static_users.ts";
import type { StepOutcome } from "./step_outcome.ts";
import { linePlaceholders, stepPlaceholders } from "./step_placeholders.ts";
import { secretsExtracted, secretsOf } from "./step_secrets.ts";

/** The kind. */
export const httpSteps: StepKind<HttpStep> = {
  kind: "http",
  open: openThread,
  shortcut: makeStaticUsers,
  placeholders: stepPlaceholders,
  linePlaceholders,
  binds: (step) => step.extract.map(({ name }) => name),
  bindsSecrets: secretsExtracted,
  checks: checkNames,
  request: (step) => step,
  secrets: secretsOf,
};

async function openThread(context: ThreadContext): Promise<HttpThread> {
  const { plan, constants, secretVariables, recorder, onStep, now } = context;
  const { client, scenario, verbosity } = plan;
  const compilers = await loadRuleCompilers(httpStepsOf(scenario));
  const keepsHeads = verbosity >= 4 || client.serverTiming === true;
  const keepResponses = onStep ? "whole" : keepsHeads ? "heads" : undefined;
  return new HttpThread({
    scenario,
    constants,
    recorder,
    compilers,
    prepare: preparer(plan, onStep === undefined),
    closeConnection: !client.keepAlive,
    followsRedirects: client.maxRedirects > 0,
    needsPreparation: client.expectContinue === true,
    remembersResponses: onStep === undefined && !client.phases,
    maxBodyBytes: client.maxBodyBytes,
    ...(keepResponses && { keepResponses }),
    lengths: client.verifyLength ? new Map() : null,
    observe: onStep ? reporting(onStep, context) : verbosity >= 4 ? showHeads(context) : null,
    hide: (text, known) =>
      maskSecrets(text, knownSecrets({ scenario, secretVariables }, withConstants(known, constants))),
    createJar: () => new CookieJar((limit) => recorder.limits.add(limit)),
    decodeBody: (exchange) => decodeBody(exchange, client.maxBodyBytes),
    now,
  });
}

function preparer({ client }: RunPlan, mayRepeat: boolean): Prepare {
  return (step, index, wants) =>
    prepareStep(step, index, {
      client,
      isRepeated: mayRepeat && wants.isRepeated,
      wantsHead: wants.head,
      wantsBody: wants.body,
      wantsCookies: wants.cookies,
      ...(wants.bytes && { bytes: wants.bytes }),
    });
}

function reporting(
  onStep: ThreadContext["onStep"] & object,
  { plan, constants, secretVariables }: ThreadContext,
): (outcome: StepOutcome) => void {
  const report = stepReporter({ ...plan, secretVariables });
  return (outcome) => onStep(report(withConstants(outcome, constants)), outcome.index);
}

/** What is constant is among the variables, too: it may be secret. */
function withConstants<Known extends SecretSources>(
  outcome: Known,
  constants: ThreadContext["constants"],
): Known {
  if (constants.size === 0) return outcome;
  return { ...outcome, variables: new Map([...constants, ...outcome.variables]) };
}

/** Keeps the heads of one exchange a window. */
function showHeads(
  { plan, constants, secretVariables, recorder }: ThreadContext,
): (outcome: StepOutcome) => void {
  const { client, scenario } = plan;
  return (seen) => {
    const outcome = withConstants(seen, constants);
    const { request, exchange } = outcome;
    if (request === null || exchange.head === null || !recorder.reserveHead()) return;
    const secrets = [...knownSecrets({ scenario, secretVariables }, outcome), ...secretsSentBy(request)];
    recorder.noteDetail("head", shownHeads({ request, client, exchange, secrets }), true);
  };
}
