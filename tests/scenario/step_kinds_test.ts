/** An iteration does not know what its steps are: two made-up kinds run in one flow, each by a runner of its own. */
import { assertEquals } from "@std/assert";
import type { HttpClient } from "../../src/client/exchange/http_client.ts";
import { OUTCOME } from "../../src/metrics/span_recorder.ts";
import type { Step } from "../../src/plan/scenario.ts";
import { WHOLE } from "../../src/plan/share.ts";
import { compileScenario } from "../../src/scenario/compile.ts";
import { FlowUser } from "../../src/scenario/iteration.ts";
import { STEP_KINDS } from "../../src/steps/registry.ts";
import type { StepKind, StepThread } from "../../src/steps/step_kind.ts";
import { scenarioOf, stepOf } from "./_plans.ts";

/** Writes down what its runners are asked to do; a step takes 10 ms. */
function noting(name: string, notes: string[], { goesOn = true } = {}): StepThread {
  return {
    add: (step, index) => void notes.push(`${name} adds ${step.name} as ${index}`),
    newRunner: () => {
      const runner = {
        endMs: 0,
        isUnfinished: false,
        outcome: OUTCOME.succeeded,
        begin: () => void notes.push(`${name} begins`),
        start: (step: number, dueMs: number, nowMs: number) => {
          notes.push(`${name} starts ${step}, due at ${dueMs}`);
          runner.endMs = nowMs + 10;
          return Promise.resolve();
        },
        finish: () => null,
        settle: (step: number) => {
          notes.push(`${name} settles ${step}`);
          return goesOn;
        },
        loadEnded: () => void notes.push(`${name} sees the end`),
      };
      return runner;
    },
    firstRequest: () => null,
  };
}

async function run(threads: Readonly<Record<string, StepThread>>) {
  const kinds = Object.keys(threads);
  const steps = [...kinds, kinds[0]!].map((kind, i) => ({ ...stepOf(`/${i}`), kind }) as unknown as Step);
  const recorder = {
    counts: { iterations: 0, cutIterations: 0 },
    drop() {},
    countUnfilled() {},
    limits: { add() {} },
  };
  const user = new FlowUser({} as HttpClient, 0, {
    program: await compileScenario(scenarioOf(steps), {
      share: WHOLE,
      seed: 1,
      open: (kind) => Promise.resolve(threads[kind]!),
    }),
    recorder,
    budget: { left: Infinity },
    seed: 1,
    thinkMs: 0,
    thinkJitter: 0,
    pausesAtEnd: false,
    now: () => 0,
    startMs: () => 0,
    isOver: () => false,
    sleep: () => Promise.resolve(),
    wallClockMs: () => 0,
    newClient: () => {
      throw new Error("Nothing is sent at the same time");
    },
  });
  await user.iterate(0, 5);
  user.loadEnded();
  return { iterations: recorder.counts.iterations, freeAtMs: user.freeAtMs };
}

Deno.test("a flow runs steps of several kinds in order, each by its kind's runner", async () => {
  const notes: string[] = [];
  const result = await run({ a: noting("a", notes), b: noting("b", notes) });
  assertEquals(notes, [
    "a adds /0 as 0",
    "b adds /1 as 1",
    "a adds /2 as 2",
    "a begins",
    "b begins",
    "a starts 0, due at 5",
    "a settles 0",
    "b starts 1, due at -1",
    "b settles 1",
    "a starts 2, due at -1",
    "a settles 2",
    "a sees the end",
    "b sees the end",
  ]);
  assertEquals(result, { iterations: 1, freeAtMs: 30 });
});

Deno.test("a kind ends an iteration when its step cannot be gone on from", async () => {
  const notes: string[] = [];
  const result = await run({ a: noting("a", notes), b: noting("b", notes, { goesOn: false }) });
  assertEquals(notes.filter((note) => note.includes("starts")), [
    "a starts 0, due at 5",
    "b starts 1, due at -1",
  ]);
  assertEquals(result.iterations, 1);
});

Deno.test("every kind of step is registered under its own name, once", () => {
  const names = STEP_KINDS.map(({ kind }: StepKind) => kind);
  assertEquals(names, [...new Set(names)]);
});
