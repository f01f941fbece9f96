/**
 * What one iteration does: the requests of a scenario file, or one request of the command line.
 *
 * @module
 */
import { awaitAll, fileReason, UsageError } from "../../lib/errors.ts";
import { maskUrl } from "../../lib/mask_url.ts";
import type { ModuleCalls } from "../../plan/grpc/module_calls.ts";
import type { Body, HttpStep } from "../../plan/http_step.ts";
import type { OnceFlows, ScenariosLoad } from "../../plan/run_plan.ts";
import type { Scenario } from "../../plan/scenario.ts";
import { Random } from "../../lib/random.ts";
import { parseUrlList } from "../../scenario/load_url_list.ts";
import type { UrlEntry } from "../../scenario/url_entry.ts";
import { textMakerOf } from "../../template/pattern_text.ts";
import { MODULE_FILE } from "../settings/module_file.ts";
import { partLoadFrom } from "./part_load.ts";
import { callContextFrom } from "./grpc_calls.ts";
import { isGrpcUrl } from "./grpc_target.ts";
import type { PlanSources } from "./plan_sources.ts";
import {
  headerWarnings,
  parseTarget,
  readBodyFile,
  requestBody,
  requestHeaders,
  type Target,
} from "./request_spec.ts";
import { httpUrlOf } from "../../plan/websocket_step.ts";
import { composeWebSocketScenario, isWebSocketLoad } from "./websocket_scenario.ts";
import { streamRequest, streamSpecOf } from "./stream_request.ts";
import type { Settings } from "../settings/settings.ts";

/** What is run, as far as a scenario file or the command line's request says it. */
export interface ComposedScenario {
  readonly scenario: Scenario;
  readonly once?: OnceFlows;
  /** The loads of several scenarios; absent: the settings say which load there is. */
  readonly load?: ScenariosLoad;
  /** The gRPC calls that a module may make; absent: there is no schema, or no module. */
  readonly calls?: ModuleCalls;
}

/** @throws {UsageError} with every problem of target, body or scenario file. */
export async function composeScenario(settings: Settings, sources: PlanSources): Promise<ComposedScenario> {
  const { scenario, urlFile, replay } = settings.values;
  if (isWebSocketLoad(settings)) {
    return { scenario: await composeWebSocketScenario(settings, sources.files) };
  }
  if (scenario === undefined && isGrpcUrl(settings.operands[0])) {
    const { composeGrpcScenario } = await import("./grpc_scenario.ts");
    return { scenario: await composeGrpcScenario(settings, sources) };
  }
  if (scenario !== undefined) return await composeFromFile(scenario, settings, sources);
  if (replay !== undefined) return { scenario: await composeLog(replay, settings, sources) };
  return {
    scenario:
      await (urlFile === undefined
        ? composeOneRequest(settings, sources)
        : composeUrlsInTurn(urlFile, settings, sources)),
  };
}

/** The requests of a log, to one server. */
async function composeLog(
  path: string,
  { values, operands }: Settings,
  sources: PlanSources,
): Promise<Scenario> {
  const target = targetOf(operands);
  for (const warning of headerWarnings(values, target)) sources.warn?.(warning);
  const { composeReplay } = await import("./compose_replay.ts");
  return await composeReplay(path, { url: target.url, headers: requestHeaders(values, target) }, values);
}

/** One flow a URL, taken in turn. */
async function composeUrlsInTurn(
  path: string,
  { values }: Settings,
  sources: PlanSources,
): Promise<Scenario> {
  const entries = parseUrlList(textOf("--url-file", path, sources), path);
  for (const warning of headerWarnings(values, undefined)) sources.warn?.(warning);
  const body = await requestBody(values, sources.files);
  const bodies = await awaitAll(entries.map((entry) => readEntryBody(entry, sources.files)));
  const names = new Map<string, number>();
  const flows = entries.map(({ method, url, headers = [], weight = 1 }, i) => {
    const target = parseTarget(url);
    const plain = `${method} ${maskUrl(target.url.href)}`;
    const seen = (names.get(plain) ?? 0) + 1;
    names.set(plain, seen);
    const name = seen === 1 ? plain : `${plain} (${seen})`;
    const own = new Set(headers.map(([field]) => field.toLowerCase()));
    const header = [...values.header.filter(([field]) => !own.has(field.toLowerCase())), ...headers];
    const request = { method, target, body: bodies[i] ?? body, values: { ...values, header } };
    const stream = streamSpecOf(values);
    return { name, weight, steps: [{ ...fixedStep(name, request), ...(stream && { stream }) }] };
  });
  return {
    ...PLAIN_SCENARIO,
    ...(flows.some(({ weight }) => weight !== flows[0]!.weight) && { pick: "weighted" as const }),
    flows,
    cookies: plainCookies(values),
    cacheBust: values.randomParam,
  };
}

/** The body of one request of a list; `undefined`: it has none of its own. */
async function readEntryBody(
  { body, line }: UrlEntry,
  files: PlanSources["files"],
): Promise<Body | undefined> {
  if (body?.kind !== "file") return body;
  return await readBodyFile({ flag: `the body of line ${line},`, path: body.path }, files);
}

/** One flow of one request. Its name appears in reports, so that it has no secrets. */
async function composeOneRequest({ values, operands }: Settings, sources: PlanSources): Promise<Scenario> {
  const [target, body] = await awaitAll([
    Promise.try(() => values.randRegexUrl ? regexTarget(operands) : targetOf(operands)),
    requestBody(values, sources.files),
  ]);
  for (const warning of headerWarnings(values, target)) sources.warn?.(warning);
  const { href } = target.url;
  const name = `${values.method} ${values.randRegexUrl ? operands[0] : maskUrl(href)}`;
  const fixed = fixedStep(name, { method: values.method, target, body, values });
  const plain = values.randRegexUrl ? drawnStep(fixed, operands[0]!) : fixed;
  const { step, data } = await streamRequest(plain, values, sources.files);
  return {
    ...PLAIN_SCENARIO,
    flows: [{ name: step.name, weight: 1, steps: [step] }],
    data,
    cookies: plainCookies(values),
    cacheBust: values.randomParam,
  };
}

/** Users keep cookies as browsers do; connections without users only if asked. */
function plainCookies(values: Settings["values"]): Scenario["cookies"] {
  const { users, stages, autofind, autofindBy } = values;
  const hasUsers = users !== undefined || stages !== undefined || (autofind && autofindBy === "users");
  return values.sessionCookies ?? hasUsers ? "persistent" : "ignore";
}

/** A scenario of requests that never change. */
const PLAIN_SCENARIO = {
  pick: "rotate",
  data: [],
  onExtractFailure: "continue",
  onTemplateError: "keep_literal",
} as const satisfies Partial<Scenario>;

interface FixedRequest {
  readonly method: string;
  readonly target: Target;
  readonly body: Body | undefined;
  readonly values: Settings["values"];
}

function fixedStep(name: string, { method, target, body, values }: FixedRequest): HttpStep {
  return {
    kind: "http",
    name,
    method,
    url: target.url.href,
    headers: requestHeaders(values, target),
    ...(body !== undefined && { body }),
    isTemplate: false,
    extract: [],
    checks: [],
  };
}

/** Dots of host names are meant as they stand. */
function withPlainDots(pattern: string): string {
  return pattern.replace(/\\.|\./gs, (part) => part === "." ? "\\." : part);
}

/** The step with a URL that is drawn for each request. */
function drawnStep(step: HttpStep, pattern: string): HttpStep {
  return {
    ...step,
    url: `\${randregex(${JSON.stringify(withPlainDots(pattern))})}`,
    base: step.url,
    isTemplate: true,
  };
}

function textOf(flag: string, path: string, sources: PlanSources): string {
  try {
    return sources.files.readTextFile(path);
  } catch (error) {
    const reason = fileReason(error);
    throw new UsageError(`Cannot read ${flag} ${JSON.stringify(path)}: ${reason}`);
  }
}

async function composeFromFile(
  path: string,
  settings: Settings,
  sources: PlanSources,
): Promise<ComposedScenario> {
  const { values, operands } = settings;
  const [url] = operands;
  // Steps of HTTP and WebSockets have one base.
  const base = url === undefined ? undefined : parseTarget(httpUrlOf(url));
  if (MODULE_FILE.test(path)) {
    for (const warning of headerWarnings(values, base)) sources.warn?.(warning);
    const requests = { headers: commonHeaders(values, base), ...(base && { base: base.url }) };
    const { composeModule } = await import("./compose_module.ts");
    return await composeModule(path, requests, { settings, sources });
  }
  const fromInput = [
    path === "-" ? "--scenario" : "",
    ...values.data.map((text) => text.endsWith("=-") ? "--data" : ""),
  ]
    .filter((flag) => flag !== "");
  if (fromInput.length > 1) {
    throw new UsageError(
      `Only one file can come from standard input, but ${fromInput.join(" and ")} name it`,
    );
  }
  const text = textOf("--scenario", path, sources);
  // The schema library would cost every start without a scenario.
  const { loadScenario } = await import("../../scenario/load_scenario.ts");
  const { readTextFile } = sources.files;
  const { scenario, once, load, warnings } = await loadScenario(text, {
    path,
    ...(base && { baseUrl: base.url.href }),
    dataFlags: { data: values.data, dataStrategy: values.dataStrategy },
    commonHeaders: commonHeaders(values, base),
    ...(values.thinkTime !== undefined && { thinkMs: values.thinkTime }),
    loadOf: (given) => partLoadFrom(given, { values, operands }, readTextFile),
    readFile: (file) => sources.files.readFile(file),
    callsOf: (files) => callContextFrom(values, { files, sources, headers: commonHeaders(values, base) }),
    env: (name) => sources.env(name),
  });
  for (const warning of [...headerWarnings(values, base), ...warnings]) sources.warn?.(warning);
  return {
    scenario: {
      ...scenario,
      cacheBust: values.randomParam,
      ...(values.sessionCookies === false && { cookies: "ignore" as const }),
    },
    ...(once && { once }),
    ...(load && { load }),
  };
}

/** Fields that all steps share; each step has the host of its own URL. */
function commonHeaders(
  values: Settings["values"],
  base: Target | undefined,
): ReturnType<typeof requestHeaders> {
  const anywhere = base ?? { url: new URL("http://any.invalid/") };
  const isGiven = values.header.some(([name]) => name.toLowerCase() === "host");
  return requestHeaders(values, anywhere).filter(([name]) => isGiven || name !== "Host");
}

/** A target that a pattern may lead to: connections go there before the load. */
function regexTarget([pattern = ""]: readonly string[]): Target {
  const make = textMakerOf(withPlainDots(pattern));
  if (make === undefined) {
    throw new UsageError(
      `Cannot use pattern ${
        JSON.stringify(pattern)
      }: expected a regular expression of literals, classes, groups, ` +
        "alternatives and repetitions",
    );
  }
  return parseTarget(make(new Random(0)));
}

function targetOf([url]: readonly string[]): Target {
  if (url === undefined) {
    throw new UsageError("no target: expected a URL, such as http://localhost:8080/");
  }
  return parseTarget(url);
}
