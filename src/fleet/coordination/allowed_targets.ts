/**
 * What of a plan can be refused before it starts. A worker reads no files and opens no local sockets for a master, sends
 * nothing but HTTP, and where its owner named targets, to no others. Hosts that come to be known later are left to the
 * client, which asks the same rules before each connection.
 *
 * @module
 */
import { described, isAllowed, type OwnerRules } from "../../plan/owner_rules.ts";
import { eachOf, routeOf, routeTo } from "../../plan/route.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { httpStepsOf, knownUrls } from "../../plan/scenario.ts";

/** Why a plan is refused, a phrase each; empty: it is allowed. */
export function forbiddenIn({ client, scenario, module }: RunPlan, rules: OwnerRules): readonly string[] {
  const reasons = new Set<string>();
  if (module !== undefined && !rules.mayRunCode) {
    reasons.add("a worker runs no code for a master unless it is started with --allow-code");
  } else if (module !== undefined && module.files === undefined) {
    reasons.add("a worker loads no module that does not come with the plan");
  }
  if (client.unixSocket !== undefined) reasons.add("a worker opens no local socket for a master");
  if (httpStepsOf(scenario).some(({ body }) => body?.kind === "file")) {
    reasons.add("a worker reads no file for a master");
  }
  for (const url of knownUrls(scenario)) {
    if (!/^https?:$/.test(url.protocol)) {
      reasons.add(`a worker sends no requests to ${url.protocol} URLs`);
      continue;
    }
    for (const route of eachOf(routeTo(routeOf(url), client.resolve))) {
      if (!isAllowed(route, rules)) reasons.add(`${described(route)} is not among the targets allowed here`);
    }
  }
  return [...reasons];
}
