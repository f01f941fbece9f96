/**
 * One node as its master sees it: a channel for each run, and the link they share.
 *
 * @module
 */
import { pause } from "../../lib/clock.ts";
import { MAX_NOTICE_CHARS } from "../../lib/size_limits.ts";
import type { Bundle } from "../protocol/group_messages.ts";
import { Link } from "../transport/link.ts";
import type { Transport } from "../transport/transport.ts";
import type { Channel, Notice } from "../protocol/messages.ts";
import { encode, type MasterMessage, readNodeMessage } from "../protocol/frames.ts";

/** Longest wait for a goodbye to arrive where frames get lost. */
const GOODBYE_MS = 3000;

/** What is known of a node. */
export interface NodeFacts {
  /** As it calls itself. */
  readonly name: string;
  readonly threads: number;
  /** Its number among those that came, from 1. */
  readonly number: number;
  readonly key?: string;
  /** The last frame of the handshake. */
  readonly welcome: string;
  readonly silenceMs: number;
}

/** A node that was let in. */
export class RemoteNode {
  /** For messages and reports, such as `worker 2 (build-7)`. */
  readonly name: string;
  /** Load threads it can run. */
  readonly threads: number;
  /** Its number among those that came, from 1. */
  readonly number: number;
  readonly #link: Link;
  #lostReason: string | undefined;
  #run = 0;
  #maxSteps = 0;
  #listener: ((notice: Notice) => void) | undefined;
  #onLost: (reason: string) => void = () => {};
  #onBundle: (bundle: Bundle) => void = () => {};

  constructor(transport: Transport, { name, threads, number, key, welcome, silenceMs }: NodeFacts) {
    this.name = `worker ${number} (${name})`;
    this.threads = threads;
    this.number = number;
    this.#link = new Link(transport, {
      role: "master",
      welcome,
      timeoutMs: silenceMs,
      maxChars: MAX_NOTICE_CHARS,
      ...(key !== undefined && { key }),
    });
    this.#link.onMessage((text) => {
      const message = readNodeMessage(text, this.#maxSteps);
      if (message.kind === "bundle") this.#onBundle(message.bundle);
      else this.deliver(message.run, message.notice);
    });
    this.#link.onLost((reason) => this.#lose(reason));
  }

  #lose(reason: string): void {
    this.#lostReason = reason;
    this.#onLost(reason);
    this.#end({ kind: "failed", message: reason });
  }

  /** Nothing will come of it any more. */
  get isLost(): boolean {
    return this.#lostReason !== undefined;
  }

  /** Called once when it is lost. */
  onLost(listener: (reason: string) => void): void {
    this.#onLost = listener;
  }

  /** Called with snapshots of its group, or of itself as a member of one. */
  onBundle(listener: (bundle: Bundle) => void): void {
    this.#onBundle = listener;
  }

  /** Tells it something that is not an order. */
  tell(message: Exclude<MasterMessage, { kind: "order" }>): void {
    this.#link.send(encode(message));
  }

  /** Whether a run on it is open, so that what is delivered counts. */
  get isRunning(): boolean {
    return this.#listener !== undefined;
  }

  /** A notice of a run, however it came; those of other runs are dropped. */
  deliver(run: number, notice: Notice): void {
    if (run !== this.#run) return;
    if (notice.kind === "failed") this.#end(notice);
    else if (notice.kind === "done") {
      this.#end({ ...notice, ...(notice.report && { report: this.#named(notice.report) }) });
    } else this.#listener?.(notice);
  }

  #named(report: NonNullable<Extract<Notice, { kind: "done" }>["report"]>): typeof report {
    return {
      ...report,
      lost: report.lost.map((thread) => ({ ...thread, thread: `${this.name}, ${thread.thread}` })),
    };
  }

  /** The last notice of a run. */
  #end(notice: Notice): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.(notice);
  }

  /** The channel of a run of a plan with so many steps; closing it keeps the node for the next one. */
  open(run: number, steps: number): Channel {
    this.#run = run;
    // What is left of an earlier run may still be on its way.
    this.#maxSteps = Math.max(this.#maxSteps, steps);
    return {
      name: this.name,
      send: (order) => this.#link.send(encode({ kind: "order", run, order })),
      onNotice: (listener) => {
        this.#listener = listener;
        if (this.#lostReason !== undefined) this.#end({ kind: "failed", message: this.#lostReason });
      },
      close: () => this.#listener = undefined,
      giveUp: (reason) => this.#giveUp(reason),
    };
  }

  /** Ends the link with a node that lives and does not do what it was told. */
  #giveUp(reason: string): void {
    this.#link.close(reason);
    this.#lose(reason);
  }

  /** Says goodbye and ends the link; resolves when the goodbye has arrived, or cannot. */
  async reject(reason: string): Promise<void> {
    if (this.isLost) return;
    this.#link.send(encode({ kind: "bye", reason }));
    for (let waited = 0; !this.#link.isDelivered && !this.isLost && waited < GOODBYE_MS; waited += 50) {
      await pause(50);
    }
    this.#link.close(reason);
  }
}
