/**
 * A search for the largest sustainable load as a page: what was found, what stopped it, the server's curve, and every
 * step. It loads nothing and has no script; its charts are SVG.
 *
 * @module
 */
import { framedPage } from "../page_frame.ts";
import { escapeHtml } from "../../lib/escape.ts";
import {
  formatCompactTime,
  formatCount,
  formatSeconds,
  formatTenths,
  NOT_MEASURED,
} from "../../lib/number_format.ts";
import type { Percentile } from "../../metrics/stats.ts";
import type { AutofindResult } from "../../result/autofind_result.ts";
import type { AutofindStep } from "../../result/autofind_step.ts";
import themeStyle from "../html_report/theme.css" with { type: "text" };
import autofindStyle from "./autofind.css" with { type: "text" };
import { foundText, limitTexts, unitOf } from "./autofind_words.ts";
import { type ChartLine, loadChart } from "./load_chart.ts";

const STYLE = `${themeStyle}\n${autofindStyle}`.replaceAll("\r\n", "\n");

const VERDICTS = { passed: "passed", failed: "failed", interrupted: "cut short" } as const;

/** The page; the same text for the same search. */
export function autofindHtml(result: AutofindResult): string {
  const { by, url, best, firstFailed, limits } = result;
  const steps = result.steps.toSorted((a, b) => a.load - b.load);
  const line = (name: string, value: (step: AutofindStep) => number | undefined): ChartLine => ({
    name,
    points: steps.map((step) => ({ load: step.load, value: value(step) })),
  });
  const between = [best, firstFailed] as const;
  const body = [
    '<main class="wrap autofind">',
    `<h1>${escapeHtml(foundText(result))}</h1>`,
    `<p><code>${escapeHtml(url)}</code></p>`,
    `<ul>${limitTexts(result).map((text) => `<li>${escapeHtml(text)}</li>`).join("")}</ul>`,
    '<div class="charts">',
    loadChart({
      title: "Requests per second",
      lines: [line("rate", ({ requestsPerSecond }) => requestsPerSecond)],
      text: (value) => formatCount(Math.round(value)),
      between,
    }),
    loadChart({
      title: "Latency",
      lines: [
        line("p50", ({ p50 }) => p50?.ms),
        line("p95", ({ p95 }) => p95?.ms),
        line("p99", ({ p99 }) => p99?.ms),
      ],
      text: formatCompactTime,
      isLogarithmic: true,
      ...(Number.isFinite(limits.maxP95Ms) && {
        limit: { name: `limit of p95: ${formatCompactTime(limits.maxP95Ms)}`, value: limits.maxP95Ms },
      }),
      between,
    }),
    loadChart({
      title: "Errors",
      lines: [line("errors", ({ errorRatePercent }) => errorRatePercent)],
      text: (value) => `${Number(value.toPrecision(2))}%`,
      upTo: 1,
      between,
    }),
    "</div>",
    `<p class="faint">From left to right: the load in ${
      unitOf(by)
    }. The limit lies within the shaded stretch${
      Number.isFinite(limits.maxP95Ms) ? "; the dashed line is the limit of p95" : ""
    }.</p>`,
    '<div class="scrolls"><table>',
    `<thead><tr><th>${
      by === "users" ? "Users" : "Iterations/s"
    }</th><th>Took</th><th>Requests/s</th><th>p50</th><th>p95</th><th>p99</th><th>Errors</th><th>Verdict</th></tr></thead>`,
    "<tbody>",
    ...steps.map((step) => rowOf(step)),
    "</tbody></table></div>",
    "</main>",
  ].join("\n");
  return framedPage({ title: `${foundText(result)} · ${url}`, style: STYLE, body }).html;
}

function rowOf(step: AutofindStep): string {
  const { load, durationMs, requestsPerSecond, errorRatePercent, verdict, reasons, isGeneratorLimited } =
    step;
  const cells = [
    formatSeconds(Math.round(durationMs / 100) * 100),
    requestsPerSecond === undefined ? NOT_MEASURED : formatTenths(requestsPerSecond),
    timeText(step.p50),
    timeText(step.p95),
    timeText(step.p99),
    errorRatePercent === undefined ? NOT_MEASURED : `${errorRatePercent.toFixed(1)}%`,
  ];
  const why = [
    ...reasons,
    ...(isGeneratorLimited ? ["the load generator did not keep up"] : []),
  ];
  return `<tr class="${verdict}"><th scope="row">${formatCount(load)}</th>${
    cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")
  }<td class="verdict"><b>${VERDICTS[verdict]}</b>${
    why.length > 0 ? `: ${escapeHtml(why.join("; "))}` : ""
  }</td></tr>`;
}

function timeText(value: Percentile | undefined): string {
  if (value === undefined) return NOT_MEASURED;
  return `${value.isAtLeast ? "≥ " : ""}${formatCompactTime(value.ms)}`;
}
