/**
 * Rows of the torture suite: what a server does, and what a run of the whole engine against it must report. Every row
 * runs the same plan, six requests by one user, each a step of its own so that each one's end is known. The server
 * behaves badly towards the first request, which comes on a new connection, and towards the fourth, which comes on one
 * that has served two; everything else it answers well.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual, assertLess, assertLessOrEqual } from "@std/assert";
import { runLocally } from "../../../src/fleet/coordination/run_local.ts";
import type { FailureName } from "../../../src/metrics/failure.ts";
import type { StepStats } from "../../../src/metrics/snapshot.ts";
import type { ClientSpec } from "../../../src/plan/client_spec.ts";
import type { HttpStep } from "../../../src/plan/http_step.ts";
import type { RunPlan } from "../../../src/plan/run_plan.ts";
import { overallStats, type RunResult } from "../../../src/result/run_result.ts";
import { SOCKETS } from "../../_support/sockets.ts";
import { planFor } from "../../_support/plan.ts";
import {
  type RawConnection,
  type RawHandler,
  type RawServer,
  type RawServerOptions,
  response,
  startRawServer,
} from "../../_support/raw_server.ts";
import { pause, until } from "../../_support/wait.ts";

/** How a request ended: `ok`, or the failure's key in a result. */
export type End = "ok" | Exclude<FailureName, "none"> | `HTTP ${number}`;

/** One row. */
export interface Behaviour {
  /** Continues "a server that …". */
  readonly title: string;
  /** What it does with a request that it treats badly. */
  readonly response?: RawHandler;
  /**
   * What it does with its first and fourth connection as soon as they are open, in place of `answer`: each request of
   * the run then has a connection of its own.
   */
  readonly accept?: (connection: RawConnection) => void | Promise<void>;
  /** How the two badly treated requests end: the same both times, or each in its own way. */
  readonly end: End | readonly [onNew: End, onUsed: End];
  /** Requests that the server counts, sent anew or not, where that is not six: some never arrived. */
  readonly seen?: number;
  /** Bytes of body in the two answers together, when they are whole. */
  readonly bodyBytes?: number;
  /** The rows that hang do so for this long, in ms. */
  readonly timeoutMs?: number;
  readonly step?: Partial<HttpStep>;
  readonly client?: Partial<ClientSpec>;
  readonly server?: Pick<RawServerOptions, "tls">;
}

/** Long enough for a good answer on a busy machine, short enough to be waited for. */
export const SHORT_MS = 2000;
/** Nothing that is to be answered takes so long. */
export const LONG_MS = 20_000;
const BAD = [1, 4];
const REQUESTS = 6;
const GOOD_BODY = "fine";
const GOOD = response(GOOD_BODY);

/** Sends bytes and leaves the connection open. */
export function sends(data: string | Uint8Array): RawHandler {
  return (connection) => connection.send(data);
}

/** Sends bytes and closes in order. */
export function sendsAndCloses(data: string | Uint8Array): RawHandler {
  return (connection) => connection.end(data);
}

/** Sends bytes and, once they are out, a RST. */
export function sendsAndResets(data: string | Uint8Array): RawHandler {
  return async (connection) => {
    await connection.send(data);
    connection.reset();
  };
}

/** Many servers send at the same time, and on this thread: it has to get to their clients, too. */
const EVERY_MS = 5;

/** Sends a start, then a piece again and again until the connection is gone. */
export function sendsForEver(start: string, piece: string | Uint8Array, pauseMs = EVERY_MS): RawHandler {
  return async (connection) => {
    let isOpen = true;
    connection.closed.then(() => isOpen = false);
    await connection.send(start);
    while (isOpen) {
      await connection.send(piece);
      await pause(pauseMs);
    }
  };
}

/** Registers a test whose steps are the rows; they run side by side. */
export function tortureTest(subject: string, rows: readonly Behaviour[]): void {
  Deno.test({
    name: `a run survives servers that ${subject}`,
    // Steps that run side by side cannot be watched one by one: each row sees to its own connections.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async (t) => {
      const steps = SOCKETS.flatMap((sockets) => rows.map((row) => ({ sockets, row }))).map((
        { sockets, row },
      ) =>
        t.step({
          name: `${sockets} sockets, a server that ${row.title}: ${[row.end].flat().join(", then ")}`,
          sanitizeOps: false,
          sanitizeResources: false,
          sanitizeExit: false,
          fn: () => check(row, sockets),
        })
      );
      await Promise.all(steps);
    },
  });
}

async function check(row: Behaviour, sockets: (typeof SOCKETS)[number]): Promise<void> {
  const treated = new Set<string>();
  const isHead = row.step?.method === "HEAD";
  await using server = await startRawServer(async (connection, request) => {
    const path = /^\S+ (\S+)/.exec(request.head)?.[1] ?? "";
    const isBad = row.response !== undefined && BAD.some((number) => path === `/${number}`);
    if (isBad && !treated.has(path)) {
      treated.add(path);
      await row.response!(connection, request);
    } else await connection.send(isHead ? GOOD.slice(0, -GOOD_BODY.length) : GOOD);
  }, {
    ...row.server,
    onConnection: async (connection) => {
      // With a connection for each request, the first one looks whether the target is there.
      if (BAD.includes(connection.number - 1)) await row.accept?.(connection);
    },
  });
  const urls = Array.from({ length: REQUESTS }, (_, i) => `${server.origin}/${i + 1}`);
  const load = { kind: "requests", unit: "requests", amount: REQUESTS, connections: 1 } as const;
  const timeoutMs = row.timeoutMs ?? LONG_MS;
  const plan = planFor(urls, load, {
    ...(row.step && { step: row.step }),
    client: { timeoutMs: LONG_MS, keepAlive: row.accept === undefined, sockets, ...row.client },
  });
  const result = await runLocally(withTimeouts(plan, BAD, timeoutMs), { threads: 1 });
  const [onNew, onUsed] = typeof row.end === "string" ? [row.end, row.end] : row.end;
  assertEquals(endsOf(result), [onNew, "ok", "ok", onUsed, "ok", "ok"]);
  assertConserved(result, server, row.seen ?? REQUESTS);
  if (row.bodyBytes !== undefined) {
    const good = [onNew, onUsed].filter((end) => end !== "ok").length === 0 ? 4 : 0;
    assertEquals(overallStats(result).counts.bodyBytes, row.bodyBytes + good * GOOD_BODY.length);
  }
  assertWaits(result, timeoutMs);
  await assertNothingOpen(server);
}

/**
 * The plan with a timeout of its own for each request that is treated badly, by its number: what is to be answered has all
 * the time that it needs.
 */
export function withTimeouts(plan: RunPlan, bad: readonly number[], timeoutMs: number): RunPlan {
  const flows = plan.scenario.flows.map((flow, i) =>
    bad.includes(i + 1) ? { ...flow, steps: flow.steps.map((step) => ({ ...step, timeoutMs })) } : flow
  );
  return { ...plan, scenario: { ...plan.scenario, flows } };
}

/** How each step of a run ended that did one request a step. */
export function endsOf(result: RunResult): readonly End[] {
  return result.total.steps.map((step) => {
    const [kind] = Object.keys(step.failures);
    return step.succeeded === 1 ? "ok" : step.unfinished === 1 ? "unfinished" : kind as End;
  });
}

/**
 * Started = succeeded + failed + unfinished, and as many as the server counted, but for those that the result says were
 * sent anew because a connection had ended.
 */
export function assertConserved(result: RunResult, server: Pick<RawServer, "requests">, seen: number): void {
  const { counts } = overallStats(result);
  assertEquals(result.lost, []);
  assertEquals(counts.succeeded + counts.failed + counts.unfinished, result.total.started);
  const different = new Set(server.requests.map(({ head }) => head.split("\r\n")[0])).size;
  assertEquals(different, seen, "requests that the server counted");
  assertLessOrEqual(server.requests.length - different, result.total.reconnects, "requests sent anew");
}

/** Nothing took longer than the timeout, by more than a busy machine explains, and no timeout came early. */
function assertWaits(result: RunResult, timeoutMs: number): void {
  const longest = (step: StepStats) =>
    Math.max(step.latency.max, step.unanswered.max, step.failedLatency.max) / 1000;
  for (const step of result.total.steps) {
    assertLess(longest(step), timeoutMs + 20_000);
    const isDelayed = step.failures["timeout"] ?? step.failures["connect_timeout"];
    if (isDelayed) assertGreaterOrEqual(step.unanswered.min / 1000, timeoutMs - 1);
  }
}

/** The client holds no connection any more. */
export async function assertNothingOpen(server: Pick<RawServer, "open">): Promise<void> {
  await until(() => server.open === 0).catch(() => {});
  assert(server.open === 0, `${server.open} connections are still open`);
}
