/**
 * The page's parts as text, the chart library's included. Imports with `type: "text"` put them into the module graph,
 * so that a compiled program has them without reading files.
 *
 * @module
 */
import uplotLicense from "uplot/license" with { type: "text" };
import uplotScript from "uplot/script" with { type: "text" };
import uplotStyle from "uplot/style" with { type: "text" };
import adaptStyle from "./adapt.css" with { type: "text" };
import chartsStyle from "./charts.css" with { type: "text" };
import liveStyle from "./live.css" with { type: "text" };
import partsStyle from "./parts.css" with { type: "text" };
import tablesStyle from "./tables.css" with { type: "text" };
import themeStyle from "./theme.css" with { type: "text" };
import axesScript from "./axes.js" with { type: "text" };
import chartsScript from "./charts.js" with { type: "text" };
import downloadsScript from "./downloads.js" with { type: "text" };
import domScript from "./dom.js" with { type: "text" };
import latencyCharts from "./latency_charts.js" with { type: "text" };
import liveScript from "./live.js" with { type: "text" };
import mainScript from "./main.js" with { type: "text" };
import tablesScript from "./tables.js" with { type: "text" };
import timelineCharts from "./timeline_charts.js" with { type: "text" };
import template from "./template.html" with { type: "text" };

/** What the page's body holds before its data. */
export const TEMPLATE: string = lines(template);

/** Style sheets in the order that counts. */
export const STYLE: string = [
  uplotStyle,
  themeStyle,
  partsStyle,
  chartsStyle,
  tablesStyle,
  liveStyle,
  adaptStyle,
].map(
  lines,
)
  .join("\n");

/** What every page with charts has, in the order it runs; the chart library first, with its license. */
export const CHART_SCRIPT: string = [
  `/*\n${uplotLicense.replaceAll("*/", "")}*/`,
  uplotScript,
  domScript,
  tablesScript,
  axesScript,
  chartsScript,
].map(lines).join("\n");

/** Classic scripts of the report's page. */
export const SCRIPT: string = [CHART_SCRIPT, downloadsScript, timelineCharts, latencyCharts, mainScript].map(
  lines,
).join("\n");

/** What the page of a run that goes on has besides. */
export const LIVE_SCRIPT: string = lines(liveScript);

/** A checkout may have turned line ends; the page's hashes are over the ones that browsers see. */
function lines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
