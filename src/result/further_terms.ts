/**
 * What the terms of measures beyond requests mean; and what the usual terms mean where a run is nothing but WebSocket
 * connections.
 *
 * @module
 */
import { SHOWN_TIMES } from "../metrics/measures.ts";
import type { StepStats } from "../metrics/snapshot.ts";
import { rankedTimes, samplesOf } from "../metrics/stats.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import { socketDefinitions } from "./describe_sockets.ts";

/** What one term of the reports means. */
export interface Definition {
  /** Key in the JSON result. */
  readonly key: string;
  /** The term as the reports show it. */
  readonly term: string;
  readonly text: string;
}

/** The times that were measured beyond latency, and what is said of tokens. */
export function furtherTerms(counts: StepStats): readonly Definition[] {
  const times = SHOWN_TIMES.flatMap((shown): readonly Definition[] => {
    const ranked = rankedTimes(shown, counts);
    if (ranked === undefined || samplesOf(ranked) === 0) return [];
    return [{ key: shown.key, term: shown.label, text: lowered(shown.help) }];
  });
  const { tokens } = counts;
  if (tokens === undefined) return times;
  return [
    ...times,
    {
      key: "tokens",
      term: "Tokens",
      text: "events whose text is not empty, or the server's own count where it is named",
    },
    ...(tokens.judged > 0
      ? [{
        key: "goodput",
        term: "Goodput",
        text: "the share of ended requests that succeeded and kept all limits of --goodput",
      }]
      : []),
  ];
}

/** Words in capitals stay. */
function lowered(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

const SOCKET_TERMS: Readonly<Record<string, string>> = { messages: "Messages", replies: "Replies" };

/** The terms as they are meant where the run is nothing but WebSocket connections. */
export function withSocketTerms(definitions: readonly Definition[], plan: RunPlan): readonly Definition[] {
  const meant = socketDefinitions(plan);
  if (meant === undefined) return definitions;
  return [
    ...definitions.filter(({ key }) => key !== "streams").map((definition) => ({
      ...definition,
      text: meant[definition.key] ?? definition.text,
    })),
    ...Object.entries(SOCKET_TERMS).flatMap(([key, term]) =>
      meant[key] === undefined ? [] : [{ key, term, text: meant[key] }]
    ),
  ];
}
