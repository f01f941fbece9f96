/**
 * Single requests as NDJSON: one object a line, ASCII only, so that no text of a server or scenario can break a line or
 * reach a terminal. Secrets in step names are masked.
 *
 * @module
 */
import { maskUrlsIn } from "../lib/mask_url.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "../metrics/snapshot.ts";
import { isOpenLoop } from "../plan/load_kinds.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { namedSteps } from "../result/describe_run.ts";
import { present, rounded } from "../lib/json/present.ts";
import { asciiJson } from "../lib/json/json_text.ts";

/** One line. Absent fields do not apply. */
export interface RequestLine {
  /** Seconds since the run's start: when the request started, in an open loop when it was due. */
  readonly t: number;
  /** As in the reports. */
  readonly step: string;
  readonly method: string;
  /** Absent without a response. */
  readonly status?: number;
  /** In ms, to the last byte or the failure; in an open loop from the moment due. */
  readonly latency_ms: number;
  /** Open loop: of the latency, the time before the request was sent. */
  readonly wait_ms?: number;
  /** Of the response's body as it travelled. */
  readonly bytes: number;
  /** Kind of failure, error status or first broken check. */
  readonly error?: string;
  /** The request opened a connection. */
  readonly connected?: true;
  /** Which run of several, from 1. */
  readonly run?: number;
}

/** Makes the function that writes the requests of a plan's run, each line with its end. */
export function requestLines(
  plan: RunPlan,
  run?: number,
): (window: Pick<Snapshot, "requests" | "found">) => readonly string[] {
  const planned = namedSteps({ plan, total: EMPTY_SNAPSHOT, durationMs: 0 });
  const isOpen = isOpenLoop(plan);
  return ({ requests, found }) =>
    requests.map((request) =>
      `${
        asciiJson(present<RequestLine>({
          t: rounded(request.atMs / 1000, 6),
          step: (found && maskUrlsIn(found.names[request.step - found.from] ?? "")) ||
            (planned[request.step]?.name ?? ""),
          method: planned[request.step]?.method ?? "",
          status: request.status || undefined,
          latency_ms: rounded(request.latencyMs, 3),
          wait_ms: isOpen ? rounded(request.waitMs, 3) : undefined,
          bytes: request.bodyBytes,
          error: request.failure || undefined,
          connected: request.isConnecting || undefined,
          run,
        }))
      }\n`
    );
}
