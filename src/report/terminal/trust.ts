/**
 * The terminal report's section about the load generator itself: what it used and whether it kept up.
 *
 * @module
 */
import { formatBytes, formatCount, formatTime } from "../../lib/number_format.ts";
import type { Style } from "../../lib/style.ts";
import type { HistogramData } from "../../metrics/histogram.ts";
import type { StepStats } from "../../metrics/snapshot.ts";
import { samplesOf } from "../../metrics/stats.ts";
import type { RunResult } from "../../result/run_result.ts";
import { percentileSamples } from "../../result/document/trust_json.ts";
import { socketsUsed, type TlsUsed, tlsUsed } from "../../result/sockets_used.ts";
import { coresUsed, findingsOf, lagPercentile, type ThreadFacts, threadFacts } from "../../result/trust.ts";
import { labelled, type ReportContext, type Section } from "./layout.ts";

/** Threads listed one by one; of more, the busiest and the latest. */
const MAX_THREADS = 8;

/** What the client used, how late it was, and how much stands behind each percentile. */
export function loadGenerator({ result, stats: { counts }, style }: ReportContext): Section {
  const { clockResolutionMs } = result.health;
  const hasMeasured = result.total.threads.length > 0 || samplesOf(counts) > 0;
  return {
    title: "LOAD GENERATOR",
    lines: hasMeasured
      ? [
        verdictLine(result, style),
        ...processLines(result),
        ...threadLines(threadFacts(result)),
        ...(clockResolutionMs === undefined
          ? []
          : [labelled("Clock", `resolution ${formatTime(clockResolutionMs)}`)]),
        ...sampleLines(counts),
      ]
      : [],
  };
}

/** Whether the load generator kept up, in one line; the whole section where it did not. */
export function generatorLine(context: ReportContext): readonly string[] {
  const { result, style } = context;
  const { lines } = loadGenerator(context);
  if (lines.length === 0) return [];
  const isDoubtful = findingsOf(result).some(({ kind }) => kind === "saturated" || kind === "exhausted");
  const cores = coresUsed(result);
  const used = cores === undefined ? "" : `, used ${cores.toFixed(2)} of ${result.health.cores} cores`;
  const text = isDoubtful ? style.warning("did not keep up, see below") : style.good("kept up");
  return [
    `Load generator: ${text}${used}`,
    "More: --full; what the numbers mean: bench help measuring",
  ];
}

function verdictLine(result: RunResult, style: Style): string {
  const kinds = findingsOf(result).map(({ kind }) => kind);
  if (kinds.includes("saturated") || kinds.includes("exhausted")) {
    return labelled("Kept Up", "no, see the notes", style.warning);
  }
  return labelled("Kept Up", kinds.includes("busy") ? "yes, at full speed" : "yes", style.good);
}

function sampleLines(counts: StepStats): readonly string[] {
  const behind = percentileSamples(counts).filter(({ percentile }) => percentile >= 90)
    .map(({ percentile, samples }) => `p${percentile} ${formatCount(samples)}`);
  const samples = samplesOf(counts);
  return [
    ...(samples > 0 ? [labelled("Samples", formatCount(samples))] : []),
    ...(behind.length > 0 ? [labelled("At or Beyond", behind.join(", "))] : []),
  ];
}

function processLines(result: RunResult): readonly string[] {
  const { health } = result;
  const cores = coresUsed(result);
  if (cores === undefined) return [];
  const share = `${Math.round(cores / health.cores * 100)}%`;
  const sockets = socketsUsed(result);
  const tls = tlsUsed(result);
  return [
    labelled("CPU", `${cores.toFixed(2)} of ${health.cores} cores (${share})`),
    labelled("Peak Memory", formatBytes(health.peakMemoryBytes)),
    ...(sockets === undefined ? [] : [labelled("Sockets", sockets)]),
    ...(tls === undefined ? [] : tlsLines(tls)),
  ];
}

function tlsLines({ library, reason, handshakes }: TlsUsed): readonly string[] {
  return [
    labelled("TLS", library),
    ...(reason === undefined ? [] : [labelled("", reason)]),
    ...(handshakes === undefined ? [] : [
      labelled(
        "Handshakes",
        `${formatCount(handshakes.full)} full, ${formatCount(handshakes.resumed)} resumed`,
      ),
    ]),
  ];
}

function threadLines(all: readonly ThreadFacts[]): readonly string[] {
  const threads = all.filter((facts) => threadTexts(facts).length > 0);
  if (threads.length <= MAX_THREADS) return threads.flatMap(linesOf);
  const worst = threads.toSorted((a, b) => latest(b) - latest(a)).slice(0, MAX_THREADS);
  return [
    ...worst.flatMap(linesOf),
    labelled("Other Threads", `${formatCount(threads.length - MAX_THREADS)}, less late`),
  ];
}

function latest({ lag }: ThreadFacts): number {
  return lagPercentile(lag, 95) ?? 0;
}

/** What it did, and below how late it was: together they do not fit beside the label. */
function linesOf(facts: ThreadFacts): readonly string[] {
  const [first, ...others] = threadTexts(facts);
  return [labelled(`Thread ${facts.thread}`, first!), ...others.map((text) => labelled("", text))];
}

function threadTexts({ busyShare, runQueueWaitShare, lag }: ThreadFacts): readonly string[] {
  const parts = [
    busyShare === undefined ? undefined : `busy ${percent(busyShare)}`,
    runQueueWaitShare === undefined ? undefined : `waited for a core ${percent(runQueueWaitShare)}`,
  ];
  return [parts.filter((part) => part !== undefined).join(", "), lagText(lag) ?? ""].filter((text) =>
    text !== ""
  );
}

function lagText(lag: HistogramData): string | undefined {
  const p95Us = lagPercentile(lag, 95);
  if (p95Us === undefined) return undefined;
  return `timers ${formatTime(p95Us / 1000)} late at p95, ${formatTime(lag.max / 1000)} at worst`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
