/**
 * A slow request in words: how long it took, what for, on which connection, and where its trace is.
 *
 * @module
 */
import { formatMeasured, formatTime } from "../lib/number_format.ts";
import { failureText } from "../metrics/failure.ts";
import type { SlowPhases, SlowRequest } from "../metrics/slow/slowest.ts";

/** What a phase is called within "of which …". */
const PHASE_WORDS: Readonly<Record<keyof SlowPhases, string>> = {
  dns: "looking the name up",
  connect: "connecting",
  tls: "in the TLS handshake",
  ttfb: "waiting for the first byte",
  transfer: "receiving the body",
};

/** A phase is told of if it is this share of the whole. */
const MIN_SHARE = 0.05;

/** Its latency, a lower bound without a whole response. */
function latencyText({ latencyMs, status, failure }: SlowRequest): string {
  return formatMeasured({ ms: latencyMs, isAtLeast: status === 0 && failure !== "" });
}

/** What most of its time was for, the longest first; empty: that was not measured. */
export function timeSpentText({ latencyMs, waitMs, phases = {} }: SlowRequest): string {
  const parts = Object.entries(PHASE_WORDS).map(([phase, words]) =>
    [phases[phase as keyof SlowPhases] ?? 0, words] as const
  );
  return [[waitMs, "waiting to start"] as const, ...parts]
    .filter(([ms]) => ms > 0 && ms >= latencyMs * MIN_SHARE)
    .sort(([a], [b]) => b - a)
    .map(([ms, words]) => `${formatTime(ms)} ${words}`)
    .join(", ");
}

/** `new connection`, or how old it was. */
export function connectionText({ isConnecting, connectionAgeMs }: SlowRequest): string {
  if (isConnecting) return "new connection";
  return connectionAgeMs === undefined ? "open connection" : `connection ${formatTime(connectionAgeMs)} old`;
}

/** All of it: `1.20s, of which 1.10s waiting for the first byte; HTTP 503; connection 3.00s old; trace 4bf9…`. */
export function slowestWords(request: SlowRequest): string {
  const { status, failure, address, serverTiming, traceId } = request;
  const spent = timeSpentText(request);
  return [
    `${latencyText(request)}${spent === "" ? "" : `, of which ${spent}`}`,
    ...(failure === "" ? [] : [failureText(failure)]),
    ...(failure === "" && status !== 0 ? [`status ${status}`] : []),
    `${connectionText(request)}${address === "" ? "" : ` to ${address}`}`,
    ...(serverTiming === undefined ? [] : [`the server says ${serverTiming}`]),
    ...(traceId === undefined ? [] : [`trace ${traceId}`]),
  ].join("; ");
}
