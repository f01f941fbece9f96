/**
 * A selftest as tables and as JSON.
 *
 * @module
 */
import { escapeTerminal } from "../lib/escape.ts";
import { formatCount, formatRate, NOT_MEASURED } from "../lib/number_format.ts";
import type { Style } from "../lib/style.ts";
import { VERSION } from "../lib/version.ts";
import { table } from "../report/terminal/layout.ts";
import type { CheckUnit } from "./cases.ts";
import type { CheckResult, Measured, PeerMeasured, SelftestResult } from "./selftest.ts";

const MAX_NAME_CELLS = 40;

/** The tables: this program with its verdicts, then the errors of others. */
export function selftestText(result: SelftestResult, style: Style): string {
  const { checks, warnings, passed } = result;
  const failures = checks.filter(({ failure }) => failure !== undefined).map(({ title, name, failure }) =>
    `${title}, ${name}: ${failure}`
  );
  const peers = checks[0]?.peers ?? [];
  const failed = checks.flatMap(({ title, peers }) =>
    peers.filter(({ failure }) => failure !== undefined).map(({ tool, failure }) =>
      `${title}, ${tool}: ${failure}`
    )
  );
  const lines = [
    ...grouped(
      checks,
      ["", "Truth", "Measured", "Error", "Limit", "Verdict"],
      (check) => ownCells(check, style),
      style,
    ),
    "",
    ...failures.map((text) => style.bad(escapeTerminal(text))),
    ...warnings.map(({ title, text }) => style.warning(escapeTerminal(`${title}: ${text}`))),
    passed ? style.good("Every deviation is within its limit") : style.bad("Deviations beyond their limit"),
  ];
  if (peers.length > 0) {
    lines.push(
      "",
      "Other tools: deviation of each, against its own run",
      ...grouped(checks, ["", "bench", ...peers.map(({ tool }) => tool)], peerCells, style),
      ...[...new Set(failed)].map((text) => escapeTerminal(text)),
      `${NOT_MEASURED}  the tool cannot do this, or does not report it`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** The figures for other programs. */
export function selftestJson(
  { checks, warnings, passed }: SelftestResult,
  { isQuick, cores }: { readonly isQuick: boolean; readonly cores: number },
): unknown {
  return {
    tool: { name: "bench", version: VERSION },
    quick: isQuick,
    cores,
    passed,
    checks: checks.map(({ title, name, unit, measured, limit, passed, failure, peers }) => ({
      case: title,
      check: name,
      unit,
      ...(measured && numbers(measured)),
      ...(limit !== undefined && { limit }),
      passed,
      ...(failure !== undefined && { failure }),
      others: Object.fromEntries(peers.map(({ tool, measured, failure }) => [
        tool,
        { ...(measured && numbers(measured)), ...(failure !== undefined && { failure }) },
      ])),
    })),
    doubts: warnings.map(({ title, text }) => ({ case: title, text })),
  };
}

function numbers({ truth, value, error }: Measured): Record<string, number> {
  return { truth, measured: value, error };
}

/** A table with the case's title above its checks. */
function grouped(
  checks: readonly CheckResult[],
  head: readonly string[],
  cells: (check: CheckResult) => readonly string[],
  style: Style,
): readonly string[] {
  const [first, ...rows] = table(
    head,
    checks.map((check) => [`  ${check.name}`, ...cells(check)]),
    MAX_NAME_CELLS,
  );
  return [
    first!,
    ...rows.flatMap((row, i) => {
      const { title } = checks[i]!;
      return title === checks[i - 1]?.title ? [row] : [style.heading(`  ${title}`), row];
    }),
  ];
}

function ownCells({ unit, measured, limit, passed }: CheckResult, style: Style): readonly string[] {
  const verdict = passed ? style.good("ok") : style.bad("OFF");
  if (measured === undefined) return [NOT_MEASURED, NOT_MEASURED, NOT_MEASURED, NOT_MEASURED, verdict];
  return [
    valueText(measured.truth, unit),
    valueText(measured.value, unit),
    errorText(measured, unit),
    limit === 0 ? "exact" : `±${valueText(limit!, unit)}`,
    verdict,
  ];
}

function peerCells({ unit, measured, peers }: CheckResult): readonly string[] {
  return [
    measured ? errorText(measured, unit) : NOT_MEASURED,
    ...peers.map((peer: PeerMeasured) =>
      peer.failure !== undefined ? "failed" : peer.measured ? errorText(peer.measured, unit) : NOT_MEASURED
    ),
  ];
}

function errorText({ error }: Measured, unit: CheckUnit): string {
  if (unit === "1" && error === 0) return "exact";
  return `${error < 0 ? "−" : "+"}${valueText(Math.abs(error), unit)}`;
}

function valueText(value: number, unit: CheckUnit): string {
  switch (unit) {
    case "ms":
      return `${value.toFixed(2)}ms`;
    case "1/s":
      return `${formatRate(value)}/s`;
    case "1":
      return formatCount(value);
  }
}
