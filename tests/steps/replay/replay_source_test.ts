/** Logs as schedules: every request once, by all shares together, at its time, with a bounded part of the log in memory. */
import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import type { ReplayStep } from "../../../src/plan/replay_step.ts";
import { globalNumber } from "../../../src/plan/share.ts";
import { detectLogFormat } from "../../../src/steps/replay/log_format.ts";
import { ReplaySource } from "../../../src/steps/replay/replay_source.ts";
import { sharesOf } from "../../load/_context.ts";
import { tempDir } from "../../_support/temp_dir.ts";

const BEGIN = Date.UTC(2026, 9, 10);

function commonLine(second: number, path: string): string {
  const time = new Date(BEGIN + second * 1000).toISOString().slice(11, 19);
  return `1.2.3.4 - - [10/Oct/2026:${time} +0000] "GET ${path} HTTP/1.1" 200 5`;
}

function stepFor(path: string, line: string, changes: Partial<ReplayStep> = {}): ReplayStep {
  return {
    kind: "replay",
    name: "log",
    url: "http://a.test",
    headers: [],
    path,
    format: detectLogFormat([line])!,
    isWhole: true,
    beginsMs: BEGIN,
    speed: 1,
    loops: false,
    keepsHosts: false,
    ...changes,
  };
}

/** All requests of all shares, in the order of their numbers. */
async function readAll(step: ReplayStep, parts: number, max = Infinity) {
  const found: { number: number; dueMs: number; target: string }[] = [];
  let unread = 0;
  for (const share of sharesOf(parts)) {
    const source = new ReplaySource(step, share, () => unread++);
    for (let k = 0; k < max; k++) {
      const number = globalNumber(k, share);
      for (let wait = source.whenKnown(number); wait !== null; wait = source.whenKnown(number)) await wait;
      const dueMs = source.timeOf(number);
      if (dueMs === Infinity) break;
      found.push({ number, dueMs, target: source.take(number).line.target });
    }
    source.close();
  }
  return { found: found.sort((a, b) => a.number - b.number), unread };
}

for (const parts of [1, 2, 3]) {
  Deno.test(`a log in ${parts} shares: every request once, those of a second spread over it`, async () => {
    await using temp = await tempDir();
    const path = `${temp.path}/a.log`;
    const lines = [0, 0, 0, 0, 1, 3, 3].map((second, i) => commonLine(second, `/${i}`));
    await Deno.writeTextFile(path, [...lines.slice(0, 4), "garbage", ...lines.slice(4)].join("\r\n"));
    const { found, unread } = await readAll(stepFor(path, lines[0]!), parts);
    assertEquals(found.map(({ target }) => target), ["/0", "/1", "/2", "/3", "/4", "/5", "/6"]);
    assertEquals(found.map(({ dueMs }) => dueMs), [0, 250, 500, 750, 1000, 3000, 3500]);
    assertEquals(unread, 1);
  });
}

Deno.test("speed, a filter, and rounds of a log", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/a.log`;
  const lines = [commonLine(0, "/a"), commonLine(0, "/b.css?v=1"), commonLine(1, "/c")];
  await Deno.writeTextFile(path, lines.join("\n") + "\n");
  const { found } = await readAll(
    stepFor(path, lines[0]!, { speed: 2, loops: true, skip: "\\.css$" }),
    1,
    5,
  );
  assertEquals(found.map(({ target }) => target), ["/a", "/c", "/a", "/c", "/a"]);
  assertEquals(found.map(({ dueMs }) => dueMs), [0, 500, 1000, 1500, 2000]);
});

Deno.test("exact times stay exact, and never go back", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/a.jsonl.gz`;
  const at = [0, 0.125, 2.5, 2.4, 3];
  const lines = at.map((second, i) =>
    JSON.stringify({ ts: BEGIN / 1000 + second, method: "GET", url: `/${i}` })
  );
  const zipped = new Blob([lines.join("\n")]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(path, zipped);
  const { found } = await readAll(stepFor(path, lines[0]!, { isWhole: false }), 2);
  found.forEach(({ dueMs }, i) => assertAlmostEquals(dueMs, [0, 125, 2500, 2500, 3000][i]!, 0.01));
});

Deno.test("a long log is read as it is needed", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/a.log`;
  const second = (n: number) => Array.from({ length: 1000 }, () => commonLine(n, "/")).join("\n");
  await Deno.writeTextFile(path, Array.from({ length: 300 }, (_, n) => second(n)).join("\n"));
  const source = new ReplaySource(stepFor(path, commonLine(0, "/")), { index: 0, of: 1 }, () => {});
  let last = -1;
  for (let number = 0; number < 300_000; number++) {
    const wait = source.whenKnown(number);
    if (wait !== null) await wait;
    const dueMs = source.timeOf(number);
    assert(dueMs > last, `${number}: ${dueMs} after ${last}`);
    last = dueMs;
    source.take(number);
    // What lies further ahead is not in memory yet.
    if (number % 10_000 === 0 && number < 250_000) assertEquals(source.timeOf(number + 40_000), Infinity);
  }
  await source.whenKnown(300_000);
  assertEquals(source.timeOf(300_000), Infinity);
  assertLess(last, 300_000);
});
