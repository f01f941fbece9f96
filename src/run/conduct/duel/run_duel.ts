/**
 * A duel from two plans to what it found: servers, warm-up, blocks, judging.
 *
 * @module
 */
import { blockPlan, duel, type DuelTurn } from "../../../campaign/duel.ts";
import { wantsOwnThread } from "../../../client/net/choose_transport.ts";
import { runLocally } from "../../../fleet/coordination/run_local.ts";
import { ThreadPool } from "../../../fleet/coordination/thread_pool.ts";
import { percentileOf, successesPerSecond } from "../../../metrics/stats.ts";
import { loadFacts } from "../../../plan/load_kinds.ts";
import type { RunPlan } from "../../../plan/run_plan.ts";
import { knownUrls } from "../../../plan/scenario.ts";
import type { DuelBlock, DuelPair, Side } from "../../../result/duel/duel_block.ts";
import { type DuelJudging, judgeDuel } from "../../../result/duel/judge_duel.ts";
import type { DuelEnd, DuelResult, DuelSide } from "../../../result/duel/duel_result.ts";
import { overallStats, type RunResult } from "../../../result/run_result.ts";
import { saturationOf } from "../../../result/saturation.ts";
import { cpuSecondsOf, pidsListeningOn, type ServerPids } from "./server_cpu.ts";

/** One side, ready to be measured. */
export interface DuelFighter extends DuelSide {
  readonly plan: RunPlan;
  /** Aborts when the server that a command started has ended; absent: there is none. */
  readonly serverEnded?: AbortSignal;
}

/** How a duel is conducted. */
export interface DuelConduct extends DuelJudging {
  readonly durationMs: number;
  /** Measured part of a block; absent: by the duel's time and the target's latency. */
  readonly blockMs?: number | undefined;
  readonly seed: number;
  threadsFor(plan: RunPlan): number;
  /** Ends the duel: what is known by then is told. */
  readonly signal: AbortSignal;
  /** Is told what is known after every pair. */
  onPair?(pairs: readonly DuelPair[], elapsedMs: number): void;
}

/**
 * Blocks are this part of the duel, longer if little of their time were measured otherwise, up to another part. They hold
 * this many times the median latency, in short duels fewer, since few pairs tell nothing.
 */
const BLOCKS_IN_DUEL = [120, 50] as const;
const SHORTEST_BLOCK_MS = 250;
const MEASURED_OF_OVERHEAD = 2;
const LATENCIES_IN_BLOCK = [5, 20] as const;
/** Warm-up of each block, as a part of what is measured of it. */
const WARMUP_SHARE = 0.25;
/** How long each side gets load before the first pair. */
const FIRST_LOAD_MS = 1000;

/** Runs a duel to its end. */
export async function runDuel(
  fighters: Readonly<Record<Side, DuelFighter>>,
  conduct: DuelConduct,
): Promise<DuelResult> {
  const startedAtMs = Date.now();
  const began = performance.now();
  const elapsedMs = () => performance.now() - began;
  using pool = new ThreadPool();
  const endings = [conduct.signal, fighters.a.serverEnded, fighters.b.serverEnded].filter((signal) =>
    signal !== undefined
  );
  const signal = AbortSignal.any(endings);
  const run = (plan: RunPlan, needsTarget = false) =>
    runLocally(plan, {
      signal,
      threads: conduct.threadsFor(plan),
      isBusy: wantsOwnThread(plan.client),
      openThread: () => pool.open(),
      needsTarget,
    });
  const lateBlocks = { count: 0, all: 0 };
  const firstMs = Math.min(FIRST_LOAD_MS, conduct.durationMs / 10);
  const first: RunResult[] = [];
  let overheadMs = Infinity;
  for (const side of ["a", "b"] as const) {
    const plan = blockPlan(fighters[side].plan, { blockMs: firstMs, warmupMs: 0, seed: conduct.seed });
    if (signal.aborted) break;
    const beganMs = elapsedMs();
    first.push(await run(plan, true));
    // The first of them has threads to start besides.
    overheadMs = Math.min(overheadMs, elapsedMs() - beganMs - firstMs);
  }
  const blockMs = conduct.blockMs ?? blockFor(conduct.durationMs, { first, overheadMs });
  const blockWarmupMs = blockMs * WARMUP_SHARE;
  const pids = { a: localPids(fighters.a.plan), b: localPids(fighters.b.plan) };

  async function measure({ side, plan }: DuelTurn): Promise<DuelBlock | undefined> {
    if (signal.aborted) return undefined;
    const before = cpuSecondsOf(pids[side]);
    const result = await run(plan);
    const after = cpuSecondsOf(pids[side]);
    if (result.interrupted || result.lost.length > 0) return undefined;
    lateBlocks.all++;
    if (saturationOf(result) !== undefined) lateBlocks.count++;
    const { total } = result;
    // What the warm-up used is a like part of it.
    const share = total.warmupRequests + total.started > 0
      ? total.started / (total.started + total.warmupRequests)
      : 0;
    return {
      result: { plan: result.plan, total, durationMs: effectiveMs(result, blockMs) },
      ...(before !== undefined && after !== undefined && after >= before &&
        { cpuSec: (after - before) * share }),
    };
  }

  let longestPairMs = 2 * (blockMs + blockWarmupMs);
  let pairBeganMs = elapsedMs();
  const course = duel({ a: fighters.a.plan, b: fighters.b.plan }, {
    blockMs,
    blockWarmupMs,
    seed: conduct.seed,
    goesOn: (pairs) => {
      const nowMs = elapsedMs();
      if (pairs.length > 0) {
        longestPairMs = Math.max(longestPairMs, nowMs - pairBeganMs);
        conduct.onPair?.(pairs, nowMs);
      }
      pairBeganMs = nowMs;
      return !signal.aborted && nowMs + longestPairMs <= Math.max(conduct.durationMs, longestPairMs) &&
        !judgeDuel(pairs, conduct).isKnown;
    },
  });
  let turn = course.next();
  while (!turn.done) turn = course.next(await measure(turn.value));
  const pairs = turn.value;
  const judged = judgeDuel(pairs, conduct);
  const failing = (["a", "b"] as const).filter((side) =>
    pairs.length > 0 && pairs.every((pair) => !successesPerSecond(overallStats(pair[side].result)))
  );
  const serverEnded = [fighters.a.serverEnded, fighters.b.serverEnded].find((ended) => ended?.aborted);
  const ended: DuelEnd = serverEnded
    ? "server"
    : conduct.signal.aborted
    ? "interrupted"
    : judged.isKnown
    ? "known"
    : "time";
  return {
    sides: { a: sideOf(fighters.a), b: sideOf(fighters.b) },
    startedAtMs,
    elapsedMs: elapsedMs(),
    blockMs,
    blockWarmupMs,
    seed: conduct.seed,
    pairs: pairs.length,
    ended,
    ...(failing.length > 0 && { failing }),
    confidence: conduct.confidence,
    precision: conduct.precision,
    metrics: judged.metrics,
    rules: judged.rules,
    warnings: warningsOf(pairs, { failing, late: lateBlocks, serverEnded }),
  };
}

function sideOf({ target, options, command }: DuelFighter): DuelSide {
  return { target, ...(options !== undefined && { options }), ...(command !== undefined && { command }) };
}

/**
 * The time over which a block's requests count. All users begin at its start, so that in a closed loop as many responses
 * came within the block as requests were started, less one for each user; how long the last ones took, which are counted
 * too, is chance.
 */
function effectiveMs({ plan, total, durationMs }: RunResult, blockMs: number): number {
  const { maxUsers, openLoop } = loadFacts(plan.load);
  if (openLoop !== undefined) return blockMs;
  const within = total.started - maxUsers;
  return within < maxUsers ? durationMs : blockMs * total.started / within;
}

/** Long enough for many requests in a row, short enough for many pairs. */
function blockFor(
  durationMs: number,
  { first, overheadMs }: {
    readonly first: readonly RunResult[];
    /** What a block takes besides: connections are opened, and last responses waited for. */
    readonly overheadMs: number;
  },
): number {
  const [most, least] = BLOCKS_IN_DUEL;
  const medians = first.map((result) => percentileOf(overallStats(result).counts, 50)?.ms ?? 0);
  const bySpare = Math.min(MEASURED_OF_OVERHEAD * overheadMs, durationMs / least);
  const medianMs = Math.max(0, ...medians);
  const [fewest, enough] = LATENCIES_IN_BLOCK;
  const byLatency = Math.min(enough * medianMs, Math.max(durationMs / least, fewest * medianMs));
  return Math.round(Math.max(SHORTEST_BLOCK_MS, durationMs / most, bySpare, byLatency));
}

const LOCAL_HOSTS = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/** The processes of a server on this machine. */
function localPids({ scenario, client }: RunPlan): ServerPids {
  const [url] = knownUrls(scenario);
  if (url === undefined || client.unixSocket !== undefined || client.resolve.length > 0) return [];
  if (!LOCAL_HOSTS.test(url.hostname)) return [];
  return pidsListeningOn(Number(url.port) || (/^(?:https|wss):/.test(url.protocol) ? 443 : 80));
}

function warningsOf(
  pairs: readonly DuelPair[],
  { failing, late, serverEnded }: {
    readonly failing: readonly Side[];
    readonly late: { readonly count: number; readonly all: number };
    readonly serverEnded: AbortSignal | undefined;
  },
): readonly string[] {
  const connections = pairs[0] && loadFacts(pairs[0].a.result.plan.load).maxUsers;
  return [
    ...(serverEnded ? [String((serverEnded.reason as Error).message)] : []),
    ...failing.map((side) => `No request to ${side.toUpperCase()} succeeded`),
    ...(late.count * 10 > late.all
      ? [
        `The load generator did not keep up in ${late.count} of ${late.all} blocks: differences may be smaller than they are` +
        (connections !== undefined && connections > 1 ? "; use fewer connections, or a lower rate" : ""),
      ]
      : []),
  ];
}
