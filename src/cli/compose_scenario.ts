/**
 * What one iteration does: the requests of a scenario file, or one request of the command line.
 *
 * @module
 */
import { UsageError } from "../lib/errors.ts";
import { maskUrl } from "../lib/mask_url.ts";
import type { Scenario } from "../plan/scenario.ts";
import { loadScenario } from "../scenario/load_scenario.ts";
import type { PlanSources } from "./compose_plan.ts";
import { parseTarget, requestBody, requestHeaders, type Target } from "./request_spec.ts";
import type { Settings } from "./settings.ts";

/** @throws {UsageError} with every problem of target, body or scenario file. */
export function composeScenario(settings: Settings, sources: PlanSources): Promise<Scenario> {
  const path = settings.values.scenario;
  return path === undefined ? oneRequest(settings, sources) : fromFile(path, settings, sources);
}

/** One flow of one request. Its name appears in reports, so that it has no secrets. */
async function oneRequest({ values, operands }: Settings, sources: PlanSources): Promise<Scenario> {
  const target = targetOf(operands);
  const body = await requestBody(values, sources.files);
  const { href } = target.url;
  const name = `${values.method} ${maskUrl(href)}`;
  const step = {
    name,
    method: values.method,
    url: href,
    headers: requestHeaders(values, target),
    ...(body !== undefined && { body }),
    isTemplate: false,
    extract: [],
    checks: [],
  };
  return {
    pick: "rotate",
    flows: [{ name, weight: 1, steps: [step] }],
    data: [],
    cookies: "ignore",
    onExtractFailure: "continue",
    onTemplateError: "keep_literal",
    cacheBust: values.randomParam,
  };
}

async function fromFile(
  path: string,
  { values, operands }: Settings,
  sources: PlanSources,
): Promise<Scenario> {
  const [url] = operands;
  const base = url === undefined ? undefined : parseTarget(url);
  let text: string;
  try {
    text = sources.files.readTextFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "there is no such file" : String(error);
    throw new UsageError(`Cannot read --scenario ${JSON.stringify(path)}: ${reason}`);
  }
  const { scenario } = await loadScenario(text, {
    path,
    ...(base && { baseUrl: base.url.href }),
    dataFlags: { data: values.data, dataStrategy: values.dataStrategy },
    commonHeaders: commonHeaders(values, base),
    readFile: (file) => sources.files.readFile(file),
    env: (name) => sources.env(name),
  });
  return {
    ...scenario,
    cacheBust: values.randomParam,
    ...(!values.sessionCookies && { cookies: "ignore" as const }),
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

function targetOf([url]: readonly string[]): Target {
  if (url === undefined) {
    throw new UsageError("Cannot run without a target: expected a URL, such as http://localhost:8080/");
  }
  return parseTarget(url);
}
