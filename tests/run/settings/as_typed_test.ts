/** Flags by the names that were typed. */
import { assertEquals } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import { asTyped } from "../../../src/run/settings/as_typed.ts";
import { settingsOf } from "../_settings.ts";

Deno.test("asTyped() names each flag as it was typed, and no other one", async () => {
  const world = { environment: { BENCH_THREADS: "2" } };
  const settings = await settingsOf(["-u", "5", "--duration", "3", "http://x/"], world);
  const problems = [
    "--users needs --duration or --iterations",
    "--users-file and --no--users are others; --threads 2 comes from elsewhere",
  ];
  const error = new UsageError(problems);
  error.help = "bench help scenarios";
  const typed = asTyped(error, settings) as UsageError;
  assertEquals(typed.problems, ["-u needs --duration or --iterations", problems[1]!]);
  assertEquals(typed.help, error.help);
  const other = new TypeError("--users");
  assertEquals(asTyped(other, settings), other);
});
