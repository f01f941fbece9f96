/**
 * Traffic profiles from CSV text: recorded or drawn curves, one point a row. Column 1 is seconds since the start, column
 * 2 a rate per second, or a factor of the base rate when a header says `multiplier` or `factor`. Reading the file is left
 * to the caller.
 *
 * @module
 */
import { parse } from "@std/csv/parse";
import { messageOf, UsageError } from "../lib/errors.ts";
import { decimal } from "../options/option_types.ts";

/** A curve as read. */
export interface CsvCurve {
  /** In order of time; rates per second, or factors. */
  readonly points: readonly (readonly [atMs: number, value: number])[];
  /** The values multiply the base rate. */
  readonly isMultiplier: boolean;
}

/** Problems shown at most; a file of the wrong kind has one in every line. */
const MAX_PROBLEMS = 5;

const anyNumber = decimal();
const notNegative = decimal({ min: 0 });

/**
 * Reads a curve. A first row that does not begin with a number is a header; rows with fewer than two cells and further
 * columns are skipped; times may repeat (a jump) but not go back. A quoted cell cannot span lines.
 *
 * @throws {UsageError} with the lines at fault, or when there is no point at all.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const curve = parseProfileCsv("time_sec,multiplier\n0,0.5\n10,1\n");
 * assertEquals(curve, { points: [[0, 0.5], [10_000, 1]], isMultiplier: true });
 * ```
 */
export function parseProfileCsv(text: string): CsvCurve {
  const problems: string[] = [];
  const points: [number, number][] = [];
  let header: readonly string[] | undefined;
  let isFirst = true;
  for (const [index, line] of text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === "") continue;
    try {
      const cells = parse(line)[0]!.map((cell) => cell.trim());
      if (isFirst && !isNumber(cells[0]!)) header = cells.map((cell) => cell.toLowerCase());
      else if (cells.length >= 2) points.push(pointOf(cells, points.at(-1)));
    } catch (error) {
      problems.push(`line ${index + 1}: ${messageOf(error)}`);
    }
    isFirst = false;
  }
  if (problems.length > MAX_PROBLEMS) {
    const rest = problems.length - MAX_PROBLEMS;
    problems.splice(MAX_PROBLEMS, rest, `and ${rest} more lines`);
  }
  if (problems.length > 0) throw new UsageError(problems);
  if (points.length === 0) throw new UsageError("expected rows of seconds and a rate, found none");
  return { points, isMultiplier: header?.some((cell) => /^(?:multiplier|factor)$/.test(cell)) ?? false };
}

function pointOf(cells: readonly string[], before: readonly [number, number] | undefined): [number, number] {
  const [seconds, value] = cells.slice(0, 2).map((cell) => {
    try {
      return notNegative.parse(cell);
    } catch (error) {
      throw new UsageError(`${messageOf(error)}, found ${JSON.stringify(cell.slice(0, 40))}`);
    }
  });
  const atMs = seconds! * 1000;
  if (before && atMs < before[0]) {
    throw new UsageError(`time ${seconds} comes after ${before[0] / 1000}: expected times in order`);
  }
  return [atMs, value!];
}

function isNumber(cell: string): boolean {
  try {
    return Number.isFinite(anyNumber.parse(cell));
  } catch {
    // Not a number is a response here.
    return false;
  }
}
