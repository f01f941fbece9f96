/**
 * URLs one after another: a whole run each, then the comparison.
 *
 * @module
 */
import { runCampaign } from "../campaign/campaign.ts";
import { urlList } from "../campaign/url_list.ts";
import { EXIT, messageOf } from "../lib/errors.ts";
import { escapeTerminal } from "../lib/escape.ts";
import { styleFor } from "../lib/style.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { stepsOf } from "../plan/scenario.ts";
import { jsonText } from "../report/json.ts";
import { terminalReporter } from "../report/terminal.ts";
import { urlTable } from "../report/url_table.ts";
import { toJsonDocument } from "../result/json_document.ts";
import { exitCodeOf, type Outcome } from "../result/outcome.ts";
import type { RunResult } from "../result/run_result.ts";
import { colorWanted } from "./deliver_reports.ts";
import { writeOutput } from "./output_files.ts";
import type { CampaignSurroundings } from "./run_autofind.ts";
import { printError, printOut } from "./terminal.ts";

/** How each run is judged. */
export interface UrlListSurroundings extends CampaignSurroundings {
  judge(result: RunResult): Outcome;
}

/** Runs each URL of a plan's list by itself; returns the most serious exit code. */
export async function runUrlList(
  plan: RunPlan,
  { run, judge, exporting, settings: { values } }: UrlListSurroundings,
): Promise<number> {
  const plans = plan.scenario.flows.map((flow) => ({
    ...plan,
    scenario: { ...plan.scenario, flows: [flow] },
  }));
  const isOutputTaken = values.json === "-";
  const say = isOutputTaken ? printError : printOut;
  const color = colorWanted(values, isOutputTaken ? Deno.stderr : Deno.stdout);
  const results = await runCampaign(urlList(plans), run);
  const outcomes = results.map(judge);
  const exported = await exporting.finish(results.at(-1)!);
  for (const note of exported.notes) printError(`bench: ${escapeTerminal(note.text)}\n`);
  for (const outcome of outcomes) say(terminalReporter.render(outcome, { color }));
  const runs = results.map((result) => ({ entry: stepsOf(result.plan.scenario)[0]!, result }));
  say(`${urlTable(runs, styleFor(color))}\n`);
  const codes = [...outcomes.map(exitCodeOf), exported.isComplete ? EXIT.ok : EXIT.failed];
  if (values.json !== undefined) {
    try {
      const text = jsonText(document(outcomes));
      if (isOutputTaken) printOut(text);
      else await writeOutput(values.json, text);
    } catch (error) {
      printError(`bench: ${escapeTerminal(messageOf(error))}\n`);
      codes.push(EXIT.failed);
    }
  }
  return [EXIT.threshold, EXIT.regression, EXIT.failed].find((code) => codes.includes(code)) ?? EXIT.ok;
}

/** The documented form: totals, and a whole document for each URL. */
function document(outcomes: readonly Outcome[]): unknown {
  const endpoints = outcomes.map((outcome) => {
    const { method, url } = stepsOf(outcome.result.plan.scenario)[0]!;
    return { method, ...toJsonDocument(outcome), url: toJsonDocument(outcome).url ?? url };
  });
  const sum = (key: "total_requests" | "total_errors") => endpoints.reduce((total, of) => total + of[key], 0);
  return {
    mode: "multi_url",
    endpoint_count: endpoints.length,
    total_requests: sum("total_requests"),
    total_errors: sum("total_errors"),
    endpoints,
  };
}
