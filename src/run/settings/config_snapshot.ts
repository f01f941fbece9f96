/**
 * The settings as reports show them: keys in snake_case after the long flags, durations in seconds, and no secret.
 *
 * @module
 */
import { isCredential } from "../../lib/credentials.ts";
import { maskFieldValue } from "../../lib/mask_text.ts";
import { MASK, maskUrl, maskUrlsIn } from "../../lib/mask_url.ts";
import type { Option, OptionTable } from "../../options/option.ts";
import type { Resolved } from "../../options/resolve.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { connectionsOf, loadFacts } from "../../plan/load_kinds.ts";
import { stepsOf } from "../../plan/scenario.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { ConfigSnapshot } from "../../result/outcome.ts";

/**
 * The snapshot of a command's settings and the plan made of them: every option that has a value, and the keys that
 * comparisons rely on (`mode`, `connections`, `users`, `duration`, `num_requests`, `rate`, `url_host`), `null` where
 * they do not apply.
 */
export function configSnapshot(
  { values, options }: Pick<Resolved, "values"> & { readonly options: OptionTable },
  plan: RunPlan,
): ConfigSnapshot {
  const shown = Object.entries(options).flatMap(([property, option]) => {
    const value = maskedValue(option, values[property]);
    return value === undefined ? [] : [[option.long.slice(2).replaceAll("-", "_"), value] as const];
  });
  const step = stepsOf(plan.scenario)[0];
  return {
    ...Object.fromEntries(shown),
    ...loadKeys(plan, plan.scenario.name !== undefined),
    url_host: step === undefined ? null : hostOf(step.url),
    seed: plan.seed,
  };
}

/** What a comparison needs to know about the load. */
function loadKeys({ load, client }: RunPlan, isScenario: boolean): ConfigSnapshot {
  const { amount, durationMs, openLoop, simulation, parts } = loadFacts(load);
  const mode = parts ? "several" : simulation ? "users" : amount !== undefined ? "requests" : "duration";
  return {
    mode: isScenario ? `scenario:${mode}` : mode,
    connections: simulation ? null : connectionsOf({ load, client }),
    users: simulation?.users ?? null,
    duration: durationMs === undefined ? null : durationMs / 1000,
    num_requests: amount?.count ?? null,
    rate: openLoop?.targetRate ?? null,
  };
}

function maskedValue(option: Option, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (option.repeat) {
    const list = value as readonly unknown[];
    return list.length === 0 ? undefined : list.map((item) => maskedItem(option, item));
  }
  return maskedItem(option, value);
}

function maskedItem(option: Option, item: unknown): unknown {
  if (option.secret) return MASK;
  const { type } = option;
  if (type.pair !== undefined && Array.isArray(item)) {
    const line = item as unknown as HeaderLine;
    return type.format?.([line[0], isCredential(line) ? MASK : maskFieldValue(line[1])]) ?? MASK;
  }
  if (type.toJson) return type.toJson(item);
  if (type.isPublic) return type.format?.(item) ?? item;
  if (typeof item === "object" && item !== null) {
    const text = type.format?.(item);
    return text === undefined ? item : maskUrlsIn(text);
  }
  return typeof item === "string" ? maskUrlsIn(maskUrl(item)) : item;
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}
