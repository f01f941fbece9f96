/**
 * All forms of report that are asked for by an option, each loaded when it is needed: the page's parts are large.
 *
 * @module
 */
import type { Reporter } from "./reporter.ts";
import type { reportOptions } from "./report_options.ts";

/** A form of report and the option that asks for it. */
export interface ReportForm {
  /** Its name in messages: `csv`. */
  readonly name: string;
  /** The option's property: a path, or a switch for what is only printed. */
  readonly option: Exclude<keyof typeof reportOptions, "traceUrl">;
  load(): Promise<Reporter>;
}

/** In the order they are delivered. */
export const REPORT_FORMS: readonly ReportForm[] = [
  { name: "csv", option: "csv", load: async () => (await import("./csv.ts")).csvReporter },
  { name: "json", option: "json", load: async () => (await import("./json.ts")).jsonReporter },
  { name: "html", option: "htmlReport", load: async () => (await import("./html.ts")).htmlReporter },
  { name: "hgrm", option: "hgrm", load: async () => (await import("./hgrm.ts")).hgrmReporter },
  { name: "junit", option: "junit", load: async () => (await import("./junit.ts")).junitReporter },
  {
    name: "html-table",
    option: "html",
    load: async () => (await import("./html_table.ts")).htmlTableReporter,
  },
];
