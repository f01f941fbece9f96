/**
 * The terminal report's first and last sections: the run at a glance, how its numbers were measured, and notes.
 *
 * @module
 */
import { escapeTerminal } from "../../lib/escape.ts";
import {
  formatBytes,
  formatCount,
  formatRate,
  formatShare,
  formatTenths,
  formatTime,
  NOT_MEASURED,
} from "../../lib/number_format.ts";
import { countersIn } from "../../metrics/catalog.ts";
import { type HistogramData, rankOf, valueAtRank } from "../../metrics/histogram.ts";
import {
  attemptsOf,
  bytesPerSecond,
  endedOf,
  errorsOf,
  requestsPerSecond,
  successesPerSecond,
} from "../../metrics/stats.ts";
import { isOpenLoop, loadFacts } from "../../plan/load_kinds.ts";
import {
  connectionsText,
  definitionsOf,
  droppedText,
  keepAliveText,
  modeText,
  pauseText,
  proxyText,
  targetText,
} from "../../result/describe_run.ts";
import { countedWords } from "../../result/describe_sockets.ts";
import type { UserStages } from "../../plan/run_plan.ts";
import type { RunResult } from "../../result/run_result.ts";
import { labelled, type ReportContext, type Section, wrapped } from "./layout.ts";

/** The run at a glance. */
export function benchmarkResults(context: ReportContext): Section {
  return {
    title: "BENCHMARK RESULTS",
    lines: [
      ...droppedLines(context),
      ...loadLines(context),
      ...countLines(context),
      ...scheduleLines(context),
      ...clientLines(context),
    ],
  };
}

/** What came of the run: counts and rates, and what is special about it. */
export function resultLines(context: ReportContext): readonly string[] {
  const { result, stats } = context;
  const { client } = result.plan;
  const ended = endedOf(stats.counts);
  const each = ended === 0 ? "" : `, ${formatBytes(stats.counts.bodyBytes / ended)} per request`;
  const special = ["Keep-Alive", "Proxy", "Local Addresses", "TLS"];
  return [
    ...droppedLines(context),
    ...loadLines(context).filter((line) => {
      const label = line.trim().split(":")[0] ?? "";
      return special.includes(label) && !(label === "Keep-Alive" && keepAliveText(client) === "yes");
    }),
    ...countLines(context),
    ...scheduleLines(context),
    ...clientLines(context).map((line) => line.startsWith("  Total Transfer:") ? `${line}${each}` : line),
  ];
}

/** Before all numbers, since it bears on all of them. */
function droppedLines({ result, style, textWidth }: ReportContext): readonly string[] {
  const text = droppedText(result);
  return text === undefined ? [] : [...wrapped(text, 2, textWidth).map(style.bad), ""];
}

/** What each number means. */
export function measurement({ result }: ReportContext): Section {
  return {
    title: "HOW THIS WAS MEASURED",
    lines: definitionsOf(result).flatMap(({ term, text }) => wrapped(`${term}: ${text}`, 4)),
  };
}

/** Warnings and remarks; threads that were lost come first. */
export function notes({ outcome, result, style, textWidth }: ReportContext): Section {
  const lost = result.lost.map(({ thread, atMs, reason }) =>
    `${thread} was lost after ${formatTime(atMs)}: ${reason}`
  );
  const warnings = outcome.notes.filter((note) => note.level === "warning").map((note) => note.text);
  const remarks = outcome.notes.filter((note) => note.level === "info").map((note) => note.text);
  return {
    title: "NOTES",
    lines: [
      ...lost.flatMap((text) => wrapped(`Warning: ${text}`, 4, textWidth).map(style.bad)),
      ...warnings.flatMap((text) => wrapped(`Warning: ${text}`, 4, textWidth).map(style.warning)),
      ...remarks.flatMap((text) => wrapped(text, 4, textWidth)),
    ],
  };
}

function loadLines({ outcome, result, stats, style }: ReportContext): readonly string[] {
  const { plan, certificate } = result;
  const { client } = plan;
  const { openLoop, simulation } = loadFacts(plan.load);
  const mode = modeText(plan);
  const lines = [
    labelled("Target", targetText(plan)),
    result.interrupted
      ? labelled("Mode", `${mode} (${result.aborted ? "aborted" : "interrupted"})`, style.warning)
      : labelled("Mode", mode),
    labelled("Duration", formatTime(result.durationMs)),
  ];
  if (simulation !== undefined) {
    const { users, rampUpMs, stages } = simulation;
    const each = users > 0 ? endedOf(stats.counts) / users : 0;
    lines.push(
      labelled("Virtual Users", formatCount(users)),
      stages === undefined
        ? labelled("Ramp-up", rampUpMs === 0 ? "none" : formatTime(rampUpMs))
        : labelled("Stages", stagesText(stages)),
      labelled("Think Time", pauseText(simulation, plan.scenario)),
      labelled("Avg Reqs/User", formatTenths(each)),
    );
  } else {
    const isToTell = openLoop !== undefined && plan.warmupMs === 0;
    const opened = isToTell ? ` (${formatCount(result.total.connects)} opened)` : "";
    lines.push(labelled("Connections", `${connectionsText(plan)}${opened}`));
  }
  lines.push(
    labelled("Threads", formatCount(result.threads)),
    labelled("Keep-Alive", keepAliveText(client)),
    ...(client.leavesBody ? [labelled("Response Bodies", "not read")] : []),
  );
  const proxy = proxyText(plan);
  if (proxy !== undefined) lines.push(labelled("Proxy", escapeTerminal(proxy)));
  if (client.localAddresses) lines.push(labelled("Local Addresses", client.localAddresses.join(", ")));
  const { scenario } = plan;
  if (scenario.name !== undefined || scenario.cookies !== "ignore" || simulation !== undefined) {
    lines.push(labelled("Sessions", SESSIONS[scenario.cookies]));
  }
  if (certificate) {
    const how = [certificate.protocol, certificate.cipher].filter((part) => part).join(", ");
    const trust = certificate.isTrusted
      ? "certificate trusted"
      : `certificate NOT trusted${certificate.reason ? `: ${certificate.reason}` : ""}`;
    lines.push(
      labelled(
        "TLS",
        how === "" ? trust : `${how}, ${trust}`,
        certificate.isTrusted ? undefined : style.warning,
      ),
    );
  }
  const tags = Object.entries(outcome.tags).map(([key, value]) => `${key}=${value}`);
  if (tags.length > 0) lines.push(labelled("Tags", tags.join(", ")));
  return lines;
}

/** `50 at 30.0s, 200 at 90.0s`. */
function stagesText(stages: UserStages): string {
  return stages.slice(1).map(([atMs, users]) => `${formatCount(users)} at ${formatTime(atMs)}`).join(", ");
}

const SESSIONS: Readonly<Record<RunResult["plan"]["scenario"]["cookies"], string>> = {
  persistent: "a cookie jar for each user",
  fresh_per_iteration: "a cookie jar for each iteration",
  ignore: "cookies from servers are ignored",
};

function countLines({ result, stats, style }: ReportContext): readonly string[] {
  const { counts } = stats;
  const { total, plan } = result;
  const errors = errorsOf(counts);
  const lines = [
    labelled(countedWords(plan).total, formatCount(endedOf(counts))),
    labelled("Total Errors", formatCount(errors), errors > 0 ? style.bad : style.good),
  ];
  if (errors > 0) {
    lines.push(
      labelled("Error Rate", formatShare(errors, attemptsOf(counts)), style.bad),
      labelled("Success Rate", formatShare(counts.succeeded, attemptsOf(counts))),
    );
  }
  for (const { label, value, tone } of countersIn(counts)) {
    lines.push(labelled(label, value, tone && style[tone]));
  }
  if (plan.client.maxRedirects > 0) lines.push(labelled("Redirects", formatCount(total.redirects)));
  if (plan.scenario.name !== undefined) {
    const { iterations, cutIterations } = total;
    const cut = cutIterations > 0
      ? ` (${formatCount(cutIterations)} more ${cutIterations === 1 ? "was" : "were"} cut off by the end)`
      : "";
    lines.push(labelled("Iterations", `${formatCount(iterations)}${cut}`));
  }
  if (result.warmupRequests !== undefined) {
    lines.push(labelled("Warm-up Requests", `${formatCount(result.warmupRequests)} (not counted above)`));
  }
  lines.push(labelled(countedWords(plan).perSecond, formatRate(requestsPerSecond(stats) ?? 0)));
  if (errors > 0) lines.push(labelled("Successful/sec", formatRate(successesPerSecond(stats) ?? 0)));
  return lines;
}

function scheduleLines({ result, style }: ReportContext): readonly string[] {
  const { plan, total } = result;
  if (!isOpenLoop(plan)) return [];
  const { targetRate, rampTargetRate, description } = loadFacts(plan.load).openLoop ?? {};
  const lines = targetRate === undefined ? [] : [labelled("Target RPS", formatRate(targetRate))];
  if (rampTargetRate !== undefined) lines.push(labelled("Ramp Target RPS", formatRate(rampTargetRate)));
  if (description !== undefined) lines.push(labelled("Traffic Profile", description));
  lines.push(
    labelled("Rate Limit Waits", formatCount(total.scheduleWaits)),
    labelled("Delayed", `${formatCount(total.delayed)} (by over 1ms)`),
    labelled("Start Delay", `p50 ${quantile(total.startDelay, 50)}, p99 ${quantile(total.startDelay, 99)}`),
    labelled("Most in Flight", formatCount(total.maxInFlight)),
  );
  if (total.dropped > 0) lines.push(labelled("Dropped", formatCount(total.dropped), style.bad));
  return lines;
}

function clientLines({ result, stats }: ReportContext): readonly string[] {
  const { total } = result;
  const lines = [
    labelled("Transfer/sec", `${formatBytes(bytesPerSecond(stats) ?? 0)}/s`),
    labelled("Total Transfer", formatBytes(stats.counts.bodyBytes)),
  ];
  const versions = Object.entries(total.protocols);
  if (versions.some(([version]) => version !== "1.1")) {
    const texts = versions.map(([version, count]) => `HTTP/${version} (${formatCount(count)})`);
    lines.push(labelled("Protocol", texts.join(", ")));
  }
  return lines;
}

function quantile(data: HistogramData, percentile: number): string {
  return data.count === 0
    ? NOT_MEASURED
    : formatTime(valueAtRank(data, rankOf(percentile, data.count)) / 1000);
}
