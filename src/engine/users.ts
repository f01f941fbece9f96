/**
 * Makes the users of a thread: those of a shortcut where a kind of step has one for the whole scenario, else users who
 * run flows.
 *
 * @module
 */
import { readClock } from "../lib/clock.ts";
import { iterationsIn } from "../load/pacer.ts";
import { isOpenLoop, loadFacts } from "../plan/load_kinds.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { Share } from "../plan/share.ts";
import type { Counters } from "../template/counters.ts";
import { compileScenario } from "../scenario/compile.ts";
import { type FlowContext, FlowUser } from "../scenario/iteration.ts";
import { knownValues } from "../scenario/known_values.ts";
import { STEP_KINDS, stepKind } from "../steps/registry.ts";
import { secretVariables } from "../steps/secrets.ts";
import type { DriverContext, RowNumbers, UserFactory } from "../steps/step_kind.ts";

/** What users need of their thread. */
export interface UserContext extends Omit<DriverContext, "share" | "iterations" | "givenRows"> {
  /** Numbers that no two users of the run may get, and rows that are each given once. */
  readonly numbers: { readonly counters: Counters; readonly rows: RowNumbers };
}

/** Prepares a plan's scenario for a thread. */
export async function createUsers(plan: RunPlan, share: Share, around: UserContext): Promise<UserFactory> {
  const iterations = iterationsIn(plan.load);
  const { rows: givenRows } = around.numbers;
  for (const kind of STEP_KINDS) {
    const users = await kind.shortcut?.(plan, { ...around, givenRows, share, iterations });
    if (users) return users;
  }
  return await createFlowUsers(plan, { share, iterations, around });
}

async function createFlowUsers(
  plan: RunPlan,
  { share, iterations, around }: {
    readonly share: Share;
    readonly iterations: number;
    readonly around: UserContext;
  },
): Promise<UserFactory> {
  const now = readClock;
  const { constants, initial } = knownValues(plan);
  const secrets = secretVariables(plan);
  const program = await compileScenario(plan.scenario, {
    share,
    iterations,
    seed: plan.seed,
    ...around.numbers,
    spanOf: (kind, name) => around.recorder.spans.of(kind, name),
    constants,
    open: (kind) => stepKind(kind).open({ ...around, plan, constants, secretVariables: secrets, now }),
  });
  const { thinkMs, thinkJitter } = loadFacts(plan.load);
  const context: FlowContext = {
    ...around,
    program,
    initial,
    seed: plan.seed,
    thinkMs,
    thinkJitter,
    pausesAtEnd: !isOpenLoop(plan),
    now,
    wallClockMs: () => Date.now(),
  };
  const first = program.flowOf(share.index).steps[0];
  return {
    newUser: (client, number) => new FlowUser(client, number, context),
    firstRequest: first === undefined ? null : program.kinds[first.kind]!.firstRequest(first.index),
    pauseThemselves: true,
  };
}
