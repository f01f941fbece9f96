/**
 * A run that is watched on a page while it goes on, and changed from there.
 *
 * @module
 */
import type { RunControl } from "../../fleet/coordination/run_control.ts";
import { isLoopback } from "../../fleet/fleet_options.ts";
import type { RunObserver } from "../../metrics/tick.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { ComparedRun } from "../../result/verdict/compared_run.ts";
import type { Outcome } from "../../result/outcome.ts";
import type { PageServer } from "../../web/page_server.ts";
import { judgedOutcome, shownBefore } from "../deliver/judged_outcome.ts";
import { type Printer, sayLine } from "../printer.ts";
import type { Settings } from "../settings/settings.ts";
import { readSecret } from "./fleet_access.ts";

/** What a run has of its page. */
export interface WatchedRun extends AsyncDisposable {
  /** Serves the page of a run; gives what is to watch it. Nothing without `--web`. */
  begin(
    plan: RunPlan,
    around: { readonly threads: number; readonly control: RunControl },
  ): Promise<readonly RunObserver[]>;
  /** Shows the finished report on it. */
  finish(outcome: Outcome): Promise<void>;
}

/** The page that the settings ask for. */
export function watchedOnPage(
  settings: Settings,
  { printer, baseline }: {
    readonly printer: Printer;
    readonly baseline: readonly ComparedRun[] | undefined;
  },
): WatchedRun {
  const { web, webTokenFile } = settings.values;
  let server: PageServer | undefined;
  if (web === undefined) {
    return {
      begin: () => Promise.resolve([]),
      finish: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  return {
    async begin(plan, { threads, control }) {
      // Of several runs, the next one takes the page's place.
      await server?.close();
      const token = webTokenFile === undefined
        ? crypto.getRandomValues(new Uint8Array(16)).toHex()
        : await readSecret("--web-token-file", webTokenFile);
      // Loaded when it is needed: a plain run starts faster without.
      const { LivePage } = await import("../../web/live_page.ts");
      const { servePage } = await import("../../web/page_server.ts");
      const { changeByPage } = await import("./change_by_page.ts");
      const page = new LivePage({
        plan,
        threads,
        control,
        judge: (result) => ({
          // What goes on is shown beside the baseline, and compared with it when it is over.
          ...judgedOutcome(result, { settings, baseline: undefined, notes: [] }),
          ...shownBefore(baseline),
        }),
      });
      server = servePage({
        ...web,
        isLoopback: isLoopback(web.host),
        token,
        data: () => page.data(),
        state: () => page.state(),
        change: (request) => changeByPage(control, request),
      });
      sayLine(printer, `live page: ${server.url}`);
      return [(tick) => {
        page.observe(tick);
        server?.update();
      }];
    },
    async finish(outcome) {
      if (server === undefined) return;
      const { reportData } = await import("../../report/html_report/report_data.ts");
      const { renderHtml } = await import("../../report/html.ts");
      const { finish } = server;
      server = undefined;
      await finish(reportData(outcome), renderHtml(outcome));
    },
    [Symbol.asyncDispose]: async () => {
      await server?.close();
    },
  };
}
