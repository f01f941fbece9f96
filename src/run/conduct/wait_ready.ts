/**
 * Waits until a target responds, before anything is measured.
 *
 * @module
 */
import { pause } from "../../lib/clock.ts";
import { createClients } from "../../client/registry.ts";
import { Exchange } from "../../client/exchange/http_client.ts";
import { absenceText } from "../../engine/absent_target.ts";
import { probeRequest } from "../../client/exchange/probe_request.ts";
import { formatDuration } from "../../lib/duration.ts";
import { RunError } from "../../lib/errors.ts";
import { FAILURE, failureText } from "../../metrics/failure.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { knownUrls } from "../../plan/scenario.ts";
import { type Printer, sayLine } from "../printer.ts";

/** Time between two looks. */
const PAUSE_MS = 100;
/** Longest wait for a response. */
const MAX_RESPONSE_MS = 2000;
/** What a gateway says while the server behind it is not there. */
const NOT_READY = new Set([502, 503, 504]);

/** How long to wait, and who is told. */
export interface Waiting {
  readonly timeoutMs: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  readonly printer: Printer;
}

/**
 * Resolves as soon as the first server that a plan names answers a `HEAD` request, whatever its status is but that of a
 * gateway without a server.
 * @throws {RunError} when it does not in time.
 */
export async function waitReady(plan: RunPlan, { timeoutMs, signal, printer }: Waiting): Promise<void> {
  const [url] = knownUrls(plan.scenario);
  if (url === undefined) return;
  const untilMs = performance.now() + timeoutMs;
  let isTold = false;
  while (!signal.aborted) {
    const leftMs = untilMs - performance.now();
    const problem = await findProblemAt(url, plan, Math.max(100, Math.min(MAX_RESPONSE_MS, leftMs)));
    if (problem === undefined) return;
    if (performance.now() + PAUSE_MS > untilMs) {
      throw new RunError(`The target was not ready within ${formatDuration(timeoutMs)} (${problem})`);
    }
    if (!isTold) sayLine(printer, `Waiting up to ${formatDuration(timeoutMs)} for the target (${problem})`);
    isTold = true;
    await pause(PAUSE_MS);
  }
}

/** Why a server is not ready; `undefined` when it is. */
async function findProblemAt(
  url: URL,
  { client: { auth: _, ...spec } }: RunPlan,
  timeoutMs: number,
): Promise<string | undefined> {
  // Whether the certificate may be trusted is asked later; nothing secret is sent before.
  const client = createClients({
    ...spec,
    kind: "raw",
    maxRedirects: 0,
    tls: { ...spec.tls, verify: false },
  })();
  const request = probeRequest(url, spec);
  const out = new Exchange();
  out.reset(performance.now(), performance.now());
  const timer = setTimeout(() => client.abort(FAILURE.timeout), timeoutMs);
  await client.exchange(request, out);
  clearTimeout(timer);
  client.close();
  if (out.failure === FAILURE.none) {
    return NOT_READY.has(out.status) ? `HTTP status ${out.status}` : undefined;
  }
  const kind = Object.keys(FAILURE).find((name) => FAILURE[name as keyof typeof FAILURE] === out.failure);
  return out.connects === 0
    ? absenceText(url, out, { client: spec, waitedMs: timeoutMs })
    : failureText(kind ?? "other");
}
