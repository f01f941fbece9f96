/**
 * A plan that needs nothing of the machine that made it: bodies in files become part of the plan.
 *
 * @module
 */
import { MAX_PLAN_BODIES_BYTES } from "../../lib/size_limits.ts";
import { UsageError } from "../../lib/errors.ts";
import { packModule } from "./module_files.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { httpStepsOf } from "../../plan/scenario.ts";
import type { Body } from "../../plan/http_step.ts";

/**
 * The plan with its files in it.
 * @throws {UsageError} when they are too large to be sent to every worker.
 */
export async function packPlan(
  plan: RunPlan,
  readFile: (path: string) => Promise<Uint8Array>,
): Promise<RunPlan> {
  const { scenario } = plan;
  if (plan.module !== undefined && plan.module.files === undefined) {
    const module = await packModule(
      plan.module,
      async (path) => new TextDecoder().decode(await readFile(path)),
    );
    return await packPlan({ ...plan, module }, readFile);
  }
  const files = new Map(
    httpStepsOf(scenario).flatMap(({ body }) =>
      body?.kind === "file" ? [[body.path, body.bytes] as const] : []
    ),
  );
  if (files.size === 0) return plan;
  const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
  if (bytes > MAX_PLAN_BODIES_BYTES) {
    const size = (of: number) => `${(of / 1_048_576).toFixed(1)} MiB`;
    throw new UsageError(
      `Cannot send request bodies of ${size(bytes)} to workers: expected at most ${
        size(MAX_PLAN_BODIES_BYTES)
      }`,
    );
  }
  const inline = new Map<string, Body>();
  for (const path of files.keys()) {
    inline.set(path, { kind: "base64", base64: (await readFile(path)).toBase64() });
  }
  const flows = scenario.flows.map((flow) => ({
    ...flow,
    steps: flow.steps.map((step) =>
      step.kind === "http" && step.body?.kind === "file"
        ? { ...step, body: inline.get(step.body.path)! }
        : step
    ),
  }));
  return { ...plan, scenario: { ...scenario, flows } };
}
