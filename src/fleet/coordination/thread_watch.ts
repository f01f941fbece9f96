/**
 * What threads say, from the plan that they are given to their end.
 *
 * @module
 */
import { readWallClock } from "../../lib/clock.ts";
import type { Feed } from "../../plan/feed.ts";
import type { Share } from "../../plan/share.ts";
import type { LostWorker } from "../../result/run_result.ts";
import type { Channel, NodeReport, Notice } from "../protocol/messages.ts";
import type { Patience } from "./patience.ts";
import type { Seconds } from "./seconds.ts";

/** What a thread, or a worker of several, is doing. */
export interface ThreadState {
  readonly name: string;
  readonly state: "running" | "done" | "lost";
  /** Why it was lost. */
  readonly reason?: string;
}

/** Who is told of what threads say. */
interface Listeners {
  readonly patience: Patience;
  readonly seconds: Seconds;
  /** What threads are given while the load runs. */
  readonly feed: Feed | undefined;
  sharesOf(thread: number): readonly Share[];
}

/** Follows all threads of a run. */
export class ThreadWatch {
  /** Threads that stopped reporting, and what nodes have lost. */
  readonly lost: LostWorker[] = [];
  /** Of remote nodes that reported to the end. */
  readonly reports: NodeReport[] = [];
  readonly states: ThreadState[];
  /** Resolves when every thread is ready, or lost. */
  readonly ready: Promise<unknown>;
  /** Resolves when every thread is done, or lost. */
  readonly done: Promise<unknown>;
  readonly #listeners: Listeners;
  readonly #channels: readonly Channel[];
  /** What threads say that cannot open a connection. */
  readonly #unreachable: string[] = [];
  readonly #readiness: readonly PromiseWithResolvers<void>[];
  readonly #ends: readonly PromiseWithResolvers<void>[];
  #startedAtMs = 0;

  constructor(channels: readonly Channel[], listeners: Listeners) {
    this.#listeners = listeners;
    this.#channels = channels;
    this.states = channels.map(({ name }, i) => ({ name: name ?? `thread ${i + 1}`, state: "running" }));
    this.#readiness = channels.map(() => Promise.withResolvers());
    this.#ends = channels.map(() => Promise.withResolvers());
    this.ready = Promise.all(this.#readiness.map(({ promise }) => promise));
    this.done = Promise.all(this.#ends.map(({ promise }) => promise));
    channels.forEach((channel, thread) => channel.onNotice((notice) => this.#take(thread, notice)));
  }

  /** What no thread that is there can connect to; `undefined`: one of them can. */
  get unreachable(): string | undefined {
    return this.#unreachable.length === this.#channels.length - this.lost.length
      ? this.#unreachable[0]
      : undefined;
  }

  /** The load begins at this time, in ms since 1970. */
  started(atEpochMs: number): void {
    this.#startedAtMs = atEpochMs;
  }

  /** Gives a thread up. */
  fail(thread: number, reason: string): void {
    const { name, state } = this.states[thread]!;
    if (state !== "running") return;
    const atMs = this.#startedAtMs === 0 ? 0 : Math.max(0, readWallClock() - this.#startedAtMs);
    this.lost.push({ thread: name, atMs, reason });
    this.states[thread] = { name, state: "lost", reason };
    this.#end(thread);
  }

  #take(thread: number, notice: Notice): void {
    const { name, state } = this.states[thread]!;
    if (state !== "running") return;
    const { patience, seconds, feed } = this.#listeners;
    patience.heard(thread);
    switch (notice.kind) {
      case "ready":
        patience.ready(thread);
        if (notice.unreachable !== undefined) this.#unreachable.push(notice.unreachable);
        return this.#readiness[thread]!.resolve();
      case "snapshot":
        return seconds.take(thread, notice.snapshot);
      case "more":
        return void feed?.readPart(notice.share).then((part) =>
          this.#channels[thread]!.send({ kind: "part", share: notice.share, part })
        );
      case "reached":
        return seconds.reach(thread, notice.seq);
      case "done":
        if (notice.report) {
          this.reports.push(notice.report);
          this.lost.push(...notice.report.lost);
        }
        this.states[thread] = { name, state: "done" };
        return this.#end(thread);
      case "failed":
        return this.fail(thread, notice.message);
    }
  }

  #end(thread: number): void {
    const { patience, seconds, feed, sharesOf } = this.#listeners;
    patience.end(thread);
    seconds.end(thread);
    for (const share of sharesOf(thread)) feed?.leave(share.index);
    this.#readiness[thread]!.resolve();
    this.#ends[thread]!.resolve();
  }
}
