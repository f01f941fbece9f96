/**
 * What speaks for and against a run's numbers, each with the figures that say so.
 *
 * @module
 */
import { formatDuration } from "../../lib/duration.ts";
import { formatBytes, formatCount, formatCounted, formatShare, formatTime } from "../../lib/number_format.ts";
import { isResolved, REPORTED_PERCENTILES } from "../../metrics/catalog.ts";
import { type HistogramData, rankOf, valueAtRank } from "../../metrics/histogram.ts";
import type { StepStats } from "../../metrics/snapshot.ts";
import { samplesOf, samplesToResolve } from "../../metrics/stats.ts";
import { isOpenLoop } from "../../plan/load_kinds.ts";
import { overallStats, type RunResult } from "../../result/run_result.ts";
import { socketsUsed, tlsUsed } from "../../result/sockets_used.ts";
import { arrivalsSent, coresUsed, type FindingKind, findingsOf, threadFacts } from "../../result/trust.ts";
import { foreign, spaced, type Tone } from "./display.ts";

/** One remark on the numbers. */
export interface TrustItem {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
}

/** All remarks, the troubling ones first. */
export function trustItems(result: RunResult): readonly TrustItem[] {
  const { counts } = overallStats(result);
  const order: readonly Tone[] = ["bad", "warn", "good", "neutral"];
  return [
    ...lost(result),
    ...interrupted(result),
    ...told(result),
    ...generator(result),
    ...timers(result),
    ...schedule(result),
    ...samples(counts),
    ...unanswered(counts),
    ...unfinished(result, counts),
    ...unfilled(counts),
    ...lengths(counts),
    ...certificate(result),
    ...connections(result),
    ...warmup(result),
  ].sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
}

function lost(result: RunResult): readonly TrustItem[] {
  return result.lost.map(({ thread, atMs, reason }) => ({
    tone: "bad",
    title: `Lost: ${foreign(thread)}`,
    text: `${foreign(reason)}, ${
      spaced(formatTime(atMs))
    } into the run. What it had reported until then counts.`,
  }));
}

function interrupted(result: RunResult): readonly TrustItem[] {
  return result.interrupted
    ? [{ tone: "warn", title: "Interrupted", text: "The numbers cover the time until the run was stopped." }]
    : [];
}

/** What is told in the words of its finding. */
function told(result: RunResult): readonly TrustItem[] {
  return findingsOf(result).flatMap(({ kind, isWarning, text }) => {
    const title = TITLES[kind];
    const tone = isWarning ? "bad" as const : "warn" as const;
    return title === undefined ? [] : [{ tone, title, text: `${spaced(text)}.` }];
  });
}

const TITLES: { readonly [kind in FindingKind]?: string } = {
  silent: "No response at the end",
  exhausted: "Load generator out of resources",
  steered: "Load changed by hand",
};

function generator(result: RunResult): readonly TrustItem[] {
  const { health, threads } = result;
  const cores = coresUsed(result);
  if (cores === undefined) return [];
  const kinds = findingsOf(result).map(({ kind }) => kind);
  const [tone, title] = kinds.includes("saturated")
    ? ["warn", "Load generator did not keep up"] as const
    : kinds.includes("busy")
    ? ["neutral", "Load generator at full speed"] as const
    : ["good", "Load generator kept up"] as const;
  const sockets = socketsUsed(result);
  const tls = tlsUsed(result);
  const facts = threadFacts(result);
  const busy = most(facts.map(({ busyShare }) => busyShare));
  const denied = most(facts.map(({ runQueueWaitShare }) => runQueueWaitShare));
  return [{
    tone,
    title,
    text: `${cores.toFixed(2)} of ${formatCount(health.cores)} cores with ` +
      `${formatCounted(threads, "thread")}, ${
        spaced(formatBytes(health.peakMemoryBytes))
      } of memory at most` +
      (sockets === undefined ? "" : `, ${sockets} sockets`) +
      (tls === undefined ? "." : `, TLS: ${tls.library}.`) +
      (busy === undefined ? "" : ` The busiest thread worked ${percent(busy)} of the time`) +
      (busy === undefined
        ? ""
        : denied === undefined
        ? "."
        : `, and waited up to ${percent(denied)} for a core.`),
  }];
}

function timers(result: RunResult): readonly TrustItem[] {
  const lags = threadFacts(result).map(({ lag }) => lag).filter((lag) => lag.count > 0);
  if (lags.length === 0) return [];
  const p95Us = Math.max(...lags.map((lag) => quantile(lag, 95)));
  const maxUs = Math.max(...lags.map((lag) => lag.max));
  const checks = lags.reduce((sum, lag) => sum + lag.count, 0);
  const isDelayed = findingsOf(result).some(({ kind }) => kind === "saturated");
  const { clockResolutionMs } = result.health;
  return [{
    tone: isDelayed ? "warn" : "good",
    title: isDelayed ? "Load threads were late" : "Load threads were on time",
    text:
      `Own timers at most ${time(p95Us)} late in 95% of ${formatCounted(checks, "check")}, ${
        time(maxUs)
      } at worst` +
      (isDelayed ? "; latencies include these delays." : ".") +
      (clockResolutionMs === undefined ? "" : ` Clock resolution: ${time(clockResolutionMs * 1000)}.`),
  }];
}

function most(shares: readonly (number | undefined)[]): number | undefined {
  const known = shares.filter((share) => share !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function schedule({ plan: { load }, total }: RunResult): readonly TrustItem[] {
  if (!isOpenLoop({ load })) {
    return [{
      tone: "neutral",
      title: "Closed loop",
      text:
        "Each user waits for a response before sending again, so a stalled server receives fewer requests and " +
        "the stall shows less in the percentiles. With a fixed rate (--rate) it shows in full.",
    }];
  }
  const due = arrivalsSent(total) + total.dropped;
  const delay = total.startDelay.count > 0 ? ` Start delay p99 ${time(quantile(total.startDelay, 99))}.` : "";
  return [{
    tone: total.dropped > 0 ? "warn" : "good",
    title: total.dropped > 0 ? "Schedule missed" : "Schedule kept",
    text: `${formatCounted(total.dropped, "arrival")} dropped` +
      (due > 0 ? ` (${formatShare(total.dropped, due)})` : "") +
      `, ${formatCount(total.delayed)} started over 1\u202fms late, ${
        formatCount(total.maxInFlight)
      } in flight ` +
      `at most.${delay} Latency counts from the moment each was due, so it includes waiting.`,
  }];
}

function samples(counts: StepStats): readonly TrustItem[] {
  const count = samplesOf(counts);
  if (count === 0) return [];
  const unresolved = REPORTED_PERCENTILES.find((percentile) => !isResolved(percentile, count));
  const isSmall = count < samplesToResolve(99);
  return [{
    tone: isSmall ? "warn" : "good",
    title: isSmall ? "Few samples" : "Sample size",
    text: unresolved === undefined
      ? `${formatCounted(count, "sample")}, enough for every percentile shown.`
      : `${formatCounted(count, "sample")}; percentiles from p${unresolved} up are left out: ` +
        `it needs ${formatCount(samplesToResolve(unresolved))}.`,
  }];
}

function unanswered({ unanswered: { count } }: StepStats): readonly TrustItem[] {
  if (count === 0) return [];
  return [{
    tone: "warn",
    title: "Requests without a response",
    text:
      `${formatCounted(count, "request")} never got a complete response. They rank behind all that did; ` +
      "percentiles that fall among them are marked ≥.",
  }];
}

function unfinished({ plan }: RunResult, counts: StepStats): readonly TrustItem[] {
  if (counts.unfinished === 0) return [];
  return [{
    tone: "neutral",
    title: "Unfinished at the end",
    text:
      `${formatCounted(counts.unfinished, "request")} still open ${
        formatDuration(plan.gracefulStopMs)
      } after the end; ` +
      "neither requests nor errors.",
  }];
}

function unfilled(counts: StepStats): readonly TrustItem[] {
  if (counts.unfilled === 0) return [];
  return [{
    tone: "warn",
    title: "Steps not filled in",
    text: `${formatCounted(counts.unfilled, "step")} had a placeholder without a value and ${
      counts.unfilled === 1 ? "was" : "were"
    } never sent; errors, but not requests.`,
  }];
}

function lengths(counts: StepStats): readonly TrustItem[] {
  if (counts.lengthErrors === 0) return [];
  return [{
    tone: "warn",
    title: "Wrong lengths",
    text: `${formatCounted(counts.lengthErrors, "response")} did not have the declared length.`,
  }];
}

function certificate({ certificate: shown }: RunResult): readonly TrustItem[] {
  if (!shown) return [];
  const facts = [shown.protocol, shown.cipher, shown.subject].filter((fact) => fact !== undefined);
  const about = facts.map((fact) => foreign(fact)).join(", ");
  return [{
    tone: shown.isTrusted ? "good" : "warn",
    title: shown.isTrusted ? "Certificate trusted" : "Certificate not trusted",
    text: [shown.isTrusted ? "" : foreign(shown.reason ?? ""), about].filter((text) => text !== "").join(
      "; ",
    ),
  }];
}

function connections(result: RunResult): readonly TrustItem[] {
  const { plan, total } = result;
  const handshakes = tlsUsed(result)?.handshakes;
  const requests = total.connects + total.reused;
  if (requests === 0) return [];
  return [{
    tone: "neutral",
    title: "Connections",
    text:
      `${formatCount(total.connects)} opened, ${
        formatCount(total.reconnects)
      } of them to replace one that the ` +
      `server had closed; ${formatShare(total.reused, requests)} of requests reused an open one.` +
      (handshakes === undefined
        ? ""
        : ` TLS handshakes: ${formatCount(handshakes.full)} full, ${
          formatCount(handshakes.resumed)
        } resumed.`) +
      (plan.client.maxRedirects > 0 ? ` ${formatCount(total.redirects)} redirects were followed.` : ""),
  }];
}

function warmup({ plan, warmupRequests }: RunResult): readonly TrustItem[] {
  if (plan.warmupMs <= 0) return [];
  return [{
    tone: "neutral",
    title: "Warm-up excluded",
    text: `The first ${formatDuration(plan.warmupMs)}` +
      (warmupRequests === undefined ? "" : ` (${formatCounted(warmupRequests, "request")})`) +
      " are not counted.",
  }];
}

function quantile(data: HistogramData, percentile: number): number {
  return valueAtRank(data, rankOf(percentile, data.count));
}

function time(us: number): string {
  return spaced(formatTime(us / 1000));
}
