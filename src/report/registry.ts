/**
 * All reporters.
 *
 * @module
 */
import { csvReporter } from "./csv.ts";
import { htmlTableReporter } from "./html_table.ts";
import { jsonReporter } from "./json.ts";
import { terminalReporter } from "./terminal.ts";

/** Every form of report. */
export const REPORTERS = [terminalReporter, jsonReporter, csvReporter, htmlTableReporter] as const;
