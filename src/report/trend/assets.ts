/**
 * The parts of the page of a history that the report's page does not have.
 *
 * @module
 */
import template from "./trend.html" with { type: "text" };
import script from "./trend.js" with { type: "text" };

/** What the page's body holds before its data. */
export const TREND_TEMPLATE: string = template.replaceAll("\r\n", "\n");
/** What draws it; after the scripts of charts. */
export const TREND_SCRIPT: string = script.replaceAll("\r\n", "\n");
