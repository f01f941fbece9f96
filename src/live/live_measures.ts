/**
 * What steps of some kind measure beyond requests, as the dashboard shows it: counts of the last second and of the whole
 * run, and a table of times. Times follow from the catalogue; which counts are shown of a group is a line here.
 *
 * @module
 */
import { formatCount, formatMeasured } from "../lib/number_format.ts";
import { isResolved } from "../metrics/catalog.ts";
import { EMPTY_HISTOGRAM } from "../metrics/histogram.ts";
import type { GroupName, GroupStats } from "../metrics/measure_groups.ts";
import { SHOWN_TIMES } from "../metrics/measures.ts";
import type { ServerTimings } from "../metrics/server_timings.ts";
import { type Snapshot, type StepStats, sumOfSteps } from "../metrics/snapshot.ts";
import { percentileOf, type Ranked, rankedTimes, samplesOf } from "../metrics/stats.ts";
import type { Tick } from "../metrics/tick.ts";
import { labelOfTiming, timingKeys } from "../result/server_timing.ts";
import { rateText } from "./text_cells.ts";

/** A count; texts as they are shown. */
export interface LiveFact {
  readonly label: string;
  /** Per second, in the last one; absent: no such rate, or that second was too short for one. */
  readonly rate?: string;
  /** Over the whole run, or what is now. */
  readonly value: string;
  readonly isBad?: boolean;
}

/** A distribution of times: percentiles of the whole run, then p99 of the last second. */
export interface LiveTimes {
  readonly label: string;
  /** In the order of {@linkcode LIVE_TIMES_HEAD}; a dash where the sample does not tell. */
  readonly cells: readonly string[];
}

/** What the cells of a distribution are. */
export const LIVE_TIMES_HEAD = ["p50", "p95", "p99", "p99 now"] as const;

/** What belongs together. */
export interface LiveMeasures {
  readonly title: string;
  readonly facts: readonly LiveFact[];
  readonly times: readonly LiveTimes[];
}

/** A count as a group declares it. */
interface FactSpec<Stats> {
  readonly label: string;
  readonly read: (stats: Stats) => number;
  /** Grows: its rate in the last second is shown too. */
  readonly isRate?: true;
  /** Trouble: shown where there is some. */
  readonly isBad?: true;
}

/** What is shown of a group; a group that is absent has no block of its own. */
type ShownGroups = {
  readonly [Name in GroupName]?: {
    readonly title: string;
    readonly facts: readonly FactSpec<GroupStats<Name>>[];
  };
};

const SHOWN_GROUPS: ShownGroups = {
  stream: {
    title: "Streams",
    facts: [
      { label: "Events", read: ({ events }) => events, isRate: true },
      { label: "Open now", read: ({ open }) => open },
      { label: "Broken", read: ({ broken }) => broken, isBad: true },
    ],
  },
  tokens: {
    title: "Tokens",
    facts: [
      { label: "Output", read: ({ tokens }) => tokens, isRate: true },
      { label: "Not JSON", read: ({ unreadable }) => unreadable, isBad: true },
    ],
  },
  websocket: {
    title: "WebSocket",
    facts: [
      { label: "Sent", read: ({ sent }) => sent, isRate: true },
      { label: "Received", read: ({ received }) => received, isRate: true },
      { label: "Open now", read: ({ open }) => open },
      { label: "Dropped", read: ({ dropped }) => dropped, isBad: true },
      { label: "Not opened", read: ({ openFailures }) => openFailures, isBad: true },
      { label: "No reply", read: ({ replyTimeouts }) => replyTimeouts, isBad: true },
    ],
  },
};

/** Metrics of `Server-Timing` that are shown. */
const MAX_TIMINGS = 6;

/** Below this a window is no second. */
const MIN_WINDOW_MS = 100;

/** The blocks of the groups that something was measured of. */
export function liveMeasures({ window, total }: Pick<Tick, "window" | "total">): readonly LiveMeasures[] {
  const [all, last] = [sumOfSteps(total), sumOfSteps(window)];
  return (Object.keys(SHOWN_GROUPS) as readonly (keyof typeof SHOWN_GROUPS)[])
    .flatMap((name): readonly LiveMeasures[] => measuresOf(name, { all, last, spanMs: spanOf(window) }))
    .concat(timingMeasures(all.serverTimings, last.serverTimings));
}

/** What responses say in `Server-Timing`: the metrics on which most time is spent. */
function timingMeasures(all: ServerTimings = {}, last: ServerTimings = {}): readonly LiveMeasures[] {
  const timed = timingKeys(all).filter((key) => all[key]!.times.count > 0).slice(0, MAX_TIMINGS);
  if (timed.length === 0) return [];
  const ranked = (timings: ServerTimings, key: string) =>
    Object.hasOwn(timings, key) ? { latency: timings[key]!.times, unanswered: EMPTY_HISTOGRAM } : undefined;
  return [{
    title: "Server-Timing",
    facts: [],
    times: timed.map((key) => ({
      label: labelOfTiming(key),
      cells: timeCells(ranked(all, key), ranked(last, key)),
    })),
  }];
}

/** Percentiles of the whole run, then p99 of the last second; a dash where the sample does not tell. */
function timeCells(all: Ranked | undefined, recent: Ranked | undefined): readonly string[] {
  const cell = (of: Ranked | undefined, p: number) =>
    formatMeasured(of !== undefined && isResolved(p, samplesOf(of)) ? percentileOf(of, p) : undefined);
  return [cell(all, 50), cell(all, 95), cell(all, 99), cell(recent, 99)];
}

function spanOf({ fromMs, toMs }: Snapshot): number {
  return toMs - fromMs;
}

function measuresOf<Name extends GroupName>(
  name: Name,
  { all, last, spanMs }: { readonly all: StepStats; readonly last: StepStats; readonly spanMs: number },
): readonly LiveMeasures[] {
  const shown = SHOWN_GROUPS[name];
  const stats = all[name] as GroupStats<Name> | undefined;
  if (shown === undefined || stats === undefined) return [];
  const now = last[name] as GroupStats<Name> | undefined;
  return [{
    title: shown.title,
    facts: shown.facts.flatMap(({ label, read, isRate, isBad }) => {
      const count = read(stats);
      if (isBad && count === 0) return [];
      const rate = isRate && spanMs >= MIN_WINDOW_MS
        ? { rate: `${rateText(now === undefined ? 0 : read(now) / spanMs * 1000)}/s` }
        : {};
      return [{ label, value: formatCount(count), ...rate, ...(isBad && { isBad }) }];
    }),
    times: SHOWN_TIMES.filter(({ group }) => group === name).flatMap((times): readonly LiveTimes[] => {
      const ranked = rankedTimes(times, all);
      if (ranked === undefined || samplesOf(ranked) === 0) return [];
      return [{ label: times.label, cells: timeCells(ranked, rankedTimes(times, last)) }];
    }),
  }];
}
