/** Logs as schedules: every request once, by all shares together, at its time, with a bounded part of the log in memory. */
import { assert, assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import type { ReplayStep } from "../../../src/plan/replay_step.ts";
import { globalNumber } from "../../../src/plan/share.ts";
import { detectLogFormat } from "../../../src/steps/replay/log_format.ts";
import { LogFeed } from "../../../src/steps/replay/log_feed.ts";
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
  const feed = new LogFeed(step, parts);
  for (const share of sharesOf(parts)) {
    const source = new ReplaySource(share, () => feed.readPart(share.index), (lines) => unread += lines);
    for (let k = 0; k < max; k++) {
      const number = globalNumber(k, share);
      for (let wait = source.whenKnown(number); wait !== null; wait = source.whenKnown(number)) await wait;
      const dueMs = source.timeOf(number);
      if (dueMs === Infinity) break;
      found.push({ number, dueMs, target: source.take().target });
    }
    source.close();
  }
  feed.close();
  return { found: found.sort((a, b) => a.number - b.number), unread, loss: feed.loss };
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
  const feed = new LogFeed(stepFor(path, commonLine(0, "/")), 1);
  const source = new ReplaySource({ index: 0, of: 1 }, () => feed.readPart(0), () => {});
  let last = -1;
  for (let number = 0; number < 300_000; number++) {
    const wait = source.whenKnown(number);
    if (wait !== null) await wait;
    const dueMs = source.timeOf(number);
    assert(dueMs > last, `${number}: ${dueMs} after ${last}`);
    last = dueMs;
    source.take();
    // What lies further ahead is not in memory yet.
    if (number % 10_000 === 0 && number < 250_000) assertEquals(source.timeOf(number + 40_000), Infinity);
  }
  await source.whenKnown(300_000);
  assertEquals(source.timeOf(300_000), Infinity);
  assertLess(last, 300_000);
});

Deno.test("of a log that breaks off, all that was read is sent, and the rest is told", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/a.log.gz`;
  const lines = Array.from({ length: 5000 }, (_, n) => commonLine(Math.floor(n / 100), `/${n}`));
  const zipped = new Blob([lines.join("\n")]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(zipped).arrayBuffer());
  await Deno.writeFile(path, bytes.subarray(0, bytes.length / 2));
  const { found, loss } = await readAll(stepFor(path, lines[0]!), 2);
  assert(found.length > 100 && found.length < 5000, `${found.length}`);
  assertEquals(found.map(({ target }) => target), found.map((_, n) => `/${n}`));
  assertEquals(loss?.what, "the rest of log");
});

Deno.test("a share that is left alone keeps no other waiting, and one that does not ask is not read for", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/a.log`;
  const line = commonLine(0, "/");
  await Deno.writeTextFile(path, `${line}\n`.repeat(400_000));
  const feed = new LogFeed(stepFor(path, line, { isWhole: false }), 2);
  for (let part = 0; part < 20; part++) assertEquals((await feed.readPart(0)).isLast, false);
  feed.leave(1);
  let requests = 20 * 1024;
  for (let isLast = false; !isLast;) {
    const part = await feed.readPart(0);
    requests += part.dueMs.length;
    isLast = part.isLast;
  }
  assertEquals(requests, 200_000);
});
