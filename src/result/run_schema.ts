/**
 * What the parts of a result look like when they come over a wire or out of a file.
 *
 * @module
 */
import { amount, count, flag, maybe, number, oneOf, type Schema, shape, text } from "../lib/shape.ts";
import type { PeerCertificate } from "../metrics/peer_certificate.ts";
import type { Abort, ClientHealth, FleetSummary, LostWorker, UntilVerdict } from "./run_result.ts";

/** What a load generator used. */
export const clientHealthSchema: Schema<ClientHealth> = shape<ClientHealth>()({
  cpuUserSec: amount,
  cpuSystemSec: amount,
  wallSec: maybe(amount),
  peakMemoryBytes: amount,
  cores: count,
  clockResolutionMs: maybe(amount),
  descriptors: maybe(count),
  localPorts: maybe(count),
});

/** A thread or node that stopped reporting. */
export const lostWorkerSchema: Schema<LostWorker> = shape<LostWorker>()({
  thread: text,
  atMs: amount,
  reason: text,
});

/** The nodes of a distributed run. */
export const fleetSummarySchema: Schema<FleetSummary> = shape<FleetSummary>()({
  nodes: count,
  reported: count,
  toleratedLosses: count,
});

/** Why a run was ended before its time. */
export const abortSchema: Schema<Abort> = shape<Abort>()({ expression: text, atMs: amount, reason: text });

/** What `--until` came to. */
export const untilVerdictSchema: Schema<UntilVerdict> = shape<UntilVerdict>()({
  expression: text,
  metric: text,
  unit: oneOf("s", "%", "1/s", "B", "B/s", "1"),
  isReached: flag,
  atMs: amount,
  value: maybe(number),
  low: maybe(number),
  high: maybe(number),
});

/** What a server proved about itself. */
export const certificateSchema: Schema<PeerCertificate> = shape<PeerCertificate>()({
  isTrusted: flag,
  reason: maybe(text),
  subject: maybe(text),
  issuer: maybe(text),
  validTo: maybe(text),
  protocol: maybe(text),
  cipher: maybe(text),
});
