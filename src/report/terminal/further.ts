/**
 * What was measured beyond requests: a line for each fact, a row for each distribution.
 *
 * @module
 */
import { type FurtherMeasures, furtherMeasures, TIMES_HEAD } from "../../result/further_measures.ts";
import { alignColumns } from "./columns.ts";
import { labelled, type ReportContext, type Section } from "./layout.ts";

/** One section a group. */
export function furtherSections(context: ReportContext): readonly Section[] {
  return furtherMeasures(context.stats).map((measures) => section(measures, context));
}

function section({ title, facts, times }: FurtherMeasures, { style }: ReportContext): Section {
  const rows = times.map(({ label, count, cells }) => [label, ...cells, count]);
  const columns = [
    { width: 16, isLeft: true as const },
    // So narrow that lower bounds, which are wider by their ≥, leave a row on one line of 80 columns.
    ...TIMES_HEAD.map(() => ({ width: 8 })),
    { width: 7 },
  ];
  const table = rows.length === 0
    ? []
    : alignColumns([["", ...TIMES_HEAD, "count"], ...rows], { columns, gap: " " });
  return {
    title,
    lines: [
      ...facts.map(({ label, value, tone }) => labelled(label, value, tone && style[tone])),
      ...table.map((line) => `  ${line}`),
    ],
  };
}
