/**
 * Completion for PowerShell, Windows PowerShell 5.1 included. Files need no rule: where the block offers nothing,
 * PowerShell completes paths.
 *
 * @module
 */
import type { CompletedCommand, CompletionModel } from "./completion_model.ts";

/** The script, for the profile; ends with a line break. */
export function powershellCompletion({ program, main, commands }: CompletionModel): string {
  const names = commands.map(({ word }) => quoted(word)).join(", ");
  return `# ${program} completion for PowerShell: add to $PROFILE
Register-ArgumentCompleter -Native -CommandName ${quoted(program)}, ${quoted(`${program}.exe`)} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $flags = @{
${[main, ...commands].map(flagTable).join("\n")}
  }
  $values = @{
${[main, ...commands].map(valueTable).join("\n")}
  }
  $operands = @{
${commands.map(operandRow).join("\n")}
  }
  $summaries = @{
${commands.map(({ word, summary }) => `    ${quoted(word)} = ${quoted(summary)}`).join("\n")}
  }
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    ForEach-Object { $_.Extent.Text })
  $command = ''
  if ($words.Count -gt 1 -and $words[1] -cin @(${names})) { $command = $words[1] }
  $before = if ($words.Count -gt 1) { $words[-1] } else { '' }
  $help = @{}
  $offered = @()
  if ($values[$command].ContainsKey($before)) {
    $offered = $values[$command][$before]
  } elseif ($wordToComplete -like '-*') {
    $help = $flags[$command]
    $offered = $help.Keys | Sort-Object
  } elseif ($command -eq '' -and $words.Count -eq 1) {
    $help = $summaries
    $offered = $help.Keys | Sort-Object
  } elseif ($command -ne '') {
    $offered = $operands[$command]
  }
  foreach ($word in $offered) {
    if (-not $word.StartsWith($wordToComplete, [System.StringComparison]::Ordinal)) { continue }
    $about = if ($help.ContainsKey($word)) { $help[$word] } else { $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $about)
  }
}
`;
}

/** PowerShell's own tables do not tell upper from lower case, and `-C` is not `-c`. */
const CASE_SENSITIVE = "[System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)";

function flagTable({ word, flags }: CompletedCommand): string {
  const rows = flags.flatMap(({ flags, help }) => flags.map((flag) => [flag, quoted(help)] as const));
  return table(word, rows);
}

function valueTable({ word, flags }: CompletedCommand): string {
  const rows = flags.flatMap(({ flags, argument }) =>
    argument === undefined || typeof argument.values === "string" || argument.isAttached
      ? []
      : flags.map((flag) => [flag, listOf(argument.values as readonly string[])] as const)
  );
  return table(word, rows);
}

function table(word: string, rows: readonly (readonly [key: string, value: string])[]): string {
  const lines = rows.map(([key, value]) => `      $t[${quoted(key)}] = ${value}`);
  return [`    ${quoted(word)} = & {`, `      $t = ${CASE_SENSITIVE}`, ...lines, "      $t", "    }"].join(
    "\n",
  );
}

function operandRow({ word, operand }: CompletedCommand): string {
  const words = operand === undefined || typeof operand.values === "string" ? [] : operand.values;
  return `    ${quoted(word)} = ${listOf(words)}`;
}

function listOf(words: readonly string[]): string {
  return `@(${words.map(quoted).join(", ")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
