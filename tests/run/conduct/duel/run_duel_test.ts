/** A duel of real servers that someone ends: what is known by then is told, in whole pairs. */
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { runDuel } from "../../../../src/run/conduct/duel/run_duel.ts";
import { duelOwnOptions } from "../../../../src/run/settings/duel_options.ts";
import type { DuelBlock } from "../../../../src/result/duel/duel_block.ts";
import { planFor } from "../../../_support/plan.ts";

const hasResponses = ({ result: { total } }: DuelBlock) => total.steps.some(({ succeeded }) => succeeded > 0);

Deno.test("a duel that is interrupted tells of the pairs that were whole", async () => {
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  await using server = Deno.serve(options, () => new Response("x"));
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const plan = planFor(url, { kind: "duration", connections: 2, durationMs: 1000 });
  const ending = new AbortController();
  const result = await runDuel({ a: { plan, target: url }, b: { plan, target: url } }, {
    measures: duelOwnOptions.metrics.type.parse("rps"),
    rules: [],
    confidence: 99,
    precision: 0.0001,
    durationMs: 120_000,
    blockMs: 50,
    seed: 3,
    threadsFor: () => 1,
    signal: ending.signal,
    // On a busy machine there may be blocks without a response.
    onPair: (pairs) =>
      pairs.filter(({ a, b }) => hasResponses(a) && hasResponses(b)).length === 3 && ending.abort(),
  });
  assertEquals(result.ended, "interrupted");
  assertGreaterOrEqual(result.pairs, 3);
  assertEquals(result.metrics.map(({ pairs }) => pairs.length), [3]);
  assert(result.metrics.every(({ a = 0, b = 0 }) => a > 0 && b > 0));
});
