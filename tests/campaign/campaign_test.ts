/** Runs one after the other: all of a URL list, in order, until one is interrupted or throws. */
import { assertEquals, assertRejects } from "@std/assert";
import { runCampaign } from "../../src/campaign/campaign.ts";
import { urlList } from "../../src/campaign/url_list.ts";
import type { RunPlan } from "../../src/plan/run_plan.ts";
import { planFor } from "../_support/plan.ts";
import { resultOf } from "../_support/step_results.ts";

const LOAD = { kind: "duration", connections: 1, durationMs: 1000 } as const;
const PLANS = ["a", "b", "c"].map((name) => planFor(`http://127.0.0.1/${name}`, LOAD));

/** Runs plans without a server and notes them; those at the given positions are interrupted. */
function fakeRunner(interrupted: readonly number[] = []) {
  const plans: RunPlan[] = [];
  const run = (plan: RunPlan) => {
    const isInterrupted = interrupted.includes(plans.length);
    plans.push(plan);
    return Promise.resolve(
      resultOf(plan, { succeeded: plans.length, result: { interrupted: isInterrupted } }),
    );
  };
  return { plans, run };
}

Deno.test("runCampaign() of urlList() runs every plan in order and keeps the results in order", async () => {
  const { plans, run } = fakeRunner();
  const results = await runCampaign(urlList(PLANS), run);
  assertEquals(plans, PLANS);
  assertEquals(results.map(({ plan, total }) => [plan, total.iterations]), [
    [PLANS[0]!, 1],
    [PLANS[1]!, 2],
    [PLANS[2]!, 3],
  ]);
});

Deno.test("urlList() ends with an interrupted run and keeps its result", async () => {
  const { plans, run } = fakeRunner([1]);
  const results = await runCampaign(urlList(PLANS), run);
  assertEquals(plans.length, 2);
  assertEquals(results.map(({ interrupted }) => interrupted), [false, true]);
});

Deno.test("runCampaign() passes on what a run throws and runs nothing more", async () => {
  let runs = 0;
  const run = () => {
    runs++;
    return Promise.reject(new Error("no node"));
  };
  await assertRejects(() => runCampaign(urlList(PLANS), run), Error, "no node");
  assertEquals(runs, 1);
});
