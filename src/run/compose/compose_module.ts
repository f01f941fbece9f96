/**
 * Scenarios in code: an iteration is a call of what the user's module exports.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { Scenario } from "../../plan/scenario.ts";
import { loadData } from "../../scenario/load_data.ts";
import { Findings } from "../../steps/file/findings.ts";
import { functionOf, loadModule } from "../../steps/code/load_module.ts";
import { moduleOf } from "../settings/module_file.ts";
import type { Settings } from "../settings/settings.ts";
import type { PlanSources } from "./plan_sources.ts";

/** What a module's requests have in common. */
export interface ModuleRequests {
  /** What paths are relative to; absent: requests name whole URLs. */
  readonly base?: URL;
  readonly headers: readonly HeaderLine[];
}

/** @throws {UsageError} with every problem of the module and its data files */
export async function composeModule(
  path: string,
  { base, headers }: ModuleRequests,
  { values, sources }: { readonly values: Settings["values"]; readonly sources: PlanSources },
): Promise<Scenario> {
  const module = moduleOf(path);
  functionOf(await loadModule(module), "default", module);
  const findings = new Findings({ value: {}, lineOf: () => 0, scalarText: () => undefined }, path);
  const read = (file: string) => sources.files.readFile(file);
  const data = await loadData({}, {
    flags: { data: values.data, dataStrategy: values.dataStrategy },
    findings,
    readRelative: read,
    readGiven: read,
  });
  if (findings.problems.length > 0) throw new UsageError(findings.problems);
  const step = {
    kind: "code",
    name: module.name,
    exported: "default",
    url: base?.href ?? "",
    headers,
    ...(values.iterationTimeout !== undefined && { timeoutMs: values.iterationTimeout }),
  } as const;
  return {
    name: module.name,
    pick: "rotate",
    flows: [{ name: module.name, weight: 1, steps: [step] }],
    data,
    cookies: values.sessionCookies === false ? "ignore" : "persistent",
    onExtractFailure: "abort_iteration",
    onTemplateError: "abort_iteration",
    cacheBust: false,
  };
}
