/**
 * The table of the slowest requests.
 *
 * @module
 */
import { NOT_MEASURED } from "../../lib/number_format.ts";
import { traceLink } from "../../lib/net/trace_link.ts";
import { failureText } from "../../metrics/failure.ts";
import type { SlowRequest } from "../../metrics/slow/slowest.ts";
import { namedSteps } from "../../result/describe_run.ts";
import type { Outcome } from "../../result/outcome.ts";
import { connectionText, timeSpentText } from "../../result/slowest_words.ts";
import { type Cell, clockText, foreign, spaced, type Table, timeCell } from "./display.ts";

const MAX_ROWS = 200;
/** Rows that are seen at once. */
const FOLDED_ROWS = 10;

/** One request and the name of its step. */
type NamedRequest = SlowRequest & { readonly name: string };

/** A column that is there where some request has something for it. */
interface Column {
  readonly head: string;
  readonly isThere: (request: NamedRequest) => boolean;
  readonly cell: (request: NamedRequest) => Cell;
}

const ALWAYS = () => true;

/** The slowest requests of each step, the slowest first; `undefined` where none were kept. */
export function slowestTable({ result, config }: Pick<Outcome, "result" | "config">): Table | undefined {
  const steps = namedSteps(result);
  const requests = steps.flatMap(({ name, stats }) =>
    (stats.counts.slowest ?? []).map((request) => ({ name, ...request }))
  ).sort((a, b) => b.latencyMs - a.latencyMs);
  if (requests.length === 0) return undefined;
  const known: readonly Column[] = [
    { head: "Step", isThere: () => steps.length > 1, cell: ({ name }) => foreign(name, 120) },
    {
      head: "#At",
      isThere: ALWAYS,
      cell: ({ atMs }) => ({ text: clockText(Math.max(atMs, 0)), sort: atMs }),
    },
    {
      head: "#Latency",
      isThere: ALWAYS,
      cell: ({ latencyMs, status, failure }) =>
        timeCell({ ms: latencyMs, isAtLeast: status === 0 && failure !== "" }),
    },
    {
      head: "#Start delay",
      isThere: ({ waitMs }) => waitMs > 0,
      cell: ({ waitMs }) => timeCell({ ms: waitMs, isAtLeast: false }),
    },
    {
      head: "Of which",
      isThere: ({ phases }) => phases !== undefined,
      cell: (request) => spacedAll(timeSpentText({ ...request, waitMs: 0 })),
    },
    {
      head: "#Status",
      isThere: ALWAYS,
      cell: ({ status }) => status === 0 ? NOT_MEASURED : { text: String(status), sort: status },
    },
    {
      head: "Error",
      isThere: ({ failure }) => failure !== "",
      cell: ({ failure }) => failure === "" ? "" : foreign(failureText(failure)),
    },
    {
      head: "Connection",
      isThere: ALWAYS,
      cell: (request) =>
        `${spacedAll(shortConnection(request))}${
          request.address === "" ? "" : `, ${foreign(request.address)}`
        }`,
    },
    {
      head: "Server-Timing",
      isThere: ({ serverTiming }) => serverTiming !== undefined,
      cell: ({ serverTiming }) => foreign(serverTiming ?? "", 120),
    },
    {
      head: "Trace",
      isThere: ({ traceId }) => traceId !== undefined,
      cell: (request) => traceCell(request, config.trace_url),
    },
  ];
  const columns = known.filter(({ isThere }) => requests.some(isThere));
  return {
    folded: FOLDED_ROWS,
    columns: columns.map(({ head }) => head),
    rows: requests.slice(0, MAX_ROWS).map((request) => columns.map(({ cell }) => cell(request))),
  };
}

/** `new`, `kept`, or how old it was. */
function shortConnection(request: SlowRequest): string {
  if (request.isConnecting) return "new";
  return request.connectionAgeMs === undefined ? "kept" : connectionText(request).replace(/^connection /, "");
}

function spacedAll(text: string): string {
  return text.split(", ").map(spaced).join(", ");
}

function traceCell({ traceId, spanId }: SlowRequest, template: unknown): Cell {
  if (traceId === undefined) return "";
  const link = traceLink(template, { traceId, spanId: spanId ?? "" });
  return link === undefined ? foreign(traceId) : { text: foreign(traceId), link };
}
