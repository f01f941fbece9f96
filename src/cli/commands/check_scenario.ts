/**
 * `--check`: a dry run instead of a load.
 *
 * @module
 */
import { jsonText } from "../../lib/json/json_text.ts";
import { checkModule } from "../../engine/check_module.ts";
import { checkFlows } from "../../engine/check_flows.ts";
import { EXIT } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { EMPTY_SNAPSHOT } from "../../metrics/snapshot.ts";
import { namedScenarios } from "../../result/scenario_parts.ts";
import { styleFor } from "../../lib/style.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { checkText, hasPassed } from "../../run/deliver/check_text.ts";
import { writeOutput } from "../../run/deliver/output_files.ts";
import type { Settings } from "../../run/settings/settings.ts";
import { printError, printOut, TERMINAL } from "../terminal.ts";

/** What has no meaning without a load. */
const OF_A_LOAD = ["csv", "html", "htmlReport", "threshold"] as const;

/** Runs each flow once and shows what happened; returns the exit code. */
export async function checkScenario(plan: RunPlan, settings: Settings, signal: AbortSignal): Promise<number> {
  const { values, origins, options } = settings;
  // What a module or configuration holds is there for its loads.
  const idle = OF_A_LOAD.filter((name) => {
    const source = origins.get(name)?.source;
    return source !== undefined && source !== "config file";
  }).map((name) => options[name].long);
  if (idle.length > 0) printError(`bench: ${idle.join(", ")} has no effect: --check applies no load\n`);
  const flows = plan.module === undefined
    ? await checkFlows(plan, signal)
    : await checkModule(plan, signal, (line) => printError(`${escapeTerminal(line)}\n`));
  const passed = hasPassed(flows);
  const text = jsonText({ scenario: plan.scenario.name, passed, flows });
  if (values.json === "-") printOut(text);
  else {
    const scenarios = namedScenarios({ plan, total: EMPTY_SNAPSHOT, durationMs: 0 });
    const loads = new Map(scenarios.map(({ name, load }) => [name, load]));
    printOut(checkText(flows, styleFor(TERMINAL.out.wantsColor(values.color)), loads));
    if (values.json !== undefined) await writeOutput(values.json, text);
  }
  return passed ? EXIT.ok : EXIT.failed;
}
