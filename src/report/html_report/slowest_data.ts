/**
 * The table of the slowest requests.
 *
 * @module
 */
import { failureText } from "../../metrics/failure.ts";
import { namedSteps } from "../../result/describe_run.ts";
import type { RunResult } from "../../result/run_result.ts";
import { clockText, foreign, type Table, timeCell } from "./display.ts";

const MAX_ROWS = 200;
/** Rows that are seen at once. */
const FOLDED_ROWS = 10;

/** The slowest requests of each step, the slowest first; `undefined` where none were kept. */
export function slowestTable(result: RunResult): Table | undefined {
  const steps = namedSteps(result);
  const hasSteps = steps.length > 1;
  const requests = steps.flatMap(({ name, stats }) =>
    (stats.counts.slowest ?? []).map((request) => ({ name, ...request }))
  ).sort((a, b) => b.latencyMs - a.latencyMs);
  if (requests.length === 0) return undefined;
  const hasFailures = requests.some(({ failure }) => failure !== "");
  const hasWaits = requests.some(({ waitMs }) => waitMs > 0);
  return {
    folded: FOLDED_ROWS,
    columns: [
      ...(hasSteps ? ["Step"] : []),
      "#At",
      "#Latency",
      ...(hasWaits ? ["#Start delay"] : []),
      "#Status",
      ...(hasFailures ? ["Error"] : []),
      "Connection",
    ],
    rows: requests.slice(0, MAX_ROWS).map((request) => [
      ...(hasSteps ? [foreign(request.name, 120)] : []),
      { text: clockText(Math.max(request.atMs, 0)), sort: request.atMs },
      timeCell({ ms: request.latencyMs, isAtLeast: request.status === 0 && request.failure !== "" }),
      ...(hasWaits ? [timeCell({ ms: request.waitMs, isAtLeast: false })] : []),
      request.status === 0 ? "–" : { text: String(request.status), sort: request.status },
      ...(hasFailures ? [request.failure === "" ? "" : foreign(failureText(request.failure))] : []),
      `${request.isConnecting ? "new" : "kept"}${
        request.address === "" ? "" : `, ${foreign(request.address)}`
      }`,
    ]),
  };
}
