/**
 * A chart of what a server did at each load, as SVG: lines over the loads of a search, which grow by factors, and the
 * stretch in which its limit lies.
 *
 * @module
 */
import { roundUp } from "../round_up.ts";
import { escapeHtml } from "../../lib/escape.ts";

/** One line of a chart. */
export interface ChartLine {
  /** Also its class, which has its colour. */
  readonly name: string;
  /** Values by load; an absent one was not measured. */
  readonly points: readonly { readonly load: number; readonly value: number | undefined }[];
}

/** A chart. */
export interface LoadChart {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  /** Values in words, on the axis. */
  text(value: number): string;
  /** The axis goes up to this at least. */
  readonly upTo?: number;
  /** Values grow by factors, too. */
  readonly isLogarithmic?: boolean;
  /** A bound across the chart. */
  readonly limit?: { readonly name: string; readonly value: number };
  /** The largest load that passed, and the smallest that failed. */
  readonly between?: readonly [number | undefined, number | undefined];
}

/** Size of a chart in its own units, and of the room around its lines. */
const [WIDTH, HEIGHT] = [420, 220];
const ROOM = { left: 58, right: 14, top: 10, bottom: 26 } as const;
/** From this ratio of the largest load to the smallest on, loads are placed by their logarithm. */
const LOG_FROM = 8;

/** The chart with its title and the names of its lines. */
export function loadChart(
  { title, lines, text, upTo = 1e-9, isLogarithmic = false, limit, between }: LoadChart,
): string {
  const points = lines.flatMap(({ points }) => points);
  const values = points.flatMap(({ value }) => value === undefined ? [] : [value]);
  const loads = [...new Set(points.map(({ load }) => load))].sort((a, b) => a - b);
  if (values.length === 0) return "";
  const x = placer(loads[0]!, loads.at(-1)!, {
    from: ROOM.left,
    to: WIDTH - ROOM.right,
    isLogarithmic: loads.at(-1)! > LOG_FROM * loads[0]!,
  });
  const shown = [...values, ...(limit && limit.value <= 4 * Math.max(...values) ? [limit.value] : [])];
  const positive = shown.filter((value) => value > 0);
  const isLog = isLogarithmic && positive.length > 0;
  const [least, most] = isLog
    ? [Math.min(...positive) / 1.3, Math.max(...positive) * 1.3]
    : [0, Math.max(...shown, upTo) * 1.1];
  const y = placer(least, most, { from: HEIGHT - ROOM.bottom, to: ROOM.top, isLogarithmic: isLog });
  const ticks = isLog ? factorTicks(least, most) : evenTicks(most);
  const [from = loads[0]!, to = loads.at(-1)!] = between ?? [];
  const band = between?.some((load) => load !== undefined)
    ? `<rect class="between" x="${at(Math.min(x(from), x(to)))}" y="${ROOM.top}" width="${
      at(Math.max(Math.abs(x(to) - x(from)), 2))
    }" height="${HEIGHT - ROOM.bottom - ROOM.top}"/>`
    : "";
  return [
    `<figure><figcaption>${escapeHtml(title)} ${
      lines.map(({ name }) => `<span class="key ${name}">${escapeHtml(name)}</span>`).join(" ")
    }</figcaption>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)} by load">`,
    band,
    ...ticks.map((value) =>
      `<line class="grid" x1="${ROOM.left}" x2="${WIDTH - ROOM.right}" y1="${at(y(value))}" y2="${
        at(y(value))
      }"/><text class="tick" x="${ROOM.left - 6}" y="${at(y(value) + 4)}" text-anchor="end">${
        escapeHtml(text(value))
      }</text>`
    ),
    ...apart(loads, x).map((load) =>
      `<text class="tick" x="${at(x(load))}" y="${HEIGHT - 8}" text-anchor="middle">${
        shortNumber(load)
      }</text>`
    ),
    ...(limit && shown.includes(limit.value)
      ? [
        `<line class="limit" x1="${ROOM.left}" x2="${WIDTH - ROOM.right}" y1="${at(y(limit.value))}" y2="${
          at(y(limit.value))
        }"><title>${escapeHtml(limit.name)}</title></line>`,
      ]
      : []),
    ...lines.flatMap(({ name, points }) => {
      const known = points.flatMap(({ load, value }) =>
        value === undefined || (isLog && value <= 0) ? [] : [{ load, value }]
      ).sort((a, b) => a.load - b.load);
      return [
        `<polyline class="${name}" points="${
          known.map(({ load, value }) => `${at(x(load))},${at(y(value))}`).join(" ")
        }"/>`,
        ...known.map(({ load, value }) =>
          `<circle class="${name}" cx="${at(x(load))}" cy="${at(y(value))}" r="3.5"><title>${
            escapeHtml(`${name} ${text(value)} at ${shortNumber(load)}`)
          }</title></circle>`
        ),
      ];
    }),
    "</svg></figure>",
  ].join("");
}

function placer(
  least: number,
  most: number,
  { from, to, isLogarithmic }: {
    readonly from: number;
    readonly to: number;
    readonly isLogarithmic: boolean;
  },
): (value: number) => number {
  const scaled = isLogarithmic ? Math.log : (value: number) => value;
  const [low, high] = [scaled(least), scaled(most)];
  const place = (value: number) => high > low ? (scaled(value) - low) / (high - low) : 0.5;
  return (value) => from + place(value) * (to - from);
}

/** Round values from zero on, five or so. */
function evenTicks(most: number): readonly number[] {
  const step = roundUp(most / 4);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}

/** Powers of ten within, or their 1, 2 and 5 times if there are few. */
function factorTicks(least: number, most: number): readonly number[] {
  const ticks = (factors: readonly number[]) =>
    Array.from({ length: 24 }, (_, i) => 10 ** (i - 8)).flatMap((power) =>
      factors.map((factor) => factor * power)
    ).filter((value) => value >= least && value <= most);
  const powers = ticks([1]);
  return powers.length >= 3 ? powers : ticks([1, 2, 5]);
}

/** Loads whose numbers have room beside each other. */
function apart(loads: readonly number[], x: (load: number) => number): readonly number[] {
  const shown: number[] = [];
  for (const load of loads) {
    if (shown.length === 0 || x(load) - x(shown.at(-1)!) >= 44) shown.push(load);
  }
  return shown;
}

/** `950`, `1.2k`, `40k`. */
function shortNumber(value: number): string {
  if (value < 1000) return String(Math.round(value));
  return value < 1e6
    ? `${Number((value / 1000).toPrecision(3))}k`
    : `${Number((value / 1e6).toPrecision(3))}M`;
}

function at(place: number): string {
  return place.toFixed(1);
}
