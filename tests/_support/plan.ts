/** Plans for tests, small and quick unless told otherwise. */
import type { ClientSpec } from "../../src/plan/client_spec.ts";
import type { LoadSpec, RunPlan } from "../../src/plan/run_plan.ts";
import type { HttpStep } from "../../src/plan/http_step.ts";

export const PLAIN_CLIENT: ClientSpec = {
  kind: "raw",
  keepAlive: true,
  timeoutMs: 20_000,
  maxHeaderBytes: 65_536,
  tls: { verify: true, caCerts: [] },
  phases: false,
  verifyLength: false,
  maxRedirects: 0,
  http2: false,
  resolve: [],
  perAddress: false,
};

/** A plan that sends GETs to the given URLs in turn. */
export function planFor(
  urls: string | readonly string[],
  load: LoadSpec,
  changes: {
    client?: Partial<ClientSpec>;
    step?: Partial<HttpStep>;
    plan?: Partial<RunPlan>;
    cacheBust?: boolean;
  } = {},
): RunPlan {
  const list = typeof urls === "string" ? [urls] : urls;
  return {
    version: 1,
    load,
    scenario: {
      pick: "rotate",
      flows: list.map((url) => ({
        name: url,
        weight: 1,
        steps: [{
          name: `GET ${url}`,
          kind: "http",
          method: "GET",
          url,
          headers: [],
          isTemplate: false,
          extract: [],
          checks: [],
          ...changes.step,
        }],
      })),
      data: [],
      cookies: "ignore",
      onExtractFailure: "abort_iteration",
      onTemplateError: "abort_iteration",
      cacheBust: changes.cacheBust ?? false,
    },
    client: { ...PLAIN_CLIENT, ...changes.client },
    gracefulStopMs: 200,
    warmupMs: 0,
    seed: 1,
    verbosity: 0,
    ...changes.plan,
  };
}
