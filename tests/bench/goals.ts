/**
 * What throughput is measured by, row by row: at least so much of wrk's rate, at most so much of its CPU for a request.
 *
 * @module
 */
import type { BodyName } from "./nginx.ts";

/** Whether TLS is spoken, and whether the certificate is checked. wrk never checks one. */
export type TlsKind = "no" | "trusted" | "untrusted";

/** One comparison with wrk. */
export interface GoalRow {
  readonly body: BodyName;
  readonly tls: TlsKind;
  readonly connections: number;
  readonly threads: number;
}

/** What its ratios are to be; absent: whatever it is. */
export interface Goal {
  readonly minRate: number;
  readonly maxCpu?: number;
}

const PLAIN = [[1, 50], [1, 200], [1, 1000], [2, 50], [2, 200]] as const;

/** The rows that have a goal. */
export const GOALS: readonly GoalRow[] = [
  ...PLAIN.map(([threads, connections]): GoalRow => ({ body: "small", tls: "no", connections, threads })),
  ...[1, 2].map((threads): GoalRow => ({ body: "large", tls: "no", connections: 50, threads })),
  ...(["small", "large"] as const).flatMap((body) =>
    (["trusted", "untrusted"] as const).flatMap((tls) =>
      [1, 2].map((threads): GoalRow => ({ body, tls, connections: 50, threads }))
    )
  ),
];

/** The goal of a row; `undefined`: it has none. */
export function goalFor(row: GoalRow): Goal | undefined {
  const { body, tls, connections, threads } = row;
  const isListed = GOALS.some((goal) =>
    goal.body === body && goal.tls === tls && goal.connections === connections && goal.threads === threads
  );
  if (!isListed) return undefined;
  if (tls !== "no") return { minRate: 1, maxCpu: 1.05 };
  if (body === "large") return { minRate: 1.1 };
  return { minRate: 1, maxCpu: connections === 50 && threads === 1 ? 0.97 : 1 };
}
