/**
 * The percentiles that each form of output tells, read out of its text as a reader would, and the law that they keep:
 * they never fall as they rise, and behind a lower bound there are only lower bounds.
 */
import { assert } from "@std/assert";
import type { JsonDocument } from "../../src/result/document/json_document.ts";
import type { ReportData } from "../../src/report/html_report/report_data.ts";

/** A percentile in ms. */
export interface Told {
  readonly percent: number;
  readonly ms: number;
  readonly isAtLeast: boolean;
}

/** One list of percentiles of one output. */
export interface ToldList {
  readonly where: string;
  readonly percentiles: readonly Told[];
}

/** Values are rounded as they are shown. */
const ROUNDING = 1e-9;

const MS: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3 };

/** Asserts the law, and that nothing is below what was measured before it. */
export function assertLaw({ where, percentiles }: ToldList): void {
  const sorted = percentiles.toSorted((a, b) => a.percent - b.percent);
  for (const [i, { percent, ms, isAtLeast }] of sorted.entries()) {
    assert(Number.isFinite(ms) && ms >= 0, `${where}: p${percent} is ${ms}`);
    const before = sorted[i - 1];
    if (before === undefined) continue;
    assert(
      ms >= before.ms - ROUNDING,
      `${where}: p${before.percent} is ${before.ms} ms, p${percent} ${ms} ms`,
    );
    assert(isAtLeast || !before.isAtLeast, `${where}: p${before.percent} is a bound and p${percent} is none`);
  }
}

/** `≥ 2.34s`, as people read it; `undefined` where nothing was measured. */
function toldTime(percent: number, text: string): Told | undefined {
  const [, bound, number, unit] =
    /^(≥ ?)?([\d.,]+)\s*(us|ms|s)$/.exec(text.replaceAll("\u202f", " ").trim()) ?? [];
  if (number === undefined) return undefined;
  return { percent, ms: Number(number) * MS[unit!]!, isAtLeast: bound !== undefined };
}

function known(list: readonly (Told | undefined)[]): readonly Told[] {
  return list.filter((told) => told !== undefined);
}

/** The report on the terminal, in either length: its tables, and the service column. */
export function inTerminal(text: string): readonly ToldList[] {
  const section = text.split(/^(?: {2}LATENCY STATISTICS\n=+|Latency)\n/m)[1]?.split(/^\S/m)[0] ?? "";
  const column = (pattern: RegExp, index: number) =>
    known([...section.matchAll(pattern)].map(([line, percent]) => {
      const cells = line.trim().split(/ {2,}/);
      const cell = cells[index];
      return cell === undefined ? undefined : toldTime(Number(percent), cell);
    }));
  const percentiles = /^ {4}p([\d.]+) .*$/gm;
  return [
    { where: "terminal", percentiles: column(percentiles, 1) },
    { where: "terminal, service", percentiles: column(percentiles, 2) },
    { where: "terminal, served within", percentiles: column(/^ {4}(\d+)% .*$/gm, 1) },
  ];
}

/** The JSON result: the whole run, each step, each second. */
export function inJson(document: JsonDocument): readonly ToldList[] {
  const list = (where: string, values: object | undefined, bounds: readonly string[] = []): ToldList => ({
    where: `JSON, ${where}`,
    percentiles: known(
      Object.entries(values ?? {}).map(([key, sec]) => {
        const percent = key === "median" ? 50 : key === "max" ? 100 : Number(/^p([\d.]+)$/.exec(key)?.[1]);
        return Number.isNaN(percent) || sec === undefined
          ? undefined
          : { percent, ms: sec * 1000, isAtLeast: bounds.includes(key) };
      }),
    ),
  });
  const { latency, percentiles, percentiles_at_least: bounds, service_latency: service } = document;
  return [
    list("percentiles", { ...percentiles, ...latency }, bounds),
    list("service", service && { p50: service.p50, p95: service.p95, p99: service.p99 }, service?.at_least),
    ...Object.entries(document.step_stats ?? {}).map(([name, step]) =>
      list(`step ${name}`, step, step.at_least)
    ),
    ...document.timeline.map((point) => list(`second ${point.t}`, point, point.at_least)),
  ];
}

/** The percentile table as CSV; an empty cell tells nothing. */
export function inCsv(text: string): readonly ToldList[] {
  const cells = text.trimEnd().split("\r\n").slice(1).map((line) => line.split(","));
  return [{
    where: "CSV",
    percentiles: cells.filter(([, ms]) => ms !== "").map(([percent, ms]) => ({
      percent: Number(percent),
      ms: Number(ms),
      isAtLeast: false,
    })),
  }];
}

/** HdrHistogram's text. */
export function inHgrm(text: string): readonly ToldList[] {
  const lines = text.split("\n").filter((line) => /^ +\d/.test(line)).map((line) =>
    line.trim().split(/ +/).map(Number)
  );
  return [{
    where: "hgrm",
    // The first line is the smallest value, the extremes are exact, buckets whole µs.
    percentiles: lines.map(([ms, share]) => ({
      percent: share! * 100,
      ms: ms! + 0.001 * share!,
      isAtLeast: false,
    })),
  }];
}

/** What the HTML report draws and lists. */
export function inHtml(data: ReportData): readonly ToldList[] {
  const { curve, timeline } = data;
  const percentOf = (x: number) => 100 * (1 - 1 / x);
  const line = (...keys: readonly string[]) =>
    known(
      (curve?.lines ?? []).filter(({ key }) => keys.includes(key)).flatMap(({ key, values }) =>
        values.map((ms, i) =>
          ms === null ? undefined : { percent: percentOf(curve!.x[i]!), ms, isAtLeast: key === "at_least" }
        )
      ),
    );
  const rows = data.percentiles?.rows ?? [];
  const column = (index: number) =>
    known(rows.map((row) => {
      const [label, cell] = [row[0], row[index]];
      const percent = label === "Fastest" ? 0 : label === "Slowest" ? 100 : Number(String(label).slice(1));
      return cell === undefined ? undefined : toldTime(percent, typeof cell === "string" ? cell : cell.text);
    }));
  const hasService = data.percentiles?.columns.includes("#Service") === true;
  return [
    { where: "HTML, curve", percentiles: line("latency", "at_least") },
    { where: "HTML, service curve", percentiles: line("service") },
    {
      where: "HTML, marks",
      percentiles: data.marks.map(({ at, ms, isAtLeast }) => ({ percent: percentOf(at), ms, isAtLeast })),
    },
    { where: "HTML, table", percentiles: column(1) },
    ...(hasService ? [{ where: "HTML, service table", percentiles: column(2) }] : []),
    ...(timeline?.fromSec ?? []).map((sec, i) => ({
      where: `HTML, second ${sec}`,
      percentiles: known(([[50, "p50"], [95, "p95"], [99, "p99"]] as const).map(([percent, key]) => {
        const ms = timeline![key][i];
        return ms === null || ms === undefined ? undefined : { percent, ms, isAtLeast: false };
      })),
    })),
  ];
}

/** The table of a summary in Markdown. */
export function inMarkdown(text: string): readonly ToldList[] {
  return [{ where: "Markdown", percentiles: toldPairs(text.matchAll(/^\| (p[\d.]+|Max) \| (.*) \|$/gm)) }];
}

/** The properties of JUnit's XML. */
export function inJunit(text: string): readonly ToldList[] {
  return [{
    where: "JUnit",
    percentiles: toldPairs(text.matchAll(/<property name="(p[\d.]+)" value="([^"]*)"/g)),
  }];
}

function toldPairs(pairs: Iterable<RegExpExecArray>): readonly Told[] {
  return known(
    [...pairs].map(([, name, value]) => toldTime(name === "Max" ? 100 : Number(name!.slice(1)), value!)),
  );
}

/** What a line says of whom it is about: labels, or tags. */
function labelsOf(line: string): string {
  return /\{[^}]*\}/.exec(line)?.[0] ?? /\|#.*/.exec(line)?.[0] ?? /^\w+(?:,[^ ]*)? /.exec(line)?.[0] ?? "";
}

/** `latency_p95`, `latency.p95`, `latency_p95_ms` and `p95=`, in ms, wherever a receiver or a workflow gets them. */
export function inNames(where: string, text: string): readonly ToldList[] {
  const told =
    /(?:latency[._]|^)(p50|p95|p99|max)(?:_ms)?(?:\{[^}]*\})?(?:[=:]| (?=[\d.]+$))([\d.]+)(?=[,|\s]|$)/g;
  const lines = Map.groupBy(text.split("\n").filter((line) => line !== ""), (line) => labelsOf(line));
  return [...lines].map(([labels, lines]) => ({
    where: labels === "" ? where : `${where} ${labels}`,
    percentiles: lines.flatMap((line) =>
      [...line.matchAll(told)].map(([, name, ms]) => ({
        percent: name === "max" ? 100 : Number(name!.slice(1)),
        ms: Number(ms),
        isAtLeast: false,
      }))
    ),
  }));
}
