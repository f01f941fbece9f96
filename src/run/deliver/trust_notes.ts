/**
 * What a result's reports say beside the numbers: that nothing could be measured, that the run was cut short, and how
 * far the client can be trusted.
 *
 * @module
 */
import { failureText } from "../../metrics/failure.ts";
import { MAX_FOUND_STEPS, OTHER_REQUESTS } from "../../metrics/found_steps.ts";
import { type LimitName, LIMITS } from "../../metrics/limits.ts";
import { formatCount, formatCounted, formatTime } from "../../lib/number_format.ts";
import { attemptsOf, endedOf, isFruitless } from "../../metrics/stats.ts";
import { httpStepsOf, knownUrls, socketLoadOf } from "../../plan/scenario.ts";
import { lostAllSockets, spentSets } from "../../result/exhausted.ts";
import type { Note } from "../../result/outcome.ts";
import { overallStats, type RunResult } from "../../result/run_result.ts";
import { unsteadinessOf } from "../../result/steadiness.ts";
import { findingsOf } from "../../result/trust.ts";

/** Everything worth a note about one result. */
export function trustNotes(result: RunResult): readonly Note[] {
  const warnings = [
    nothingSucceeded(result),
    handshakes(result),
    leak(result),
    otherProtocols(result),
    fewStreams(result),
    emptyStreams(result),
    ...emptyServerTime(result),
    withoutTokens(result),
    cutStreams(result),
    unsteadinessOf(result),
    interrupted(result),
  ]
    .filter((text) => text !== undefined);
  return [
    ...warnings.map((text): Note => ({ level: "warning", text })),
    ...limitsMet(result).map((text): Note => ({ level: "warning", text })),
    ...[...openStreams(result), ...onlyRedirects(result), ...rowsSpent(result), ...askedFirst(result)].map((
      text,
    ): Note => ({
      level: "info",
      text,
    })),
    ...findingsOf(result).map(({ isWarning, text }): Note => ({
      level: isWarning ? "warning" : "info",
      text,
    })),
  ];
}

function nothingSucceeded(result: RunResult): string | undefined {
  const { counts } = overallStats(result);
  if (!isFruitless(counts)) return undefined;
  const attempts = attemptsOf(counts);
  if (attempts === 0) return "No response arrived before the end: there is nothing to measure";
  const [name, count] = Object.entries(counts.failures).sort((a, b) => b[1] - a[1])[0] ??
    ["unknown", attempts];
  return `No request succeeded: ${count} of ${attempts} failed with "${failureText(name)}"` +
    otherScheme(name, result);
}

/** Feeds that never end: what is measured of them. */
function openStreams(result: RunResult): readonly string[] {
  const { counts } = overallStats(result);
  return counts.succeeded > 0 || isFruitless(counts)
    ? []
    : ["Every stream was still open at the end: its events are measured, how long it lasts is not"];
}

/** Memory of the user's code that only grows: the first thread that told of it. */
function leak({ total }: RunResult): string | undefined {
  return total.details.find(({ topic }) => topic === "leak")?.text;
}

/** What to do about an alert. */
const REMEDIES: Readonly<Record<string, string>> = {
  certificate_required: "add a client certificate with --cert and --key",
  protocol_version: "choose other versions with --tls-min and --tls-max",
  unrecognized_name: "send another name with --sni",
  unknown_ca: "it does not trust the issuer of the client certificate",
};

/** Why handshakes failed, if servers said so: the first reason of each thread. */
function handshakes({ total }: RunResult): string | undefined {
  const alerts = handshakeAlerts(total.details);
  if (alerts.length === 0) return undefined;
  const told = alerts.map((alert) =>
    Object.hasOwn(REMEDIES, alert) ? `${alert} (${REMEDIES[alert]})` : alert
  );
  return `TLS handshakes failed with the server's alert ${told.join(", ")}`;
}

function handshakeAlerts(details: RunResult["total"]["details"]): readonly string[] {
  const texts = details.filter(({ topic }) => topic === "tls_handshake").map(({ text }) => text);
  return [...new Set(texts.flatMap((text) => /\bTLS alert (\w+)$/.exec(text)?.[1] ?? []))];
}

/** What to try when the server seems to speak the other of http: and https:. */
function otherScheme(failure: string, { plan: { scenario, client }, total }: RunResult): string {
  const schemes = new Set(knownUrls(scenario).map(({ protocol }) => protocol));
  if (schemes.size !== 1 || client.proxy !== undefined) return "";
  // A server that sends alerts speaks TLS.
  if (failure === "tls_handshake" && schemes.has("https:") && handshakeAlerts(total.details).length === 0) {
    return `; if the server has no TLS, use ${socketLoadOf(scenario) === undefined ? "http:" : "ws:"}`;
  }
  if (failure === "HTTP 426") return "; a WebSocket is tested with a ws: or wss: URL";
  return failure === "not_http" && schemes.has("http:")
    ? "; if the server uses TLS, use https:, if it speaks only HTTP/2, --http2, and for gRPC a grpc: URL"
    : "";
}

const REDIRECTS: readonly string[] = ["301", "302", "303", "307", "308"];

/** Other tools follow redirects unasked. */
function onlyRedirects(result: RunResult): readonly string[] {
  if (result.plan.client.maxRedirects > 0) return [];
  const statuses = Object.keys(overallStats(result).counts.statuses);
  return statuses.length > 0 && statuses.every((status) => REDIRECTS.includes(status))
    ? [`Every response was a redirect (${statuses.join(", ")}); --follow-redirects follows them`]
    : [];
}

/** What asking before bodies cost: time that is the question's, and not the server's work. */
function askedFirst({ total }: RunResult): readonly string[] {
  const { continueWaits, continueWaitMs, continueRefusals } = total;
  const waited = continueWaits === 0 ? [] : [
    `Expect: 100-continue held ${
      continueWaits === 1 ? "the body of 1 request" : `the bodies of ${continueWaits} requests`
    } back for ` +
    `${formatTime(continueWaitMs / continueWaits)} on average, which is part of their latency`,
  ];
  return continueRefusals === 0 ? waited : [
    ...waited,
    `The server refused Expect: 100-continue with 417: ${
      continueRefusals === 1 ? "1 request was" : `${continueRefusals} requests were`
    } sent again without it, ` +
    "and so were all later requests",
  ];
}

function rowsSpent({ plan, total, interrupted }: RunResult): readonly string[] {
  if (interrupted) return [];
  if (lostAllSockets(plan, total)) {
    return [
      "The load ended when no connection was left: each had ended or could not be opened (--ws-reconnect opens them again)",
    ];
  }
  return spentSets(plan, total).map(({ name, rows }) =>
    `The load ended when each of the ${rows.length} rows of data set "${name}" had been used`
  );
}

function otherProtocols({ plan, total }: RunResult): string | undefined {
  if (!plan.client.http2) return undefined;
  const all = Object.values(total.protocols).reduce((sum, count) => sum + count, 0);
  const others = all - (total.protocols["2"] ?? 0);
  if (others === 0) return undefined;
  const responses = others === all ? `all ${all}` : `${others} of ${all}`;
  return `HTTP/2 was requested, but the server chose HTTP/1.1 for ${responses} responses: there, each request in flight ` +
    "had its own connection";
}

/** One sentence for each limit that was met. */
function limitsMet({ total: { limits } }: RunResult): readonly string[] {
  const times = (name: LimitName) => limits[name] ?? 0;
  const cookies = (count: number) => formatCounted(count, "cookie");
  const large = times(LIMITS.cookieBytes);
  const perDomain = times(LIMITS.domainCookies);
  const inAll = times(LIMITS.userCookies);
  const bodies = times(LIMITS.bodyBytes);
  const searched = times(LIMITS.patternCharacters);
  const names = times(LIMITS.requestNames);
  const unread = times(LIMITS.logLines);
  const rounds = times(LIMITS.loopRounds);
  const timings = times(LIMITS.serverTimings);
  const sentences = [
    unread > 0 &&
    (unread === 1
      ? "1 line of the log could not be read as a request, and was left out"
      : `${formatCount(unread)} lines of the log could not be read as requests, and were left out`),
    rounds > 0 &&
    `Loops were cut short ${formatCounted(rounds, "time")}: they had done as many rounds as max allows`,
    names > 0 &&
    `Requests had more than ${MAX_FOUND_STEPS} different names: those beyond are counted as "${OTHER_REQUESTS}". ` +
      'Give requests of a kind one name: http.get(url, { name: "item" })',
    timings > 0 &&
    `${formatCounted(timings, "response")} had more in Server-Timing than bench reads: ` +
      "the first 100 metrics, and 8,192 bytes",
    bodies > 0 &&
    `Checks saw only the start of ${formatCounted(bodies, "body")}: --body-limit is how much`,
    searched > 0 &&
    `Regular expressions found nothing in the start of ${
      formatCounted(searched, "body")
    }, and look no further; a smaller pattern searches more`,
    large > 0 && `Servers set ${cookies(large)} of more than 4,096 bytes; users did not keep them`,
    perDomain > 0 &&
    `Servers set more than 50 cookies for a domain: users dropped the oldest, ${cookies(perDomain)} in all`,
    inAll > 0 &&
    `Servers set more than 3,000 cookies for a user: users dropped the oldest, ${cookies(inAll)} in all`,
  ];
  return sentences.filter((sentence) => sentence !== false);
}

function fewStreams(result: RunResult): string | undefined {
  const { streamWaits, streamLimit } = result.total;
  if (streamWaits === 0) return undefined;
  const { streams = 1 } = result.plan.client;
  const ended = endedOf(overallStats(result).counts);
  return `The server allows ${streamLimit} streams per connection, --streams asked for ${streams}: ` +
    `${streamWaits} of ${ended} requests waited for a stream, which is part of their latency`;
}

/** Traces or `Server-Timing` were asked for, and there are none. */
function emptyServerTime(result: RunResult): readonly string[] {
  const { traceRatio, serverTiming } = result.plan.client;
  const { counts } = overallStats(result);
  const ended = endedOf(counts);
  return [
    ...(traceRatio !== undefined && result.total.traced === 0 && ended > 0
      ? [
        `None of ${
          formatCount(ended)
        } requests was traced: --trace-ratio ${traceRatio} is a small share of them`,
      ]
      : []),
    ...(serverTiming && counts.serverTimings === undefined && ended > 0
      ? ["No response had a Server-Timing header"]
      : []),
  ];
}

/** Streams were asked for, and the responses were none. */
function emptyStreams(result: RunResult): string | undefined {
  const { stream, failures } = overallStats(result).counts;
  if (stream === undefined || stream.streams === 0 || stream.events > 0) return undefined;
  // Then it is an error, which says more.
  if (failures.stream_empty !== undefined || failures.stream_coded !== undefined) return undefined;
  const kinds = new Set(streamsOf(result).map(({ kind }) => kind));
  return `None of ${formatCounted(stream.streams, "response")} held an event: ` +
    (kinds.has("sse")
      ? "the server-sent events of --stream sse have lines that begin with data:"
      : "they are empty, or not streams of the kind that --stream names");
}

/** Streams were ended by a time that is meant for whole responses. */
function cutStreams(result: RunResult): string | undefined {
  const { stream } = overallStats(result).counts;
  if (stream === undefined || stream.timedOut === 0) return undefined;
  return `${formatCount(stream.timedOut)} of ${formatCount(stream.streams)} streams were ended by ` +
    "their timeout after they had begun: --timeout is for the whole of a response";
}

/** Tokens were asked for, and none was found. */
function withoutTokens(result: RunResult): string | undefined {
  const { stream, tokens } = overallStats(result).counts;
  if (tokens === undefined || tokens.tokens > 0 || (stream?.events ?? 0) === 0) return undefined;
  const paths = new Set(streamsOf(result).flatMap((spec) => spec.tokens?.path ?? []));
  return `No token was found in ${formatCount(stream!.events)} events: nothing stands at JSON path ${
    [...paths].join(" or ")
  }`;
}

function streamsOf({ plan }: RunResult) {
  return httpStepsOf(plan.scenario).flatMap(({ stream }) => stream ?? []);
}

function interrupted(result: RunResult): string | undefined {
  const { aborted } = result;
  if (aborted) {
    return `The run was ended after ${
      formatTime(aborted.atMs)
    }, since "${aborted.expression}" was not met: ` +
      `${aborted.reason}. The numbers cover the time until then`;
  }
  return result.interrupted ? "The run was interrupted: the numbers cover the time until then" : undefined;
}
