/** Plans for other machines hold the files that they need, each read once, and not too much of them. */
import { assertEquals, assertRejects } from "@std/assert";
import { packPlan } from "../../../src/fleet/coordination/portable_plan.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { MAX_PLAN_BODIES_BYTES } from "../../../src/lib/size_limits.ts";
import { stepsOf } from "../../../src/plan/scenario.ts";
import { planFor } from "../../_support/plan.ts";

const LOAD = { kind: "duration", connections: 1, durationMs: 1 } as const;
const file = (bytes: number) =>
  planFor(["http://h/a", "http://h/b"], LOAD, { step: { body: { kind: "file", path: "/x.bin", bytes } } });

Deno.test("packPlan() puts a file into every step that sends it, and reads it once", async () => {
  const read: string[] = [];
  const packed = await packPlan(file(3), (path) => {
    read.push(path);
    return Promise.resolve(Uint8Array.of(0xff, 0, 1));
  });
  assertEquals(read, ["/x.bin"]);
  assertEquals(
    stepsOf(packed.scenario).map((step) => step.kind === "http" && step.body),
    [{ kind: "base64", base64: "/wAB" }, { kind: "base64", base64: "/wAB" }],
  );
});

Deno.test("packPlan() leaves a plan without files as it is", async () => {
  const plan = planFor("http://h/", LOAD);
  assertEquals(await packPlan(plan, () => Promise.reject(new Error("read"))) === plan, true);
});

Deno.test("packPlan() refuses files that are too large before it reads any", async () => {
  await assertRejects(
    () => packPlan(file(MAX_PLAN_BODIES_BYTES + 1), () => Promise.reject(new Error("read"))),
    UsageError,
    "Cannot send request bodies of 48.0 MiB to workers: expected at most 48.0 MiB",
  );
});
