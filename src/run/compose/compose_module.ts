/**
 * Scenarios in code: an iteration is a call of what the user's module exports.
 *
 * @module
 */
import { UsageError } from "../../lib/errors.ts";
import type { ModuleCalls } from "../../plan/grpc/module_calls.ts";
import type { HeaderLine } from "../../plan/http_step.ts";
import type { ScenariosLoad } from "../../plan/run_plan.ts";
import type { Flow, Scenario } from "../../plan/scenario.ts";
import { loadData } from "../../scenario/load_data.ts";
import { Findings } from "../../steps/file/findings.ts";
import { functionOf, loadModule } from "../../steps/code/load_module.ts";
import { moduleOf } from "../settings/module_file.ts";
import type { Settings } from "../settings/settings.ts";
import { readModuleCalls } from "./grpc_calls.ts";
import { isGrpcUrl } from "./grpc_target.ts";
import { moduleScenarios } from "./module_scenarios.ts";
import { partLoadFrom } from "./part_load.ts";
import type { PlanSources } from "./plan_sources.ts";

/** What a module's requests have in common. */
export interface ModuleRequests {
  /** What paths are relative to; absent: requests name whole URLs. */
  readonly base?: URL;
  readonly headers: readonly HeaderLine[];
}

/** A module as a scenario; with the loads of its scenarios, if it has several. */
export interface ComposedModule {
  readonly scenario: Scenario;
  readonly load?: ScenariosLoad;
  /** The gRPC calls that it may make; absent: nobody says what there is. */
  readonly calls?: ModuleCalls;
}

/** @throws {UsageError} with every problem of the module and its data files */
export async function composeModule(
  path: string,
  { base, headers }: ModuleRequests,
  { settings, sources }: { readonly settings: Settings; readonly sources: PlanSources },
): Promise<ComposedModule> {
  const { values, operands } = settings;
  const module = moduleOf(path);
  const exports = await loadModule(module);
  const { readTextFile } = sources.files;
  const several = moduleScenarios({
    exports,
    name: module.name,
    checkFunction: (exported) => functionOf(exports, exported, module),
    loadOf: (given) => partLoadFrom(given, { values, operands }, readTextFile),
  });
  if (several === undefined) functionOf(exports, "default", module);
  const findings = new Findings({ value: {}, lineOf: () => 0, scalarText: () => undefined }, path);
  const read = (file: string) => sources.files.readFile(file);
  const data = await loadData({}, {
    flags: { data: values.data, dataStrategy: values.dataStrategy },
    findings,
    readRelative: read,
    readGiven: read,
  });
  if (findings.problems.length > 0) throw new UsageError(findings.problems);
  const server = isGrpcUrl(operands[0]) ? base : undefined;
  const flowOf = (name: string, exported: string): Flow => ({
    name,
    weight: 1,
    steps: [{
      kind: "code",
      name,
      exported,
      url: base?.href ?? "",
      ...(server && { isGrpc: true as const }),
      headers,
      ...(values.iterationTimeout !== undefined && { timeoutMs: values.iterationTimeout }),
    }],
  });
  const scenario: Scenario = {
    name: module.name,
    pick: "rotate",
    flows: several?.map(({ name, exported }) => flowOf(name, exported)) ?? [flowOf(module.name, "default")],
    data,
    cookies: values.sessionCookies === false ? "ignore" : "persistent",
    onExtractFailure: "abort_iteration",
    onTemplateError: "abort_iteration",
    cacheBust: false,
  };
  const calls = await readModuleCalls(values, { server, sources, headers });
  const composed = { scenario, ...(calls && { calls }) };
  if (several === undefined) return composed;
  const parts = several.map(({ name, load, startMs }) => ({ name, load, startMs, flows: 1 }));
  return { ...composed, load: { kind: "scenarios", parts } };
}
