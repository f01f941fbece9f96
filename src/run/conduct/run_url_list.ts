/**
 * URLs one after another: a whole run each, then the comparison.
 *
 * @module
 */
import { runCampaign } from "../../campaign/campaign.ts";
import { urlList } from "../../campaign/url_list.ts";
import { EXIT } from "../../lib/errors.ts";
import { styleFor } from "../../lib/style.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { httpStepsOf } from "../../plan/scenario.ts";
import { terminalReporter } from "../../report/terminal/terminal.ts";
import { urlTable } from "../../report/terminal/url_table.ts";
import { exitCodeOf, type Outcome } from "../../result/outcome.ts";
import type { RunResult } from "../../result/run_result.ts";
import { speakerFor, writeReports } from "../deliver/deliver_reports.ts";
import type { CampaignContext } from "./run_autofind.ts";
import { sayLine } from "../printer.ts";

/** How each run is judged. */
export interface UrlListContext extends CampaignContext {
  judge(result: RunResult): Outcome;
}

/** Runs each URL of a plan's list by itself; returns the most serious exit code. */
export async function runUrlList(
  plan: RunPlan,
  { run, judge, exporting, printer, settings: { values } }: UrlListContext,
): Promise<number> {
  const plans = plan.scenario.flows.map((flow) => ({
    ...plan,
    scenario: { ...plan.scenario, flows: [flow] },
  }));
  const { say, color, look } = speakerFor(values, printer);
  const results = await runCampaign(urlList(plans), run);
  const outcomes = results.map(judge);
  const exported = await exporting.finish(results.at(-1)!);
  for (const note of exported.notes) sayLine(printer, note.text);
  for (const outcome of outcomes) say(terminalReporter.render(outcome, look));
  const runs = results.map((result) => ({ entry: httpStepsOf(result.plan.scenario)[0]!, result }));
  say(`${urlTable(runs, styleFor(color))}\n`);
  const isDelivered = await writeReports(outcomes, values, printer);
  const codes = [...outcomes.map(exitCodeOf), exported.isComplete && isDelivered ? EXIT.ok : EXIT.failed];
  return [EXIT.threshold, EXIT.regression, EXIT.failed].find((code) => codes.includes(code)) ?? EXIT.ok;
}
