/**
 * What a duel found, as its reports show it.
 *
 * @module
 */
import type { Unit } from "../../metrics/catalog.ts";
import type { ChangeVerdict, RuleVerdict } from "../comparison.ts";
import type { Side } from "./duel_block.ts";

/** One metric of both sides; in words, B against A. Absent values were not measured. */
export interface DuelMetric {
  /** As rules write it. */
  readonly metric: string;
  readonly unit: Unit;
  readonly better: "lower" | "higher";
  /** Changes are in percent of A, or in percentage points. */
  readonly scale: "ratio" | "points";
  /** Over all blocks of A, in `unit`. */
  readonly a?: number;
  /** Over all blocks of B, in `unit`. */
  readonly b?: number;
  /** `a` is only a lower bound. */
  readonly isAAtLeast?: boolean;
  /** `b` is only a lower bound. */
  readonly isBAtLeast?: boolean;
  /** Over all pairs together. */
  readonly change?: number;
  /** The true change is no less; absent while that is not known. */
  readonly low?: number;
  /** The true change is no more; absent while that is not known. */
  readonly high?: number;
  /** B against A: `same` when the interval holds no change. */
  readonly verdict: ChangeVerdict;
  /** The interval is as narrow as was asked for. */
  readonly isKnown: boolean;
  /** The change in each pair, or in each few pairs that have enough requests together. */
  readonly pairs: readonly number[];
}

/** Why a duel ended: all is known, its time was up, someone ended it, or a server that a command had started did. */
export type DuelEnd = "known" | "time" | "interrupted" | "server";

/** Who fought. */
export interface DuelSide {
  /** The URL or scenario, secrets masked. */
  readonly target: string;
  /** Its own options as written, secrets masked; absent: it has none. */
  readonly options?: string;
  /** The command that started its server; absent: it was there. */
  readonly command?: string;
}

/** A duel, ended. */
export interface DuelResult {
  readonly sides: Readonly<Record<Side, DuelSide>>;
  readonly startedAtMs: number;
  readonly elapsedMs: number;
  /** The measured part of each block, and its warm-up. */
  readonly blockMs: number;
  readonly blockWarmupMs: number;
  readonly seed: number;
  /** Pairs of blocks that were measured. */
  readonly pairs: number;
  readonly ended: DuelEnd;
  /** Sides none of whose requests succeeded; absent: none. */
  readonly failing?: readonly Side[];
  /** How sure it is that all intervals hold the truth, in percent. */
  readonly confidence: number;
  /** Half the width at which a change counts as known, in percent or percentage points. */
  readonly precision: number;
  readonly metrics: readonly DuelMetric[];
  /** What is not known yet passes. */
  readonly rules: readonly RuleVerdict[];
  /** What keeps the numbers from meaning what they seem to. */
  readonly warnings: readonly string[];
}
