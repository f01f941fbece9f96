/** Traffic profiles in words. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { parseTrafficProfile, PROFILE_NAMES } from "../../src/load/traffic_profile.ts";
import type { PacerSpec } from "../../src/plan/pacer_spec.ts";

const durationMs = 60_000;
const rate = 200;

function parse(text: string, files: Record<string, string> = {}) {
  return parseTrafficProfile(text, {
    rate,
    durationMs,
    readTextFile(path) {
      const content = files[path];
      if (content === undefined) throw new Error("No such file");
      return content;
    },
  });
}

function problemsOf(text: string, files: Record<string, string> = {}): readonly string[] {
  return assertThrows(() => parse(text, files), UsageError).problems;
}

const READ: readonly [text: string, pacer: PacerSpec, description: string][] = [
  ["sine", { kind: "sine", rate, cycles: 2, min: 0.1, durationMs }, "sine (cycles=2.0, min=10%)"],
  [" SINE :", { kind: "sine", rate, cycles: 2, min: 0.1, durationMs }, "sine (cycles=2.0, min=10%)"],
  [
    "sine:cycles=9, min_factor = 0.25,cycles=3.5",
    { kind: "sine", rate, cycles: 3.5, min: 0.25, durationMs },
    "sine (cycles=3.5, min=25%)",
  ],
  ["sine:cycles=-1", { kind: "sine", rate, cycles: -1, min: 0.1, durationMs }, "sine (cycles=-1.0, min=10%)"],
  [
    "step:100,500,1000",
    { kind: "step", levels: [100, 500, 1000], durationMs },
    "step (levels=100,500,1000)",
  ],
  ["step:levels=100, ,0.5,", { kind: "step", levels: [100, 0.5], durationMs }, "step (levels=100,0.5)"],
  ["sawtooth", { kind: "sawtooth", rate, cycles: 3, min: 0.1, durationMs }, "sawtooth (cycles=3.0, min=10%)"],
  ["square:low=0", { kind: "square", rate, cycles: 3, low: 0, durationMs }, "square (cycles=3.0, low=0%)"],
  [
    "square:low_factor=1",
    { kind: "square", rate, cycles: 3, low: 1, durationMs },
    "square (cycles=3.0, low=100%)",
  ],
  [
    "spike",
    { kind: "spike", rate, intervalMs: 10_000, spikeMs: 2000, multiplier: 5, baseline: 0.2 },
    "spike (interval=10.0s, dur=2.0s, x5.0, baseline=20%)",
  ],
  [
    "spike:interval=500ms,spike_dur=0.1,multiplier=2.5,baseline=0",
    { kind: "spike", rate, intervalMs: 500, spikeMs: 100, multiplier: 2.5, baseline: 0 },
    "spike (interval=0.5s, dur=0.1s, x2.5, baseline=0%)",
  ],
  [
    "business-hours",
    { kind: "business-hours", rate, durationMs },
    "business-hours (24h curve compressed to test duration)",
  ],
  [
    "stages:10s@100,1m@500,10s@0",
    { kind: "points", points: [[0, 0], [10_000, 100], [70_000, 500], [80_000, 0]] },
    "stages (linear from 0: 10s@100, 1m@500, 10s@0)",
  ],
  [
    "stages:0@1k, 5@1k",
    { kind: "points", points: [[0, 0], [0, 1000], [5000, 1000]] },
    "stages (linear from 0: 0@1k, 5@1k)",
  ],
];
for (const [text, pacer, description] of READ) {
  Deno.test(`parseTrafficProfile() reads ${JSON.stringify(text)}`, () => {
    assertEquals(parse(text), { pacer, description });
  });
}

Deno.test("parseTrafficProfile() reads curves from CSV, absolute or as factors of the rate", () => {
  const files = { "C:\\a.csv": "0,5\n10,50\n", "f.csv": "t,factor\n0,0.5\n" };
  assertEquals(parse("csv: C:\\a.csv ", files), {
    pacer: { kind: "points", points: [[0, 5], [10_000, 50]] },
    description: "csv (C:\\a.csv, 2 points, absolute RPS)",
  });
  assertEquals(parse("csv:f.csv", files), {
    pacer: { kind: "points", points: [[0, 100]] },
    description: "csv (f.csv, 1 points, multiplier)",
  });
});

const REFUSED: readonly [text: string, problems: readonly string[]][] = [
  ["sien", [`Unknown traffic profile "sien": expected ${PROFILE_NAMES.join(", ")}: did you mean sine?`]],
  ["", [`Unknown traffic profile "": expected ${PROFILE_NAMES.join(", ")}`]],
  ["toString", [`Unknown traffic profile "tostring": expected ${PROFILE_NAMES.join(", ")}`]],
  ["sine:cycle=2,min=2,x,min=nan", [
    'Traffic profile sine has no key "cycle", known keys are cycles, min: did you mean cycles?',
    "Traffic profile sine: min=2: expected a number from 0 to 1",
    'Traffic profile sine: expected key=value, found "x"',
    "Traffic profile sine: min=nan: expected a number from 0 to 1",
  ]],
  ["square:low=-0.1", ["Traffic profile square: low=-0.1: expected a number from 0 to 1"]],
  ["sawtooth:cycles=inf", ["Traffic profile sawtooth: cycles=inf: expected a number"]],
  ["spike:interval=0,spike_dur=0,multiplier=-1,baseline=-1", [
    "Traffic profile spike: interval=0: expected a duration above 0",
    "Traffic profile spike: spike_dur=0: expected a duration above 0",
    "Traffic profile spike: multiplier=-1: expected a number of at least 0",
    "Traffic profile spike: baseline=-1: expected a number of at least 0",
  ]],
  ["business-hours:x=1", ['Traffic profile business-hours has no key "x", it has none']],
  ["step", ["Traffic profile step: expected levels in requests per second, such as step:100,500,1000"]],
  ["stages:", ["Traffic profile stages: expected stages, such as stages:10s@100,1m@500,10s@0"]],
  ["stages:10s", ['Traffic profile stages: expected DURATION@RATE, found "10s"']],
  ["csv:", ["Traffic profile csv: expected a file, such as csv:traffic.csv"]],
  ["csv:none.csv", ['Cannot read traffic profile "none.csv": No such file']],
];
for (const [text, problems] of REFUSED) {
  Deno.test(`parseTrafficProfile() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(problemsOf(text), problems);
  });
}

Deno.test("parseTrafficProfile() refuses negative levels and wrong stages by item", () => {
  assertStringIncludes(problemsOf("step:5,-1,a").join("\n"), 'level "-1": expected a number');
  assertEquals(problemsOf("step:5,-1,a").length, 2);
  assertEquals(problemsOf("stages:x@1,1s@-2").length, 2);
});

Deno.test("parseTrafficProfile() names file and line of a bad row", () => {
  assertEquals(problemsOf("csv:a.csv", { "a.csv": "0,1\n5,2\n3,1\n" }), [
    'Traffic profile "a.csv": line 3: time 3 comes after 5: expected times in order',
  ]);
});

Deno.test("parseTrafficProfile() refuses a curve that no machine could follow", () => {
  for (const text of ["spike:multiplier=1e9", "spike:multiplier=1e300,baseline=1e300", "csv:a.csv"]) {
    assertEquals(problemsOf(text, { "a.csv": "0,1e9\n5,1e9\n" }), [
      `Traffic profile "${text}": expected at most 10,000,000 per second on average`,
    ]);
  }
});

Deno.test("parseTrafficProfile() refuses a curve on which nothing would ever start", () => {
  assertEquals(problemsOf("step:0"), ['Traffic profile "step:0" has a rate of 0 throughout the run']);
  assertEquals(problemsOf("spike:multiplier=0,baseline=0").length, 1);
  assertEquals(problemsOf("stages:2m@0,1s@50").length, 1);
  assertEquals(parse("step:0,5").description, "step (levels=0,5)");
});
