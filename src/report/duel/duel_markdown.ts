/**
 * A duel as Markdown.
 *
 * @module
 */
import { escapeMarkdown } from "../../lib/escape.ts";
import type { DuelResult } from "../../result/duel/duel_result.ts";
import { markdownTable } from "../comparison_markdown.ts";
import { changeText, courseText, findingText, sideText, verdictText } from "./duel_words.ts";

/** What was found, the table, the rules; with a line end at its end. */
export function duelMarkdown(result: DuelResult): string {
  const { sides, metrics, rules, warnings } = result;
  return [
    "### Duel",
    "",
    `**${escapeMarkdown(findingText(result))}**`,
    "",
    `A: ${escapeMarkdown(describe(sides.a))}  `,
    `B: ${escapeMarkdown(describe(sides.b))}  `,
    escapeMarkdown(courseText(result)),
    ...warnings.flatMap((text) => ["", `> ⚠️ ${escapeMarkdown(text)}`]),
    "",
    ...markdownTable(
      ["Metric", "A", "B", "B against A", "Verdict"],
      metrics.map((metric) => [
        metric.metric,
        sideText(metric, "a"),
        sideText(metric, "b"),
        changeText(metric),
        verdictText(metric),
      ]),
    ),
    ...(rules.length > 0 ? [""] : []),
    ...rules.map(({ expression, passed, isKnown, reason }) =>
      `- ${isKnown ? passed ? "✅" : "❌" : "❔"} ${escapeMarkdown(expression)}: ${escapeMarkdown(reason)}`
    ),
    "",
  ].join("\n");
}

function describe({ target, options, command }: DuelResult["sides"]["a"]): string {
  return [target, options, command].filter((part) => part !== undefined && part !== "").join(" · ");
}
