/**
 * One turn of a thread that has sockets of its own: it waits for them and for the next thing that is due, whichever is
 * first, hands out what happened, and lets the platform have its turn. It owns the memory that the C library sees: what is
 * read lands in one shared buffer and is copied out at once.
 *
 * The platform's turn costs as much as half an exchange. So a turn has several rounds, from one microtask to another, as
 * long as all who were handed something wait for their sockets again. Where many use a connection, that says nothing: its
 * reader waits again at once, and the requests that follow are still to be written.
 *
 * While it sleeps, the platform's timers and messages wait. So it never sleeps longer than {@linkcode MAX_SLEEP_MS} after
 * their turn, and not at all while the platform has work under way.
 *
 * @module
 */
import { readClock, readClockBy } from "../../../lib/clock.ts";
import { platformWork } from "../../../lib/platform_work.ts";
import { noteClosed, noteOpened } from "./descriptors.ts";
import { type Due, DueHeap } from "./due_heap.ts";
import { EVENT, eventLayoutOn } from "./epoll_event.ts";
import { ERRNO, errorOf } from "./errno.ts";
import { nativeClock } from "./native_clock.ts";
import { errnoOf, type Libc, loadLibc } from "./libc.ts";
import { pinMemory } from "./memory.ts";

/** The longest sleep: what the platform has to hand over waits no longer than this. */
const MAX_SLEEP_MS = 4;
/** The platform's timers fire up to 2 ms late. */
const EARLY_MS = 3;
/** So long after its last turn the platform has the next one, however much there is to do. */
const TURN_MS = 1;
/** An exchange goes on for so many microtasks before it waits for its socket again. */
const MAX_HOPS = 16;

const MAX_EVENTS = 1024;
const { words: EVENT_WORDS, descriptorWord: DESCRIPTOR_WORD } = eventLayoutOn(Deno.build.arch);

const BUFFER_BYTES = 262_144;
const CLOSE_ON_EXEC = 0x80000;
const CONTROL_ADD = 1;
const SET_TIMER_SLACK = 29;

/** Something with a descriptor. */
export interface Pollable {
  /** Events have come about: bits of `EVENT`. What it resolves must not run before this returns. */
  ready(events: number): void;
  /** Hands out what is held back. */
  release(): void;
  /** Closes the descriptor; once more does nothing. */
  close(): void;
}

/** The sockets of one thread. */
export class Poller {
  readonly libc: Libc;
  /** What is received or sent lies here for the length of a call. */
  readonly incoming = pinMemory(BUFFER_BYTES);
  readonly outgoing = pinMemory(BUFFER_BYTES);
  /** For addresses and options of sockets. */
  readonly scratch = pinMemory(4096);
  /** Reads, writes and connects that wait for an event. */
  waiting = 0;
  readonly #epoll: number;
  readonly #events = pinMemory(MAX_EVENTS * EVENT_WORDS * 4);
  readonly #eventWords = new Int32Array(this.#events.bytes.buffer);
  readonly #timeout = pinMemory(16);
  readonly #timeoutWords = new Int32Array(this.#timeout.bytes.buffer);
  readonly #pollables: (Pollable | undefined)[] = [];
  readonly #dues = new DueHeap();
  readonly #addresses = new WeakMap<Uint8Array, Deno.PointerObject>();
  #held: Pollable[] = [];
  readonly #turn = () => this.#takeTurn();
  /** Whether waits can end between two milliseconds. */
  readonly #isPrecise: boolean;
  readonly #hop = () => this.#takeHop();
  #isScheduled = false;
  /** When the platform has had its last turn. */
  #turnMs = 0;
  /** How many waited before the last round. */
  #waited = 0;
  /** Who was handed something may go on when all wait again already. */
  #isShared = false;
  #hops = 0;
  /** Waits for the next due thing when that is far off and nothing else is waited for, and when it ends. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerMs = Infinity;

  constructor(libc: Libc) {
    this.libc = libc;
    this.#epoll = libc.epoll_create1(CLOSE_ON_EXEC);
    if (this.#epoll < 0) throw errorOf(libc, errnoOf(libc));
    noteOpened(this.#epoll, "poller");
    this.#isPrecise = this.#waitPrecisely(0) === 0;
    // Sleeps are else up to 50 µs too long.
    libc.prctl(SET_TIMER_SLACK, 1n, 0n, 0n, 0n);
    readClockBy(nativeClock(libc));
  }

  /** Where a buffer lies that the collector does not move; asking the platform takes as long as reading. */
  addressOf(buffer: Uint8Array<ArrayBuffer>): Deno.PointerObject {
    let pointer = this.#addresses.get(buffer);
    if (pointer === undefined) {
      pointer = Deno.UnsafePointer.of(buffer)!;
      this.#addresses.set(buffer, pointer);
    }
    return pointer;
  }

  /** Tells a pollable of what happens to a descriptor from now on; closing the descriptor ends that. */
  add(fd: number, pollable: Pollable): void {
    const { view, pointer } = this.scratch;
    const { in: input, out, readHangUp, edge } = EVENT;
    view.setUint32(0, (input | out | readHangUp | edge) >>> 0, true);
    view.setInt32(DESCRIPTOR_WORD * 4, fd, true);
    if (this.libc.epoll_ctl(this.#epoll, CONTROL_ADD, fd, pointer) < 0) {
      throw errorOf(this.libc, errnoOf(this.libc));
    }
    this.#pollables[fd] = pollable;
  }

  /** Closes a descriptor. */
  close(fd: number): void {
    this.#pollables[fd] = undefined;
    noteClosed(fd);
    this.libc.close(fd);
  }

  /** Closes all descriptors that are still open. */
  closeAll(): void {
    for (const pollable of this.#pollables.splice(0)) pollable?.close();
  }

  /** Has whatever follows from this round's events done before the thread sleeps, however many microtasks that takes. */
  holdSleep(): void {
    this.#isShared = true;
  }

  /** Has something held back released when the platform has had its turn. */
  hold(pollable: Pollable): void {
    this.#held.push(pollable);
  }

  /** Runs something at a time of the clock of `performance.now()`; what is given back calls it off. */
  at(dueMs: number, run: () => void): Due {
    const due = { dueMs, run };
    this.#dues.add(due);
    this.schedule();
    return due;
  }

  /** Makes sure that there is a next turn. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#turn);
  }

  #takeTurn(): void {
    this.#isScheduled = false;
    this.#turnMs = readClock();
    for (const pollable of this.#held.splice(0)) pollable.release();
    this.#takeRound(this.#turnMs);
  }

  /** Waits and hands out what has happened. */
  #takeRound(startMs: number): void {
    this.#waited = this.waiting;
    this.#isShared = false;
    const count = this.#wait(startMs);
    const words = this.#eventWords;
    for (let i = 0; i < count; i++) {
      const at = i * EVENT_WORDS;
      this.#pollables[words[at + DESCRIPTOR_WORD]!]?.ready(words[at]!);
    }
    const nowMs = readClock();
    if (count > 0 && this.#mayGoOn(nowMs)) {
      this.#isScheduled = true;
      this.#hops = 0;
      queueMicrotask(this.#hop);
      return;
    }
    if (this.#dues.nextMs() > nowMs) return this.#plan(nowMs);
    for (let run = this.#dues.takeDue(nowMs); run !== undefined; run = this.#dues.takeDue(nowMs)) run();
    // What is due next is known when those have gone on.
    this.schedule();
  }

  #mayGoOn(nowMs: number): boolean {
    return !this.#isShared && this.#dues.nextMs() > nowMs && nowMs - this.#turnMs < TURN_MS &&
      platformWork() === 0;
  }

  /** Lets those go on who were handed something; the next round begins when as many wait as before. */
  #takeHop(): void {
    if (this.waiting < this.#waited) {
      if (++this.#hops < MAX_HOPS) return queueMicrotask(this.#hop);
      this.#isScheduled = false;
      return this.#plan(readClock());
    }
    this.#isScheduled = false;
    this.#takeRound(readClock());
  }

  /** The next turn comes at once while anything is waited for; else the platform waits for what is due. */
  #plan(nowMs: number): void {
    if (this.waiting > 0) return this.schedule();
    const dueMs = this.#dues.nextMs();
    if (this.#isScheduled) return;
    if (dueMs - nowMs <= EARLY_MS + 1) return this.schedule();
    // All may be at work for a moment between any two turns: a timer that comes earlier is kept, and plans anew.
    if (dueMs - EARLY_MS >= this.#timerMs && dueMs !== Infinity) return;
    clearTimeout(this.#timer);
    this.#timerMs = dueMs - EARLY_MS;
    if (dueMs === Infinity) return;
    this.#timer = setTimeout(() => {
      this.#timerMs = Infinity;
      // The platform has its turn just now: asking for one costs as much as an arrival of few.
      if (!this.#isScheduled) this.#takeTurn();
    }, Math.min(this.#timerMs - nowMs, 2 ** 30));
  }

  /** How long to wait: not at all where the platform can do it, or has something to do itself. */
  #sleepMs(nowMs: number): number {
    if (platformWork() > 0) return 0;
    const untilMs = this.#dues.nextMs() - nowMs;
    if (this.waiting === 0 && untilMs > EARLY_MS + 1) return 0;
    return Math.max(0, Math.min(untilMs, this.#turnMs + MAX_SLEEP_MS - nowMs));
  }

  /** Waits for events, and returns how many there are. */
  #wait(nowMs: number): number {
    const { libc } = this;
    const leftMs = this.#sleepMs(nowMs);
    if (this.#isPrecise) return this.#waitPrecisely(leftMs);
    return libc.epoll_wait(this.#epoll, this.#events.pointer, MAX_EVENTS, Math.floor(leftMs));
  }

  /** The same to the nanosecond; below 0 where the library has it and the kernel does not: a new image on an old host. */
  #waitPrecisely(leftMs: number): number {
    this.#timeoutWords[2] = leftMs * 1e6;
    const { pointer } = this.#events;
    return this.libc.epoll_pwait2?.(this.#epoll, pointer, MAX_EVENTS, this.#timeout.pointer, null) ?? -1;
  }
}

let poller: Poller | null | undefined;

/** This thread's poller; `null` where there cannot be one. */
export function threadPoller(): Poller | null {
  if (poller !== undefined) return poller;
  const libc = loadLibc();
  return poller = libc === null ? null : new Poller(libc);
}

/** Closes what is still open on this thread: as long as anything is waited for, the platform has its turns late. */
export function closeSockets(): void {
  poller?.closeAll();
}

/** Whether an error number means to try again later. */
export function isAgain(errno: number): boolean {
  return errno === ERRNO.again || errno === ERRNO.interrupted;
}
