/**
 * Option tables as the Markdown tables of the documents.
 *
 * @module
 */
import { argumentOf, defaultOf } from "../../src/options/help_text.ts";
import { longFlags } from "../../src/options/names.ts";
import { type Option, OPTION_GROUPS, type OptionTable } from "../../src/options/option.ts";

/** One Markdown table a group, each under a third-level heading; ends with a line break. */
export function optionReference(table: OptionTable): string {
  const parts = OPTION_GROUPS.flatMap((group) => {
    const options = Object.values(table).filter((option) => option.group === group);
    if (options.length === 0) return [];
    const rows = options.map((option) =>
      `| ${flagsCell(option)} | ${cell(option.help)} | ${defaultCell(option)} |`
    );
    return [
      [`### ${group}`, "", "| Option | Meaning | Default |", "| --- | --- | --- |", ...rows].join("\n"),
    ];
  });
  return parts.join("\n\n") + "\n";
}

function flagsCell(option: Option): string {
  const { short, negation } = option;
  const [long, ...aliases] = longFlags(option);
  const flags = [
    ...(short === undefined ? [] : [short]),
    `${long}${argumentOf(option)}`,
    ...aliases,
    ...(negation === undefined ? [] : [negation]),
  ];
  return flags.map((flag) => `\`${flag.replaceAll("|", "\\|")}\``).join(", ") +
    (option.repeat ? " (repeatable)" : "");
}

function defaultCell(option: Option): string {
  return cell(defaultOf(option) ?? "");
}

/** Help lines are ours: only what would end a cell, or start a tag, is escaped. */
function cell(text: string): string {
  return text.replace(/[|<]/g, "\\$&");
}
