/** Traffic profiles from CSV files. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { parseProfileCsv } from "../../src/load/profile_csv.ts";

function problemsOf(text: string): readonly string[] {
  return assertThrows(() => parseProfileCsv(text), UsageError).problems;
}

const READ: readonly [claim: string, text: string, points: [number, number][], isMultiplier: boolean][] = [
  ["absolute rates without a header", "0,10\n1.5,20\n", [[0, 10], [1500, 20]], false],
  ["absolute rates under a header", "time_sec,rate\n0,10\n", [[0, 10]], false],
  ["factors under multiplier", "time_sec, Multiplier \n0,0.5\n", [[0, 0.5]], true],
  ["factors under factor in any column", "t,value,FACTOR\n0,0.5,x\n", [[0, 0.5]], true],
  [
    "a byte order mark, blank lines and short rows",
    "\ufefft,rate\n\n0,1\n5\n \n10 , 2 ,note, x\n",
    [[0, 1], [10_000, 2]],
    false,
  ],
  ["repeated times as a jump", "0,1\n5,1\n5,9\n", [[0, 1], [5000, 1], [5000, 9]], false],
];
for (const [claim, text, points, isMultiplier] of READ) {
  Deno.test(`parseProfileCsv() reads ${claim}`, () => {
    assertEquals(parseProfileCsv(text), { points, isMultiplier });
  });
}

Deno.test("parseProfileCsv() understands quotes", () => {
  assertEquals(parseProfileCsv('"0","10","a, b"\r\n').points, [[0, 10]]);
});

Deno.test("parseProfileCsv() names the line of what is no number, negative or infinite", () => {
  assertEquals(problemsOf("t,rate\n\n0,fast\n"), [
    'line 3: expected a number of at least 0, found "fast"',
  ]);
  assertEquals(problemsOf("0,-1\n1,Infinity\n2,nan\n").length, 3);
  assertEquals(problemsOf("-1,5\n"), ['line 1: expected a number of at least 0, found "-1"']);
});

Deno.test("parseProfileCsv() refuses times that go back", () => {
  assertEquals(problemsOf("0,1\n10,2\n5,3\n"), ["line 3: time 5 comes after 10: expected times in order"]);
});

Deno.test("parseProfileCsv() refuses a file without rows, and one of another kind without flooding", () => {
  const nothing = ["expected rows of seconds and a rate, found none"];
  assertEquals(problemsOf(""), nothing);
  assertEquals(problemsOf("time,rate\n"), nothing);
  const problems = problemsOf("a,b\n".repeat(1000));
  assertEquals(problems.length, 6);
  assertEquals(problems.at(-1), "and 994 more lines");
});

Deno.test("parseProfileCsv() names the line of broken quotes", () => {
  assert(problemsOf('0,1\n1,"2\n')[0]!.startsWith("line 2: "));
});
