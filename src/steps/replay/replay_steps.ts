/**
 * The requests of a log, as a kind of step: an iteration is one request, due when it was recorded.
 *
 * @module
 */
import { LIMITS } from "../../metrics/limits.ts";
import type { ReplayStep } from "../../plan/replay_step.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { NO_SECRETS } from "../../plan/scenario.ts";
import { probeRequest } from "../../client/exchange/probe_request.ts";
import type { DriverContext, StepKind, UserFactory } from "../step_kind.ts";
import { LogFeed } from "./log_feed.ts";
import { ReplaySource } from "./replay_source.ts";
import { ReplayUser, type ReplayWork } from "./replay_user.ts";

/** The kind. */
export const replaySteps: StepKind<ReplayStep> = {
  kind: "replay",
  open: () => Promise.reject(new TypeError("A log cannot be one of several steps")),
  shortcut: openReplayUsers,
  feed: (step, shares) => new LogFeed(step, shares),
  placeholders: () => [],
  linePlaceholders: () => [],
  binds: () => [],
  bindsSecrets: () => [],
  request: () => undefined,
  secrets: () => NO_SECRETS,
};

/** Users who send what a log holds; `null` when the plan replays none. */
async function openReplayUsers(
  plan: RunPlan,
  { share, recorder, budget, startMs, readPart }: DriverContext,
): Promise<UserFactory | null> {
  const step = plan.scenario.flows[0]?.steps[0];
  if (step?.kind !== "replay") return null;
  const source = new ReplaySource(share, readPart, (lines) => recorder.limits.add(LIMITS.logLines, lines));
  // The load begins with the first requests at hand.
  await source.whenKnown(share.index);
  const home = new URL(step.url);
  const work: ReplayWork = {
    step,
    origin: home.origin,
    client: plan.client,
    source,
    recorder,
    budget,
    startMs,
  };
  return {
    newUser: (client) => new ReplayUser(client, work),
    firstRequest: probeRequest(home, plan.client),
    pauseThemselves: true,
    arrivals: source,
    close: () => source.close(),
  };
}
