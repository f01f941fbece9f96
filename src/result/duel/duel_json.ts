/**
 * A duel as its public JSON document. Names and units are part of the interface and only ever added to; seconds, bytes,
 * percent.
 *
 * @module
 */
import { present, rounded } from "../../lib/json/present.ts";
import { type RuleJson, ruleJson } from "../document/comparison_json.ts";
import type { DuelResult } from "./duel_result.ts";

/** A side in the document. */
export interface DuelSideJson {
  readonly target: string;
  readonly options?: string;
  readonly command?: string;
}

/** A metric in the document: B against A. */
export interface DuelMetricJson {
  readonly metric: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  readonly a?: number;
  readonly b?: number;
  readonly a_at_least?: boolean;
  readonly b_at_least?: boolean;
  /** What `change`, `interval` and `pairs` are in: percent of A, or percentage points. */
  readonly change_in: "percent" | "points";
  /** Over all pairs together. */
  readonly change?: number;
  /** Absent: not known yet; `null`: this end is not known yet. */
  readonly interval?: readonly [low: number | null, high: number | null];
  /** `better`, `worse`, `same` or `unknown`. */
  readonly verdict: string;
  /** Known to `precision`. */
  readonly known: boolean;
  /** The change in each pair, or in each few pairs that have enough requests together. */
  readonly pairs: readonly number[];
}

/** The document of a duel. */
export interface DuelJson {
  readonly mode: "duel";
  readonly a: DuelSideJson;
  readonly b: DuelSideJson;
  readonly started_at: string;
  readonly elapsed: number;
  readonly block: number;
  readonly block_warmup: number;
  readonly seed: number;
  readonly pairs: number;
  /** `known`, `time`, `interrupted` or `server`. */
  readonly ended: string;
  readonly confidence: number;
  readonly precision: number;
  readonly metrics: readonly DuelMetricJson[];
  readonly rules: readonly RuleJson[];
  readonly warnings: readonly string[];
  /** What the rules came to. */
  readonly regressed: boolean;
}

/** A duel as the public document. */
export function toDuelJson(result: DuelResult): DuelJson {
  return {
    mode: "duel",
    a: result.sides.a,
    b: result.sides.b,
    started_at: new Date(result.startedAtMs).toISOString(),
    elapsed: rounded(result.elapsedMs / 1000, 3),
    block: rounded(result.blockMs / 1000, 6),
    block_warmup: rounded(result.blockWarmupMs / 1000, 6),
    seed: result.seed,
    pairs: result.pairs,
    ended: result.ended,
    confidence: result.confidence,
    precision: result.precision,
    metrics: result.metrics.map((metric) =>
      present<DuelMetricJson>({
        metric: metric.metric,
        unit: metric.unit,
        better: metric.better,
        a: metric.a,
        b: metric.b,
        a_at_least: metric.isAAtLeast,
        b_at_least: metric.isBAtLeast,
        change_in: metric.scale === "ratio" ? "percent" : "points",
        change: metric.change,
        interval: metric.low === undefined && metric.high === undefined
          ? undefined
          : [metric.low ?? null, metric.high ?? null],
        verdict: metric.verdict,
        known: metric.isKnown,
        pairs: metric.pairs,
      })
    ),
    rules: result.rules.map(ruleJson),
    warnings: result.warnings,
    regressed: result.rules.some(({ passed }) => !passed),
  };
}
