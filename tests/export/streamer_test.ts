/** When frames are exported, sent again, given up and told of. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Deliver, Delivery } from "../../src/export/deliver.ts";
import { describeTally, isIncomplete } from "../../src/export/export_report.ts";
import type { ExportFrame, Post } from "../../src/export/exporter.ts";
import { createStreamer, type WallClock } from "../../src/export/streamer.ts";
import { appendSnapshot, EMPTY_SNAPSHOT } from "../../src/metrics/snapshot.ts";
import type { RunObserver } from "../../src/metrics/tick.ts";
import { START_MS, windowOf } from "./sample_run.ts";

/** A clock that a test moves. Sleepers wake when their time has come or their signal fires. */
class FakeClock implements WallClock {
  #nowMs = START_MS;
  readonly #sleepers = new Set<{ readonly dueMs: number; readonly wake: () => void }>();
  readonly pausesMs: number[] = [];

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.pausesMs.push(ms);
    return new Promise((resolve) => {
      const sleeper = {
        dueMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", sleeper.wake, { once: true });
    });
  }

  /** Moves on, letting everything happen that is due on the way. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const next = [...this.#sleepers].sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > endMs) break;
      this.#nowMs = next.dueMs;
      next.wake();
      await settle();
    }
    this.#nowMs = endMs;
  }
}

/** Lets pending promises run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

const OK: Delivery = { isDelivered: true };
/** Says nothing until the attempt is given up. */
const hangs: Deliver = (_, signal) =>
  new Promise((resolve) =>
    signal.addEventListener(
      "abort",
      () => resolve({ isDelivered: false, reason: "aborted", mayRetry: true }),
      { once: true },
    )
  );
const BUSY: Delivery = { isDelivered: false, reason: "HTTP 503", mayRetry: true };

/** A streamer to one receiver that is answered by `respond`; keeps the frames that were encoded. */
function streamerTo(respond: Deliver, intervalMs?: number) {
  const clock = new FakeClock();
  const frames: ExportFrame[] = [];
  const encode = (frame: ExportFrame): Post => {
    frames.push(frame);
    return { kind: "udp", host: "", port: 0, texts: [] };
  };
  const streamer = createStreamer({
    receivers: [{ name: "test", encode }],
    clock,
    deliver: respond,
    ...(intervalMs !== undefined && { intervalMs }),
  });
  return { clock, frames, streamer };
}

const always = (delivery: Delivery): Deliver => () => Promise.resolve(delivery);

/** Shows `seconds` ticks to an observer, a second apart. */
async function play(observe: RunObserver, clock: FakeClock, seconds: number) {
  let total = EMPTY_SNAPSHOT;
  for (let second = 0; second < seconds; second++) {
    await clock.advance(1000);
    const window = windowOf(second);
    total = appendSnapshot(total, window);
    observe({ atMs: window.toMs, window, total, threads: 1 });
  }
  await settle();
  return { total, durationMs: seconds * 1000 };
}

const values = (frame: ExportFrame | undefined) =>
  Object.fromEntries(frame?.rows.map(({ key, value }) => [key, value]) ?? []);

Deno.test("createStreamer() without an interval sends one frame, at the end", async () => {
  const { clock, frames, streamer } = streamerTo(always(OK));
  const end = await play(streamer.observe(), clock, 2);
  assertEquals(frames.length, 0);
  const tallies = await streamer.finish(end);
  assertEquals(tallies, [{ receiver: "test", sent: 1, failed: 0, dropped: 0, undelivered: 0 }]);
  assertEquals(frames.length, 1);
  assertEquals([frames[0]?.scope, frames[0]?.startMs, frames[0]?.timeMs], [
    undefined,
    START_MS,
    START_MS + 2000,
  ]);
  assertEquals(values(frames[0])["requests_per_sec"], 505);
});

Deno.test("createStreamer() measures each interval by itself and counts over the run", async () => {
  const { clock, frames, streamer } = streamerTo(always(OK), 2000);
  const end = await play(streamer.observe({ step_users: "40" }), clock, 5);
  assertEquals(frames.map(({ timeMs }) => timeMs - START_MS), [2000, 4000]);
  assertEquals(frames.map((frame) => values(frame)["requests.total"]), [1010, 2020]);
  assertEquals(frames.map((frame) => values(frame)["requests_per_sec"]), [505, 505]);
  assertEquals(frames.map((frame) => values(frame)["transfer_bytes_per_sec"]), [50_000, 50_000]);
  assertEquals(frames.map((frame) => values(frame)["latency.max"]), [1000, 2000]);
  assertEquals(
    frames.map(({ scope, labels }) => [scope, labels]),
    Array(2).fill(["interval", { step_users: "40" }]),
  );
  const [tally] = await streamer.finish(end);
  assertEquals(tally?.sent, 3);
  assertEquals([frames[2]?.scope, values(frames[2])["requests.total"]], ["final", 2525]);
  assertEquals(values(frames[2])["latency.mean"], 1250.5);
});

Deno.test("createStreamer() starts afresh with every observed run", async () => {
  const { clock, frames, streamer } = streamerTo(always(OK), 1000);
  await play(streamer.observe({ step_users: "1" }), clock, 1);
  const end = await play(streamer.observe({ step_users: "2" }), clock, 1);
  await streamer.finish(end);
  assertEquals(frames.map(({ labels, scope, startMs }) => [labels.step_users, scope, startMs - START_MS]), [
    ["1", "interval", 0],
    ["1", "final", 0],
    ["2", "interval", 1000],
    ["2", "final", 1000],
  ]);
});

Deno.test("createStreamer() sends the whole of every observed run, with and without intervals", async () => {
  for (const intervalMs of [undefined, 2000]) {
    const { clock, frames, streamer } = streamerTo(always(OK), intervalMs);
    await play(streamer.observe({ step_users: "1" }), clock, 3);
    streamer.observe({ step_users: "none" }); // A run that never began.
    await streamer.finish(await play(streamer.observe({ step_users: "2" }), clock, 3));
    const closing = frames.filter(({ scope }) => scope !== "interval");
    assertEquals(
      closing.map((frame) => [frame.labels.step_users, values(frame)["requests.total"]]),
      [["1", 1515], ["2", 1515]],
    );
  }
});

Deno.test("createStreamer() retries with growing pauses, at most four times in all", async () => {
  const { clock, streamer } = streamerTo(always(BUSY));
  const finished = streamer.finish(await play(streamer.observe(), clock, 1));
  await clock.advance(10_000);
  const [tally] = await finished;
  assertEquals(tally, {
    receiver: "test",
    sent: 0,
    failed: 1,
    dropped: 0,
    undelivered: 0,
    lastReason: "HTTP 503",
  });
  assertEquals(clock.pausesMs, [20_000, 500, 1000, 2000]); // The first is the limit of it all.
});

Deno.test("createStreamer() waits as long as the receiver asks, then delivers the same post", async () => {
  const posts: Post[] = [];
  const { clock, frames, streamer } = streamerTo((post) => {
    posts.push(post);
    return Promise.resolve(posts.length === 1 ? { ...BUSY, retryAfterMs: 7000 } : OK);
  });
  const finished = streamer.finish(await play(streamer.observe(), clock, 1));
  await clock.advance(6_999);
  assertEquals(posts.length, 1);
  await clock.advance(1);
  assertEquals((await finished)[0]?.sent, 1);
  assertEquals([posts.length, frames.length, posts[0] === posts[1]], [2, 1, true]);
});

Deno.test("createStreamer() does not retry what cannot succeed", async () => {
  let attempts = 0;
  const { clock, streamer } = streamerTo(() => {
    attempts++;
    return Promise.resolve({ isDelivered: false, reason: "HTTP 401", mayRetry: false });
  });
  const [tally] = await streamer.finish(await play(streamer.observe(), clock, 1));
  assertEquals([attempts, tally?.failed], [1, 1]);
});

Deno.test("createStreamer() drops what does not fit into eight places, and never the closing frame", async () => {
  const { clock, frames, streamer } = streamerTo(hangs, 1000);
  const end = await play(streamer.observe(), clock, 12); // One under way, eight waiting, three dropped.
  const finished = streamer.finish(end);
  await clock.advance(7_000);
  const [tally] = await finished;
  assertEquals(frames.length, 1);
  assertEquals(tally, {
    receiver: "test",
    sent: 0,
    failed: 0,
    dropped: 4,
    undelivered: 9,
    lastReason: "the receiver is too slow",
  });
});

Deno.test("createStreamer() says what a receiver did, not that time was up, and that alone where it did nothing", async () => {
  for (const [first, reason] of [[BUSY, "HTTP 503"], [undefined, /no response/]] as const) {
    let attempts = 0;
    const { clock, streamer } = streamerTo((post, signal) =>
      ++attempts === 1 && first ? Promise.resolve(first) : hangs(post, signal)
    );
    const finished = streamer.finish(await play(streamer.observe(), clock, 1));
    await clock.advance(20_000);
    const [tally] = await finished;
    assertEquals(tally?.undelivered, 1);
    assertMatch(tally?.lastReason ?? "", new RegExp(reason));
  }
});

Deno.test("createStreamer() delivers the closing frame after the waiting ones once a slow receiver recovers", async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => release = resolve);
  const { clock, frames, streamer } = streamerTo(() => gate.then(() => OK), 1000);
  const end = await play(streamer.observe(), clock, 12);
  const finished = streamer.finish(end);
  release();
  const [tally] = await finished;
  assertEquals([tally?.sent, tally?.dropped], [9, 4]);
  assertEquals(frames.at(-1)?.scope, "final");
});

Deno.test("createStreamer() drops no closing frame, however many runs a slow receiver has to catch up with", async () => {
  for (const intervalMs of [undefined, 1000]) {
    let release = () => {};
    const gate = new Promise<void>((resolve) => release = resolve);
    const { clock, frames, streamer } = streamerTo(() => gate.then(() => OK), intervalMs);
    let end = { total: EMPTY_SNAPSHOT, durationMs: 0 };
    for (let run = 0; run < 12; run++) {
      end = await play(streamer.observe({ endpoint: `${run}` }), clock, 1);
    }
    const finished = streamer.finish(end);
    release();
    const [tally] = await finished;
    const closing = frames.filter(({ scope }) => scope !== "interval");
    assertEquals(
      closing.map(({ labels }) => labels.endpoint),
      Array.from({ length: 12 }, (_, run) => `${run}`),
    );
    assertEquals(tally?.sent, frames.length);
  }
});

Deno.test("describeTally() and isIncomplete() tell losses", () => {
  const complete = {
    receiver: "StatsD",
    sent: 3,
    failed: 0,
    dropped: 0,
    undelivered: 0,
    lastReason: "HTTP 503",
  };
  assertEquals(isIncomplete(complete), false);
  assertEquals(describeTally(complete), "Export to StatsD: 3 sent");
  const lossy = { ...complete, failed: 1, dropped: 2, undelivered: 3 };
  assertEquals(isIncomplete(lossy), true);
  assertEquals(
    describeTally(lossy),
    "Export to StatsD: 3 sent, 1 failed, 2 dropped, 3 never delivered (HTTP 503)",
  );
});
