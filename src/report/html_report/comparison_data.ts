/**
 * The HTML report's comparison with a baseline: each metric's change, and the rules.
 *
 * @module
 */
import type { ChangeVerdict, Comparison } from "../../result/comparison.ts";
import { comparisonHead, comparisonRows, ruleWords, sourcesText } from "../comparison_rows.ts";
import { foreign, spaced, type Table, type Tone } from "./display.ts";

/** What the page shows of a comparison. */
export interface ComparisonData {
  readonly changes: Table;
  /** Absent when there was none. */
  readonly rules?: Table;
}

const TONES: Readonly<Record<ChangeVerdict, Tone>> = {
  better: "good",
  worse: "bad",
  same: "neutral",
  unknown: "neutral",
};

const RULE_LOOKS = {
  held: { tone: "good", sort: 0 },
  "not judged": { tone: "warn", sort: 1 },
  fired: { tone: "bad", sort: 2 },
} as const;

/** The tables; `undefined` without a baseline. */
export function comparisonData(comparison: Comparison | undefined): ComparisonData | undefined {
  if (comparison === undefined) return undefined;
  const { metrics, rules, warnings } = comparison;
  const changes = comparisonRows(comparison).map((row, i) =>
    row.map((cell, column) => {
      const text = column === 0 ? foreign(cell) : spaced(cell);
      return column === row.length - 1 ? { text, tone: TONES[metrics[i]!.verdict] } : text;
    })
  );
  return {
    changes: {
      columns: comparisonHead(comparison).map((title, i) => i === 0 ? title : `#${title}`),
      rows: changes,
      remark: [
        `Compared with ${foreign(sourcesText(comparison), 500)}.`,
        // What begins a sentence is a setting, or the run; a file's name stays as it is.
        ...warnings.map((text) =>
          `${foreign(text.replace(/^[a-z](?=\w* was |his run: )/, (first) => first.toUpperCase()))}.`
        ),
      ]
        .join(" "),
    },
    ...(rules.length > 0 && {
      rules: {
        columns: ["Rule", "Change", "#Verdict"],
        rows: rules.map((rule) => [
          foreign(rule.expression),
          spaced(foreign(rule.reason, 500)),
          { text: ruleWords(rule), ...RULE_LOOKS[ruleWords(rule)] },
        ]),
      },
    }),
  };
}
