/**
 * The search for capacity as the user sees it: a line a step, the table, the JSON.
 *
 * @module
 */
import { deliverFiles } from "../deliver/deliver_files.ts";
import { autofind, type AutofindSearch } from "../../campaign/autofind.ts";
import { runCampaign } from "../../campaign/campaign.ts";
import { EXIT } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { styleFor } from "../../lib/style.ts";
import { lastingFor } from "../../plan/load_kinds.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { autofindStepLine, autofindTable } from "../../report/terminal/autofind_table.ts";
import { jsonText } from "../../lib/json/json_text.ts";
import { toAutofindJson } from "../../result/autofind_result.ts";
import type { RunResult } from "../../result/run_result.ts";
import { speakerFor } from "../deliver/deliver_reports.ts";
import type { Exporting } from "./exporting.ts";
import { type StepWatch, watchStep } from "./step_watch.ts";
import { mainOptions, type Settings } from "../settings/settings.ts";
import { type Printer, sayLine } from "../printer.ts";

/** Ends a run before its time, for a reason that makes it whole all the same. */
export type RunWatch = Pick<StepWatch, "signal" | "observe">;

/** How single runs are done, and under which settings. */
export interface CampaignContext {
  run(plan: RunPlan, watch?: RunWatch): Promise<RunResult>;
  readonly settings: Settings;
  readonly exporting: Exporting;
  readonly printer: Printer;
}

/** How many pauses users must have had time for before a step may pass. */
const PAUSES = 3;

/** The result of a step that was ended when it was clear: as if it had been planned to take so long. */
function shortened(result: RunResult, watch: StepWatch | undefined): RunResult {
  if (watch?.clearMs === undefined) return result;
  const { plan } = result;
  return { ...result, plan: { ...plan, load: lastingFor(plan.load, watch.clearMs) } };
}

/** Runs the search; returns the exit code: 2 when nothing was sustained. */
export async function runAutofind(
  plan: RunPlan,
  search: AutofindSearch,
  { run, exporting, printer, settings: { values } }: CampaignContext,
): Promise<number> {
  let last: RunResult | undefined;
  let watch: StepWatch | undefined;
  const found = await runCampaign(
    autofind(plan, search, {
      onBegin: (load, limits) =>
        watch = watchStep({ by: search.by, load, limits, minMs: PAUSES * search.thinkMs }),
      onStep: (step) => printer.error.print(`${escapeTerminal(autofindStepLine(step, search.by))}\n`),
    }),
    async (step) => last = shortened(await run(step, watch), watch),
  );
  const exported = last && await exporting.finish(last);
  for (const note of exported?.notes ?? []) sayLine(printer, note.text);
  const { say, remark, color, look } = speakerFor(values, printer);
  say(`${autofindTable(found, { style: styleFor(color), width: look.width })}\n`);
  const files = [
    { name: "json", path: values.json, text: () => jsonText(toAutofindJson(found)) },
    {
      name: "html",
      path: values.htmlReport,
      text: async () => (await import("../../report/autofind/autofind_html.ts")).autofindHtml(found),
    },
  ];
  const isDelivered = await deliverFiles(files, printer, remark);
  if (!isDelivered || exported?.isComplete === false) return EXIT.failed;
  return found.best === undefined ? EXIT.threshold : EXIT.ok;
}

/** Reports of single runs, which a search has none of. */
const REFUSED = ["csv", "hgrm", "junit", "html", "web"] as const;

/** Options that a search cannot obey; none without one. */
export function searchProblems({ values }: Settings): readonly string[] {
  if (!values.autofind) return [];
  return REFUSED.filter((name) => values[name] !== undefined && values[name] !== false).map((name) =>
    `${mainOptions[name].long} cannot show a search, which is one run after another: ` +
    "--html-report and --json have its curve and every step"
  );
}
