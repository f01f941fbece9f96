/**
 * A duel as a page: what was found, each metric's interval, and the change in every pair. It loads nothing and has no
 * script; its pictures are SVG.
 *
 * @module
 */
import { escapeHtml } from "../../lib/escape.ts";
import type { DuelMetric, DuelResult } from "../../result/duel/duel_result.ts";
import themeStyle from "../html_report/theme.css" with { type: "text" };
import duelStyle from "./duel.css" with { type: "text" };
import { framedPage } from "../page_frame.ts";
import { axisOf, type DuelAxis } from "./duel_scale.ts";
import { changeText, courseText, findingText, ruleText, sideText, verdictText } from "./duel_words.ts";

const STYLE = `${themeStyle}\n${duelStyle}`.replaceAll("\r\n", "\n");

/** Size of a picture in its own units. */
const WIDTH = 400;
const HEIGHT = 34;

/** The page; the same text for the same duel. */
export function duelHtml(result: DuelResult): string {
  const { sides, metrics, rules, warnings, confidence } = result;
  const axis = axisOf(metrics);
  const side = (name: "a" | "b") =>
    [sides[name].target, sides[name].options, sides[name].command].filter((part) =>
      part !== undefined && part !== ""
    )
      .map((part) => `<code>${escapeHtml(part!)}</code>`).join(" ");
  const body = [
    '<main class="wrap duel">',
    `<h1>${escapeHtml(findingText(result))}</h1>`,
    `<p class="side"><b>A</b> ${side("a")}</p>`,
    `<p class="side"><b>B</b> ${side("b")}</p>`,
    `<p class="faint">${escapeHtml(courseText(result))}</p>`,
    ...warnings.map((text) => `<p class="warning">${escapeHtml(text)}</p>`),
    '<div class="scroll" tabindex="0" role="group" aria-label="Metrics"><table>',
    `<thead><tr><th>Metric</th><th>A</th><th>B</th><th>B against A</th><th><div class="axis">${
      axis.labels.map((label) => `<span>${label}</span>`).join("")
    }</div></th><th>Verdict</th></tr></thead>`,
    "<tbody>",
    ...metrics.map((metric) =>
      `<tr class="${metric.verdict}"><th scope="row">${escapeHtml(metric.metric)}</th><td>${
        escapeHtml(sideText(metric, "a"))
      }</td><td>${escapeHtml(sideText(metric, "b"))}</td><td>${
        escapeHtml(changeText(metric))
      }</td><td class="picture">${
        metric.scale === "ratio" ? picture(metric, axis) : ""
      }</td><td class="verdict">${verdictText(metric)}</td></tr>`
    ),
    "</tbody></table></div>",
    `<p class="faint">Dots: the change in each pair of blocks. Bars: where the true change lies; all of them together hold it with a confidence of ${confidence}%, whenever the duel ends.</p>`,
    ...(rules.length > 0
      ? [
        '<h2>Rules</h2><div class="scroll" tabindex="0" role="group" aria-label="Rules"><table><tbody>',
        ...rules.map((rule) =>
          `<tr class="${rule.isKnown ? rule.passed ? "better" : "worse" : "unknown"}"><th scope="row">${
            escapeHtml(rule.expression)
          }</th><td class="verdict">${ruleText(rule)}</td><td class="reason">${
            escapeHtml(rule.reason)
          }</td></tr>`
        ),
        "</tbody></table></div>",
      ]
      : []),
    "</main>",
  ].join("\n");
  return framedPage({ title: `${sides.b.target} against ${sides.a.target}`, style: STYLE, body }).html;
}

/** Dots for the pairs, a bar for the interval, a line for no change. */
function picture(metric: DuelMetric, axis: DuelAxis): string {
  const { low, high, change, pairs } = metric;
  const x = (value: number) =>
    (Math.min(Math.max((axis.place(value) + 1) / 2, 0), 1) * (WIDTH - 12) + 6).toFixed(1);
  const dots = pairs.filter((value) => Math.abs(axis.place(value)) <= 1).map((value, i) =>
    `<circle class="pair" cx="${x(value)}" cy="${6 + i * 7919 % (HEIGHT - 12)}" r="1.8"/>`
  );
  const middle = HEIGHT / 2;
  const interval = change === undefined || (low === undefined && high === undefined) ? [] : [
    `<line class="interval" x1="${low === undefined ? 0 : x(low)}" x2="${
      high === undefined ? WIDTH : x(high)
    }" y1="${middle}" y2="${middle}"/>`,
    `<circle class="mean" cx="${x(change)}" cy="${middle}" r="5"/>`,
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(changeText(metric))}">` +
    `<line class="zero" x1="${WIDTH / 2}" x2="${WIDTH / 2}" y1="0" y2="${HEIGHT}"/>${dots.join("")}${
      interval.join("")
    }</svg>`;
}
