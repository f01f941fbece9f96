/**
 * Makes the plan of a run out of the settings: only what workers need, all of it JSON-safe.
 *
 * @module
 */
import { checkConnectionOptions } from "../../client/options/connection_options.ts";
import { proxyFor } from "../../client/net/proxy.ts";
import { authSpecFrom, checkAuthOptions } from "../../client/options/auth_options.ts";
import { checkHttpOptions } from "../../client/options/http_options.ts";
import { checkTransferOptions } from "../../client/options/transfer_options.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { problemsIn } from "../../lib/errors.ts";
import { readClientCertificate } from "./client_certificate.ts";
import { composeClient } from "./compose_client.ts";
import { composeLoad } from "./compose_load.ts";
import { loadBesideScenarios } from "./part_load.ts";
import type { PlanSources } from "./plan_sources.ts";
import { grpcProblems, isGrpcUrl } from "./grpc_target.ts";
import { logSpecOf } from "./log_spec.ts";
import { composeScenario } from "./compose_scenario.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import { type RunPlan, wholeScenario } from "../../plan/run_plan.ts";
import { proxiesOf } from "../../client/net/proxy.ts";
import { framingProblems } from "../../plan/framing_problems.ts";
import {
  httpStepsOf,
  isCall,
  isCode,
  knownUrls,
  type Scenario,
  socketLoadOf,
  stepsOf,
} from "../../plan/scenario.ts";
import { readTrustedRoots } from "./request_spec.ts";
import { resolveSrv } from "./srv_records.ts";
import { streamProblems } from "./stream_request.ts";
import { targetProblems } from "./websocket_scenario.ts";
import { moduleOf } from "../settings/module_file.ts";
import { refuseProblems } from "../settings/settings.ts";
import type { Settings } from "../settings/settings.ts";

/**
 * The plan for one URL.
 *
 * @throws {UsageError} with every problem: those of the settings, and those that show only now.
 */
export async function composePlan(given: Settings, sources: PlanSources): Promise<RunPlan> {
  // Calls are HTTP/2 whether it is asked for or not.
  const settings = isGrpcUrl(given.operands[0])
    ? { ...given, values: { ...given.values, http2: true } }
    : given;
  const { values } = settings;
  const problems = [
    ...settings.problems,
    ...checkHttpOptions(values),
    ...checkTransferOptions(values),
    ...checkConnectionOptions(values),
    ...checkAuthOptions(values, {
      env: sources.env,
      isAsked: settings.origins.has("auth"),
      isInUrl: settings.operands.some((word) => /^[^/?#]*:\/\/[^/?#]*@/.test(word)),
    }),
    ...targetProblems(settings),
    ...grpcProblems(settings),
    ...streamProblems(settings),
  ];
  const attempt = async <T>(make: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await make();
    } catch (error) {
      problems.push(...problemsIn(error));
      return undefined;
    }
  };
  const composed = targetIsUnclear(settings)
    ? undefined
    : await attempt(() => composeScenario(settings, sources));
  const beside = composed?.load && loadBesideScenarios(settings);
  if (beside !== undefined) problems.push(beside);
  const load = composed?.load ??
    await attempt(() => composeLoad(settings, sources.files.readTextFile));
  /** All that is sent, setup and teardown included. */
  const scenario = composed && wholeScenario(composed);
  const caCerts = await attempt(() => readTrustedRoots(values.caBundle, sources.files));
  const identity = await attempt(() => readClientCertificate(values, sources.files));
  const proxy = await attempt(() => proxiesOf(values.proxy, sources.env));
  if (
    values.unixSocket !== undefined && scenario &&
    stepsOf(scenario).some(({ url }) => /^(?:https|wss):/i.test(url))
  ) {
    problems.push("--unix-socket cannot carry https: URLs: use http:");
  }
  if (scenario) problems.push(...framingProblems(scenario));
  if (scenario && !values.readBody) problems.push(...unreadProblems(scenario));
  const urls = scenario ? stepsOf(scenario).map(({ url }) => url).filter((url) => URL.canParse(url)) : [];
  if (
    values.http2 &&
    urls.some((url) => /^http:/i.test(url) && proxyFor(new URL(url), proxy)?.kind === "http")
  ) {
    problems.push("--http2 cannot go through an HTTP proxy to http: URLs: use https:, or a SOCKS5 proxy");
  }
  const [target] = scenario && values.srv ? knownUrls(scenario) : [];
  const srv = target &&
    await attempt(() =>
      resolveSrv(values.srv!, target, { family: values.ipv4 ? 4 : values.ipv6 ? 6 : undefined })
    );
  refuseProblems(problems);
  const log = logSpecOf(values);
  const origins = [...new Set(knownUrls(wholeScenario(composed!)).map(({ origin }) => origin))];
  const auth = authSpecFrom(values, { env: sources.env, origins });
  const { inFlight = 1 } = socketLoadOf(scenario!) ?? {};
  const { calls, ...parts } = composed!;
  return {
    version: 1,
    ...parts,
    load: load!,
    ...(isCode(parts.scenario) && { module: { ...moduleOf(values.scenario!), ...(calls && { calls }) } }),
    client: {
      ...composeClient(values, {
        caCerts: caCerts!,
        ...identity,
        ...(proxy && { proxy }),
        ...(auth && { auth }),
      }),
      ...(srv && { resolve: [srv] }),
      ...(inFlight > 1 && { streams: inFlight }),
      ...(calls && !given.values.http2
        ? { http2: false, callsApart: true as const }
        : waysOf(scenario!, values.http2)),
    },
    gracefulStopMs: values.grace,
    warmupMs: values.warmup === "auto" ? 0 : values.warmup,
    seed: values.seed ?? sources.randomSeed(),
    verbosity: values.verbosity,
    ...(log && { log }),
  };
}

/** Calls are HTTP/2; where there are other requests, too, they go as they are asked to. */
function waysOf(scenario: Scenario, isAsked: boolean): Pick<ClientSpec, "http2" | "callsApart"> {
  const steps = stepsOf(scenario);
  if (isAsked || !steps.some(isCall)) return { http2: isAsked };
  return steps.every(isCall) ? { http2: true } : { http2: false, callsApart: true };
}

/** What of a scenario needs the bodies of responses. */
function unreadProblems(scenario: Scenario): readonly string[] {
  return httpStepsOf(scenario)
    .filter(({ checks, extract }) =>
      checks.some(({ kind }) => /^(?:body_|json)/.test(kind)) || extract.some(({ from }) => from !== "header")
    )
    .map(({ name }) => `--no-read-body leaves nothing to look at for step "${escapeTerminal(name)}"`);
}

/** Options that stand in for a target. */
const IN_PLACE_OF_TARGET = ["worker", "scenario", "urlFile"] as const;

/** Whether what is wrong with an option is why there is no target: it was to replace it, or took it for its value. */
function targetIsUnclear({ operands, origins, problems, values }: Settings): boolean {
  return operands.length === 0 && (
    IN_PLACE_OF_TARGET.some((option) => origins.has(option) && values[option] === undefined) ||
    problems.some((problem) => /found "https?:/i.test(problem))
  );
}
