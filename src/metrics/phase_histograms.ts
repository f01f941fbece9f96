/**
 * The timed phases of exchanges: one histogram each.
 *
 * @module
 */
import type { Histogram, HistogramData } from "./histogram.ts";
import { type Phase, PHASES } from "./snapshot.ts";

/** What is read of an exchange; times in ms of one clock, unmeasured phases −1. */
export interface PhasedExchange {
  readonly startMs: number;
  readonly endMs: number;
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly ttfbMs: number;
  readonly transferMs: number;
}

/** Records the phases that an exchange has times for. */
export function recordPhases(phases: Readonly<Record<Phase, Histogram>>, exchange: PhasedExchange): void {
  if (exchange.dnsMs >= 0) phases.dns.record(exchange.dnsMs * 1000);
  if (exchange.connectMs >= 0) phases.connect.record(exchange.connectMs * 1000);
  if (exchange.tlsMs >= 0) phases.tls.record(exchange.tlsMs * 1000);
  if (exchange.ttfbMs >= 0) phases.ttfb.record(exchange.ttfbMs * 1000);
  if (exchange.transferMs >= 0) phases.transfer.record(exchange.transferMs * 1000);
  if (exchange.ttfbMs >= 0) phases.total.record((exchange.endMs - exchange.startMs) * 1000);
}

/** Hands over all phases and starts them again from nothing. */
export function takePhases(
  phases: Readonly<Record<Phase, Histogram>>,
): Readonly<Record<Phase, HistogramData>> {
  return Object.fromEntries(PHASES.map((phase) => [phase, phases[phase].take()])) as Record<
    Phase,
    HistogramData
  >;
}
