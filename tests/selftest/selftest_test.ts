/** The selftest passes and fails where it should, and passes here. */
import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { selftestJson, selftestText } from "../../src/selftest/report.ts";
import { styleFor } from "../../src/lib/style.ts";
import type { Case } from "../../src/selftest/cases.ts";
import { startKnownTarget } from "../../src/selftest/known_target.ts";
import { runSelftest } from "../../src/selftest/selftest.ts";
import type { Reading, Tool } from "../../src/selftest/tool.ts";
import { programPath } from "../_support/peers.ts";
import { isMachineBusy } from "../_support/machine.ts";
import { program } from "../_support/program.ts";

const COUNT: Case = {
  title: "Three requests",
  target: { kind: "route", path: "/" },
  job: { connections: 1, threads: 1, seconds: 1 },
  checks: [{ name: "requests", unit: "1", truth: () => 3, read: ({ requests }) => requests, limit: () => 1 }],
};

/** A tool that says this, one reading a run. */
function saying(name: string, ...readings: (Partial<Reading> | Error)[]): Tool {
  let run = 0;
  return {
    name,
    words: () => [Deno.execPath(), "eval", "console.log(1)"],
    parse: () => {
      const reading = readings[Math.min(run++, readings.length - 1)]!;
      if (reading instanceof Error) throw reading;
      return { requests: 3, perSecond: 1, errors: 0, ...reading };
    },
  };
}

function selftest(own: Tool, peers: readonly Tool[] = []) {
  return runSelftest({ cases: [COUNT], own, peers, find: programPath, limitMs: 30_000 });
}

Deno.test("runSelftest() passes errors up to the limit, and no more", async () => {
  const errors = await Promise.all(
    [2, 3, 4].map(async (requests) => await selftest(saying("bench", { requests }))),
  );
  assertEquals(errors.map(({ passed }) => passed), [true, true, true]);
  const [low, high] = await Promise.all([1, 5].map((requests) => selftest(saying("bench", { requests }))));
  assertEquals([low!.passed, high!.passed], [false, false]);
  assertEquals(low!.checks[0]!.measured, { truth: 3, value: 1, error: -2 });
});

Deno.test("runSelftest() fails when nothing was measured", async () => {
  const result = await selftest(saying("bench", new Error("Cannot read it")));
  assertEquals(result.passed, false);
  assertEquals(result.checks[0]!.failure, "Cannot read it");
});

Deno.test("runSelftest() measures again what the program itself doubts", async () => {
  const busy = { requests: 9, warnings: ["The load generator did not keep up"] };
  const settled = await selftest(saying("bench", busy, busy, {}));
  assertEquals([settled.passed, settled.warnings], [true, []]);
  const hopeless = await selftest(saying("bench", busy));
  assertEquals([hopeless.passed, hopeless.warnings.length], [false, 1]);
});

Deno.test("other tools are shown and not judged", async () => {
  const peers = [saying("other", { requests: 0 }), saying("broken", new Error("no luck")), {
    ...saying("unable"),
    words: () => undefined,
  }];
  const result = await selftest(saying("bench"), peers);
  assertEquals(result.passed, true);
  const text = selftestText(result, styleFor(false));
  assertStringIncludes(text, "Three requests, broken: no luck");
  const row = text.split("\n").findLast((line) => line.includes("requests "))!;
  assertEquals(row.trim().split(/\s+/), ["requests", "exact", "−3", "failed", "–"]);
  assertEquals(
    JSON.parse(JSON.stringify(selftestJson(result, { isQuick: true, cores: 2 }))).checks[0].others,
    {
      other: { truth: 3, measured: 0, error: -3 },
      broken: { failure: "no luck" },
      unable: {},
    },
  );
});

Deno.test("startKnownTarget() counts and times on its own side", async () => {
  await using target = startKnownTarget({ kind: "route", path: "/delay/30" });
  await Promise.all([1, 2, 3].map(async () => await (await fetch(target.url)).text()));
  const seen = target.seen();
  assertEquals([seen.requests, seen.cut], [3, 0]);
  assertGreater(seen.servedMs(50)!, 28);
});

Deno.test("startKnownTarget() cuts every so many answers off", async () => {
  await using target = startKnownTarget({ kind: "cut", every: 3 });
  const outcomes: string[] = [];
  for (let i = 0; i < 7; i++) {
    outcomes.push(await fetch(target.url).then((response) => response.text()).catch(() => "cut"));
  }
  assertEquals(outcomes.map((text) => text === "cut"), [false, false, true, false, false, true, false]);
  assertEquals([target.seen().requests, target.seen().cut], [7, 2]);
});

Deno.test("bench selftest --quick is within its limits", async () => {
  let last = await program(["selftest", "--quick", "--json", "-"]);
  for (let attempt = 1; attempt < 3 && last.code !== 0 && !isMachineBusy(); attempt++) {
    last = await program(["selftest", "--quick", "--json", "-"]);
  }
  const { checks, quick } = JSON.parse(last.out);
  assertEquals([quick, checks.length], [true, 22]);
  // Counts are exact on any machine; times need processors that are free.
  const exact = checks.filter(({ unit }: { unit: string }) => unit === "1");
  assertEquals(exact.map(({ error }: { error: number }) => error), [0, 0, 0, 0, 0, 0, 0, 0]);
  if (last.code !== 0 && isMachineBusy()) {
    // deno-lint-ignore no-console -- a skipped claim must be seen
    console.warn("Skipped: the machine is too busy for the selftest's limits of time");
    return;
  }
  assertEquals(last.code, 0, last.err);
  assertStringIncludes(last.err, "Every deviation is within its limit");
});

Deno.test("bench selftest without the permission to start programs measures in threads of its own", async () => {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--no-prompt", "--allow-net", "--allow-read", "--allow-write", "--allow-env"],
      ...[new URL("../../main.ts", import.meta.url).pathname, "selftest", "--quick", "--json", "-"],
    ],
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertStringIncludes(err!, "not allowed to start programs (--allow-run)");
  const { checks } = JSON.parse(out!);
  assertEquals(
    checks.filter(({ unit }: { unit: string }) => unit === "1").map(({ error }: { error: number }) => error),
    [0, 0, 0, 0, 0, 0, 0, 0],
  );
});
