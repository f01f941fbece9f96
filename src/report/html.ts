/**
 * The interactive report: one page that loads nothing, with the chart library inside. Data goes in as JSON and becomes
 * text on the page, never markup; a content policy admits exactly the page's own script and style, and no connection.
 *
 * @module
 */
import type { Outcome } from "../result/outcome.ts";
import { carriedJson } from "./html_report/carried_json.ts";
import { CHART_SCRIPT, LIVE_SCRIPT, SCRIPT, STYLE, TEMPLATE } from "./html_report/assets.ts";
import { type ReportData, reportData } from "./html_report/report_data.ts";
import type { RunHistory } from "../result/history/run_history.ts";
import { framedPage } from "./page_frame.ts";
import type { Reporter } from "./reporter.ts";
import { TREND_SCRIPT, TREND_TEMPLATE } from "./trend/assets.ts";
import { trendData } from "./trend/trend_data.ts";

/** Writes the interactive page. */
export const htmlReporter: Reporter = { name: "html", render: renderHtml };

/** The page of an outcome; the same text for the same outcome. */
export function renderHtml(outcome: Outcome): string {
  const data = reportData(outcome);
  const body = `${TEMPLATE}${dataBlocks(data, carriedJson(outcome))}`;
  return framedPage({ title: data.heading.title, style: STYLE, body, script: SCRIPT }).html;
}

/** The page of a run that goes on: it asks the server it came from for what is new. `policy` is also its header. */
export function renderLivePage(data: ReportData): { readonly html: string; readonly policy: string } {
  return framedPage({
    title: data.heading.title,
    style: STYLE,
    body: `${TEMPLATE}${dataBlocks(data)}`,
    script: `${SCRIPT}\n${LIVE_SCRIPT}`,
    connects: "'self'",
  });
}

/** The page of a history of runs. */
export function renderTrend(history: RunHistory): string {
  const data = trendData(history);
  return framedPage({
    title: data.title,
    style: STYLE,
    body: `${TREND_TEMPLATE}${dataBlocks(data)}`,
    script: `${CHART_SCRIPT}\n${TREND_SCRIPT}`,
  }).html;
}

/** What the page's script reads, and the results that the page carries. */
function dataBlocks(data: unknown, json?: string): string {
  return [
    `    <script id="data" type="application/json">${inertJson(data)}</script>`,
    ...(json === undefined ? [] : [`    <script id="json" type="text/plain">${json}</script>`]),
  ].join("\n");
}

/** JSON that no HTML parser can take for markup. */
function inertJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
