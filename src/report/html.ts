/**
 * The interactive report: one page that loads nothing, with the chart library inside. Data goes in as JSON and becomes
 * text on the page, never markup; a content policy admits exactly the page's own script and style, and no connection.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { escapeHtml } from "../lib/escape.ts";
import type { Outcome } from "../result/outcome.ts";
import { carriedJson } from "./html_report/carried_json.ts";
import { CHART_SCRIPT, LIVE_SCRIPT, SCRIPT, STYLE, TEMPLATE } from "./html_report/assets.ts";
import { type ReportData, reportData } from "./html_report/report_data.ts";
import type { RunHistory } from "../result/history/run_history.ts";
import type { Reporter } from "./reporter.ts";
import { TREND_SCRIPT, TREND_TEMPLATE } from "./trend/assets.ts";
import { trendData } from "./trend/trend_data.ts";

/** Writes the interactive page. */
export const htmlReporter: Reporter = { name: "html", render: renderHtml };

/** The page of an outcome; the same text for the same outcome. */
export function renderHtml(outcome: Outcome): string {
  const json = carriedJson(outcome);
  return render(reportData(outcome), {
    script: SCRIPT,
    policy: policyOf(SCRIPT),
    ...(json !== undefined && { json }),
  });
}

/** The page of a run that goes on: it asks the server it came from for what is new. `policy` is also its header. */
export function renderLivePage(data: ReportData): { readonly html: string; readonly policy: string } {
  const script = `${SCRIPT}\n${LIVE_SCRIPT}`;
  const policy = `${policyOf(script)}; connect-src 'self'`;
  return { html: render(data, { script, policy }), policy };
}

/** The page of a history of runs. */
export function renderTrend(history: RunHistory): string {
  const script = `${CHART_SCRIPT}\n${TREND_SCRIPT}`;
  const data = trendData(history);
  return fill(TREND_TEMPLATE, data, { title: data.title, script, policy: policyOf(script) });
}

/** What a page has besides its data. */
interface PageParts {
  readonly script: string;
  readonly policy: string;
  readonly json?: string;
}

function render(data: ReportData, parts: PageParts): string {
  return fill(TEMPLATE, data, { ...parts, title: data.heading.title });
}

function fill(
  template: string,
  data: unknown,
  { title, script, policy, json }: PageParts & { readonly title: string },
): string {
  const parts: Readonly<Record<string, string>> = {
    policy: `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    title: `<title>${escapeHtml(title)} · bench</title>`,
    styles: `<style>${STYLE}</style>`,
    data: `<script id="data" type="application/json">${inertJson(data)}</script>` +
      (json === undefined ? "" : `\n    <script id="json" type="text/plain">${json}</script>`),
    scripts: `<script>${script}</script>`,
  };
  return template.replace(/<!-- (\w+) -->/g, (comment, name: string) => parts[name] ?? comment);
}

/** JSON that no HTML parser can take for markup. */
function inertJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function policyOf(script: string): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(STYLE)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
