/** The tables of measurements that documents show. */
import { assertEquals, assertMatch } from "@std/assert";
import { machineLine, markdownTable, throughputTable } from "./table.ts";

Deno.test("markdownTable() aligns cells and marks right-aligned columns", () => {
  assertEquals(
    markdownTable("lr", [["Name", "Rate"], ["a", "1"], ["longer", "12,345"]]),
    [
      "| Name   |   Rate |",
      "| ------ | -----: |",
      "| a      |      1 |",
      "| longer | 12,345 |",
    ].join("\n"),
  );
});

Deno.test("throughputTable() compares medians and leaves out what was not measured", () => {
  const ours = [1000, 3000, 2000].map((perSecond) => ({ requests: 1, perSecond, errors: 0, cpuUs: 6 }));
  const theirs = [1000, 900, 1100].map((perSecond) => ({ requests: 1, perSecond, errors: 1 }));
  const row = {
    body: "small",
    tls: "trusted",
    connections: 50,
    threads: 1,
    rival: "wrk",
    pairs: { ours, theirs },
  } as const;
  const cells = throughputTable([row]).split("\n")[2]?.split("|").map((cell) => cell.trim());
  assertEquals(cells?.slice(1, -1), [
    ...["small", "trusted", "50", "1", "wrk", "2,000", "1,000", "2.00"],
    ...["6.0", "–", "–", "–", "–", "–", "0 / 3", "–"],
  ]);
  for (const [maxCpu, word] of [[1, "missed"], [undefined, "reached"]] as const) {
    const same = { ours, theirs: theirs.map((sample) => ({ ...sample, cpuUs: 5 })) };
    const goal = { minRate: 1, ...(maxCpu !== undefined && { maxCpu }) };
    const last = throughputTable([{ ...row, pairs: same, goal }]).split("\n")[2]?.split("|").at(-2)?.trim();
    assertEquals(last, maxCpu === undefined ? `≥ 1.00: ${word}` : `≥ 1.00, ≤ 1.00: ${word}`);
  }
});

Deno.test("machineLine() names date, cores and runtime", async () => {
  assertMatch(await machineLine(), /^\d{4}-\d\d-\d\d, .+, \d+ cores, \w+ .+, Deno \d+\.\d+\.\d+$/);
});
