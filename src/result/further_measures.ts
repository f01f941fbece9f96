/**
 * What was measured beyond requests and their latency, as every report shows it: facts, and a table of times.
 *
 * @module
 */
import {
  formatBytes,
  formatCount,
  formatMeasured,
  formatPercent,
  formatRate,
  formatTenths,
  formatTime,
} from "../lib/number_format.ts";
import { isResolved } from "../metrics/catalog.ts";
import { goodputOf } from "../metrics/further_rates.ts";
import { meanOf, rankOf, valueAtRank } from "../metrics/histogram.ts";
import type { GroupStats } from "../metrics/measure_groups.ts";
import { SHOWN_TIMES, type ShownTimes } from "../metrics/measures.ts";
import { percentileOf, rankedTimes, samplesOf, type Stats } from "../metrics/stats.ts";

/** One fact. */
export interface FurtherFact {
  readonly label: string;
  readonly value: string;
  readonly tone?: "bad" | "warning";
}

/** One distribution: how many values, and some of its times as people read them. */
export interface FurtherTimes {
  readonly label: string;
  readonly count: string;
  /** In the order of {@linkcode TIMES_HEAD}; `-` where the sample does not tell. */
  readonly cells: readonly string[];
}

/** What belongs together. */
export interface FurtherMeasures {
  readonly title: string;
  readonly facts: readonly FurtherFact[];
  readonly times: readonly FurtherTimes[];
}

/** What the cells of a distribution are. */
export const TIMES_HEAD = ["mean", "p50", "p95", "p99", "max"] as const;

/** The groups that something was measured of. */
export function furtherMeasures(stats: Stats): readonly FurtherMeasures[] {
  const { stream, tokens, websocket } = stats.counts;
  return [
    ...(stream
      ? [{ title: "Streams", facts: streamFacts(stream, stats), times: timesOf("stream", stats) }]
      : []),
    ...(tokens
      ? [{ title: "Tokens", facts: tokenFacts(tokens, stats), times: timesOf("tokens", stats) }]
      : []),
    ...(websocket
      ? [{ title: "WebSocket", facts: webSocketFacts(websocket, stats), times: timesOf("websocket", stats) }]
      : []),
  ];
}

function streamFacts(of: GroupStats<"stream">, { durationMs }: Stats): readonly FurtherFact[] {
  const each = of.streams > 0 ? `, ${formatTenths(of.events / of.streams)} a stream` : "";
  const late = of.timedOut > 0 ? `; ${formatCount(of.timedOut)} by their timeout` : "";
  return [
    { label: "Streams", value: formatCount(of.streams) },
    { label: "Events", value: `${formatCount(of.events)}, ${rateText(of.events, durationMs)}${each}` },
    ...(of.together * 2 > of.gap.count
      ? [{
        label: "Came together",
        value: `${formatCount(of.together)} of ${
          formatCount(of.events)
        } events, in one read with the one before: a gap of 0`,
        tone: "warning" as const,
      }]
      : []),
    ...(of.broken > 0
      ? [{
        label: "Broken",
        value: `${formatCount(of.broken)}, after ${
          formatTenths(of.brokenEvents / of.broken)
        } events on average${late}`,
        tone: "bad" as const,
      }]
      : []),
  ];
}

function tokenFacts(of: GroupStats<"tokens">, stats: Stats): readonly FurtherFact[] {
  const goodput = goodputOf(stats);
  const { tpot } = of;
  const medianMs = tpot.count === 0 ? 0 : valueAtRank(tpot, rankOf(50, tpot.count)) / 1000;
  const perStream = medianMs > 0 ? `, ${formatRate(1000 / medianMs)}/s per stream (median)` : "";
  const good = stats.durationMs > 0 ? `, ${formatRate(of.good / stats.durationMs * 1000)} req/s` : "";
  return [
    {
      label: "Output tokens",
      value: `${formatCount(of.tokens)}, ${rateText(of.tokens, stats.durationMs)}${perStream}`,
    },
    ...(of.unreadable > 0
      ? [{
        label: "Not JSON",
        value: `${formatCount(of.unreadable)} events, in which no token was looked for`,
        tone: "warning" as const,
      }]
      : []),
    ...(goodput === undefined
      ? []
      : [{ label: "Goodput", value: `${formatPercent(goodput)} of requests within the limits${good}` }]),
  ];
}

function rateText(count: number, durationMs: number): string {
  return durationMs > 0 ? `${formatRate(count / durationMs * 1000)}/s` : "";
}

function timesOf(group: ShownTimes["group"], { counts }: Stats): readonly FurtherTimes[] {
  return SHOWN_TIMES.filter((shown) => shown.group === group).flatMap((shown) => {
    const ranked = rankedTimes(shown, counts);
    const samples = ranked === undefined ? 0 : samplesOf(ranked);
    if (ranked === undefined || samples === 0) return [];
    const mean = meanOf(ranked.latency);
    const percentile = (p: number) => isResolved(p, samples) ? formatMeasured(percentileOf(ranked, p)) : "-";
    return [{
      label: shown.label,
      count: formatCount(samples),
      cells: [
        mean === undefined ? "-" : formatTime(mean / 1000),
        ...[50, 95, 99].map(percentile),
        formatMeasured(percentileOf(ranked, 100)),
      ],
    }];
  });
}

function webSocketFacts(of: GroupStats<"websocket">, { durationMs }: Stats): readonly FurtherFact[] {
  const messages = (count: number, bytes: number) =>
    `${formatCount(count)}, ${rateText(count, durationMs)}, ${formatBytes(bytes)}`;
  const bad = (count: number) => count > 0 ? { tone: "bad" as const } : {};
  const reopened = of.reopened > 0 ? `, ${formatCount(of.reopened)} opened again` : "";
  const codes = Object.entries(of.codes).sort(([a], [b]) => Number(a) - Number(b))
    .map(([code, count]) => `${code}: ${formatCount(count)}`);
  const unanswered = of.closesUnanswered > 0
    ? `, ${formatCount(of.closesUnanswered)} of ours not answered`
    : "";
  return [
    {
      label: "Connections",
      // Those of a warm-up were opened before anything was counted.
      value: of.opened < of.mostOpen
        ? `at most ${formatCount(of.mostOpen)} at a time, ${
          of.opened === 0 ? "all" : formatCount(of.mostOpen - of.opened)
        } opened before the measurement${reopened}`
        : `${formatCount(of.opened)} opened, at most ${formatCount(of.mostOpen)} at a time${reopened}`,
    },
    ...(of.openFailures > 0 ? [{ label: "Not opened", value: formatCount(of.openFailures), ...bad(1) }] : []),
    ...(of.dropped > 0 ? [{ label: "Dropped", value: formatCount(of.dropped), ...bad(1) }] : []),
    { label: "Messages sent", value: messages(of.sent, of.sentBytes) },
    { label: "Received", value: messages(of.received, of.receivedBytes) },
    ...(of.replyTimeouts > 0
      ? [{ label: "No reply in time", value: formatCount(of.replyTimeouts), ...bad(1) }]
      : []),
    ...(of.unexpected > 0 && of.roundTrip.count > 0
      ? [{ label: "Unexpected", value: `${formatCount(of.unexpected)} messages that no reply was due for` }]
      : []),
    ...fanOutFacts(of),
    ...(of.pingsSent > 0
      ? [{
        label: "Pings",
        value: `${formatCount(of.pingsSent)} sent, ${formatCount(of.pongsReceived)} answered`,
      }]
      : []),
    ...(codes.length > 0 ? [{ label: "Close codes", value: `${codes.join(", ")}${unanswered}` }] : []),
  ];
}

/** How many got what was sent to all. */
function fanOutFacts({ stamped, stampedElsewhere, fanOut }: GroupStats<"websocket">): readonly FurtherFact[] {
  const receivers = stamped > 0 && stampedElsewhere === 0
    ? ` of ${formatCount(stamped)} stamped messages, ${formatTenths(fanOut.count / stamped)} receivers each`
    : "";
  const timed = fanOut.count + stamped > 0
    ? [{ label: "Deliveries", value: `${formatCount(fanOut.count)}${receivers}` }]
    : [];
  if (stampedElsewhere === 0) return timed;
  const value = `${formatCount(stampedElsewhere)} deliveries from other machines, whose clocks differ`;
  return [...timed, { label: "Not timed", value, tone: "warning" }];
}
