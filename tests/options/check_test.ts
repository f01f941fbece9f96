/** Options that exclude or require each other. */
import { assertEquals } from "@std/assert";
import { checkRelations } from "../../src/options/check.ts";
import { toggle } from "../../src/options/option_types.ts";
import { defineOptions } from "../../src/options/option.ts";
import { resolve } from "../../src/options/resolve.ts";
import type { Sources } from "../../src/options/resolve.ts";
import { parsed, sampleOptions } from "./_sample.ts";

function problemsOf(sources: Sources): readonly string[] {
  return checkRelations(sampleOptions, resolve(sampleOptions, sources));
}

Deno.test("checkRelations() is content with defaults", () => assertEquals(problemsOf({}), []));

Deno.test("checkRelations() names both options that exclude each other, once", () => {
  const { given } = parsed("-n", "5", "-d", "6");
  assertEquals(problemsOf({ given }), ["-n cannot be given together with -d"]);
});

Deno.test("checkRelations() says where each option came from", () => {
  const sources = {
    config: { name: "bench.yaml", values: { duration: 5 } },
    environment: { BENCH_NUM_REQUESTS: "6" },
  };
  assertEquals(problemsOf(sources), [
    "--duration (from bench.yaml: duration) cannot be given together with --num-requests (from BENCH_NUM_REQUESTS)",
  ]);
});

Deno.test("checkRelations() counts an option that could not be read as given", () => {
  assertEquals(problemsOf({ given: parsed("-n", "x", "-d", "6").given }).length, 1);
});

Deno.test("checkRelations() names what an option needs", () => {
  assertEquals(problemsOf({ given: parsed("--note", "a").given }), ["--note needs --report"]);
  assertEquals(problemsOf({ given: parsed("--note", "a", "--report=x").given }), []);
});

Deno.test("checkRelations() takes a switch that is off for one that was not given", () => {
  const table = defineOptions({
    a: { long: "--a", negation: "--no-a", type: toggle, group: "General", conflicts: ["b"], help: "" },
    b: { long: "--b", type: toggle, group: "General", help: "" },
  });
  const check = (a: string) => {
    const given = [{ property: "a", flag: "--a", text: a }, { property: "b", flag: "--b", text: "true" }];
    return checkRelations(table, resolve(table, { given })).length;
  };
  assertEquals([check("true"), check("false")], [1, 0]);
});
