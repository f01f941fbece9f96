/** What a duel finds, on made-up pairs whose truth is known. */
import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import type { DuelPair } from "../../../src/result/duel/duel_block.ts";
import { type DuelJudging, judgeDuel } from "../../../src/result/duel/judge_duel.ts";
import { DUEL_METRICS, duelOwnOptions } from "../../../src/run/settings/duel_options.ts";
import { noiseOfSeed } from "../../_support/noise.ts";
import { type Fighter, pairOf } from "./_pairs.ts";

const MEASURES = duelOwnOptions.metrics.type.parse(DUEL_METRICS);
const JUDGING: DuelJudging = { measures: MEASURES, rules: [], confidence: 99, precision: 1 };

function fight(
  seed: number,
  { a, b, pairs = 30, requests, spoilt }: {
    readonly a: Fighter;
    readonly b: Fighter;
    readonly pairs?: number;
    readonly requests?: number;
    /** The share of blocks in which another program takes the machine. */
    readonly spoilt?: number;
  },
): readonly DuelPair[] {
  const noise = noiseOfSeed(seed);
  return Array.from(
    { length: pairs },
    () => pairOf(noise, { a, b, ...(requests && { requests }), ...(spoilt && { spoilt }) }),
  );
}

const rules = (...texts: readonly string[]) => texts.map((text) => duelOwnOptions.failOn.type.parse(text));

Deno.test("of 200 duels of equal servers, watched after every pair, at most three find a difference", () => {
  const equal = { meanMs: 10 };
  let alarms = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const pairs = fight(seed, { a: equal, b: equal, pairs: 24, requests: 50 });
    const isFalse = [12, 18, 24].some((n) =>
      judgeDuel(pairs.slice(0, n), JUDGING).metrics.some(({ verdict }) =>
        verdict !== "same" && verdict !== "unknown"
      )
    );
    if (isFalse) alarms++;
  }
  assertLess(alarms, 4);
});

Deno.test("a server that is 3% slower is found, and the interval holds how much", () => {
  let [found, held] = [0, 0];
  for (let seed = 1; seed <= 40; seed++) {
    const { metrics } = judgeDuel(fight(seed, { a: { meanMs: 10 }, b: { meanMs: 10.3 }, requests: 2000 }), {
      ...JUDGING,
      confidence: 95,
    });
    const median = metrics.find(({ metric }) => metric === "p50")!;
    if (metrics.some(({ verdict }) => verdict === "worse")) found++;
    if (median.low! <= 3 && 3 <= median.high!) held++;
  }
  assertGreater(found, 33);
  assertGreater(held, 37);
});

Deno.test("pairs that a busy machine spoils make intervals wider, not wrong", () => {
  let [alarms, missed] = [0, 0];
  for (let seed = 1; seed <= 20; seed++) {
    const pairs = fight(seed, { a: { meanMs: 10 }, b: { meanMs: 10 }, requests: 100, spoilt: 0.1 });
    const found = [10, 20, 30].some((n) =>
      judgeDuel(pairs.slice(0, n), JUDGING).metrics.some(({ verdict }) => /better|worse/.test(verdict))
    );
    if (found) alarms++;
    const far = fight(seed, { a: { meanMs: 10 }, b: { meanMs: 12 }, requests: 100, spoilt: 0.1 });
    const median = judgeDuel(far, JUDGING).metrics.find(({ metric }) => metric === "p50")!;
    if ((median.low ?? 0) > 20 || (median.high ?? 20) < 20) missed++;
  }
  assertLess(alarms, 2);
  assertLess(missed, 2);
});

Deno.test("servers that have nothing in common are told apart, at every percentile", () => {
  const { metrics } = judgeDuel(
    fight(6, { a: { meanMs: 0.2 }, b: { meanMs: 40 }, pairs: 12, requests: 300 }),
    JUDGING,
  );
  const verdicts = metrics.filter(({ metric }) => /rps|^p/.test(metric)).map(({ verdict }) => verdict);
  assertEquals(verdicts, ["worse", "worse", "worse", "worse"]);
  // Of so few requests beyond it, it is only known how large B's p99 is at least.
  assertEquals(metrics.find(({ metric }) => metric === "p99")?.high, undefined);
  for (const { metric, low = 0, high = Infinity } of metrics.filter(({ metric }) => /^p\d/.test(metric))) {
    assert(low < 19_900 && 19_900 < high, `${metric}: ${low} to ${high}`);
  }
});

Deno.test("rules fire on what is worse, and only beyond their bound", () => {
  const pairs = fight(1, { a: { meanMs: 10 }, b: { meanMs: 11.5, errorShare: 0.05 } });
  const judged = judgeDuel(pairs, {
    ...JUDGING,
    rules: rules("p50 > +5%", "p50 > +30%", "rps < -5%", "error_rate > 1", "cpu > +10%", "worse"),
  });
  assertEquals(judged.rules.map(({ passed }) => passed), [false, true, false, false, true, false]);
  assertMatch(judged.rules[0]!.reason, /^\+1[3-7]\.\d% \(.*\), worse beyond noise$/);
  assertEquals(judged.metrics.map(({ metric }) => metric), ["rps", "p50", "p95", "p99", "error_rate", "cpu"]);
});

Deno.test("what is not known yet passes a rule, and is not said to have passed", () => {
  const few = fight(1, { a: { meanMs: 10 }, b: { meanMs: 20 }, pairs: 4 });
  const judged = judgeDuel(few, { ...JUDGING, rules: rules("p50 > +5%", "worse") }).rules;
  assertEquals(judged.map(({ passed, isKnown }) => [passed, isKnown]), [[true, false], [true, false]]);
  assertEquals(judged[0]!.reason, "how p50 changed is not known yet");
  const enough = fight(1, { a: { meanMs: 10 }, b: { meanMs: 10 }, pairs: 12, requests: 60 });
  const [about, all] = judgeDuel(enough, { ...JUDGING, rules: rules("p99 > +5%", "worse") }).rules;
  assertEquals([about!.isKnown, all!.isKnown], [false, true]);
  assertMatch(all!.reason, /^nothing is worse beyond noise; not known yet: .*p99/);
});

Deno.test("a duel without a pair has no rule that held", () => {
  const { isKnown, reason } = judgeDuel([], { ...JUDGING, rules: rules("worse") }).rules[0]!;
  assertEquals([isKnown, reason], [false, "nothing was measured on both sides"]);
});

Deno.test("percentiles of few requests are put together, or are not known", () => {
  const few = fight(2, { a: { meanMs: 10 }, b: { meanMs: 10 }, pairs: 12, requests: 60 });
  const { metrics } = judgeDuel(few, JUDGING);
  const pairsOf = (name: string) => metrics.find(({ metric }) => metric === name)!.pairs.length;
  assertEquals([pairsOf("p50"), pairsOf("p95"), pairsOf("p99")], [12, 12, 3]);
  assertEquals(metrics.find(({ metric }) => metric === "p99")?.verdict, "unknown");
});

Deno.test("a duel is over when all is known that can be, and CPU that nobody measured does not keep it from that", () => {
  const equal = { meanMs: 10 };
  const pairs = fight(3, { a: equal, b: equal, pairs: 40 });
  const wide = { ...JUDGING, precision: 20 };
  assert(judgeDuel(pairs, wide).isKnown);
  assertEquals(judgeDuel(pairs.slice(0, 4), wide).isKnown, false);
  assertEquals(judgeDuel([], wide).isKnown, false);
  const withoutCpu = ({ result }: DuelPair["a"]) => ({ result });
  const blind = pairs.map(({ a, b, first }) => ({ a: withoutCpu(a), b: withoutCpu(b), first }));
  const judged = judgeDuel(blind, wide);
  assert(judged.isKnown);
  assertEquals(judged.metrics.find(({ metric }) => metric === "cpu")?.a, undefined);
});
