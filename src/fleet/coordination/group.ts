/**
 * Groups of nodes: each sends its snapshots to the group's leader, who merges those of the same second before they go
 * to the master, so that the master's work does not grow with the fleet. Nothing is counted twice and nothing is lost
 * with a leader: every snapshot has a number of its node's own, the master says which it has counted, and what is not
 * counted in time goes to the master directly.
 *
 * ```text
 * member --part--> leader --bundle of parts--> master
 * member <--counted-- leader <--counted-- master
 * member --bundle of one part, after 3 s without "counted"--> master
 * ```
 *
 * @module
 */
import * as v from "valibot";
import { mergeSnapshots, type Snapshot } from "../../metrics/snapshot.ts";
import {
  type Bundle,
  bundleSchema,
  type GroupBus,
  type GroupPlace,
  type Part,
  partsSchema,
} from "../protocol/group_messages.ts";
import { isSameText, signatureOf } from "../transport/secret.ts";
import { count } from "../../lib/shape.ts";
import { snapshotText } from "../../metrics/snapshot_codec.ts";

const countedSchema = v.strictObject({ run: count, parts: partsSchema });

/** How long a part may be without being counted before it goes to the master directly. */
const PATIENCE_MS = 3000;
/** How long a leader waits for the rest of a second. */
const GATHER_MS = 700;
/** How long the end of a run waits for the last parts to be counted. */
const MAX_SETTLING_MS = 15_000;
const LOOK_MS = 250;

/** A node's place in its group, until it is closed. */
export class GroupMember {
  readonly #place: GroupPlace;
  readonly #bus: GroupBus;
  readonly #send: (bundle: Bundle) => void;
  readonly #subscriptions: { unsubscribe(): void }[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #leader: GroupLeader | undefined;
  #run = 0;
  #made = 0;
  #open: { readonly bundle: Bundle; readonly n: number; readonly sinceMs: number }[] = [];
  #isDirect = false;
  #onEmpty: () => void = () => {};

  /** `send` takes a bundle to the master, reliably and in order. */
  constructor(place: GroupPlace, bus: GroupBus, send: (bundle: Bundle) => void) {
    this.#place = place;
    this.#bus = bus;
    this.#send = send;
    this.#subscriptions.push(bus.subscribe(-place.leader, (text) => {
      const counted = this.#read(v.parser(countedSchema), text);
      if (counted) this.#settle(counted.run, counted.parts);
    }));
    if (place.node === place.leader) {
      const leader = new GroupLeader(place.members.length, send);
      this.#leader = leader;
      this.#subscriptions.push(bus.subscribe(place.leader, (text) => {
        const bundle = this.#read(v.parser(bundleSchema), text);
        if (bundle) leader.take(bundle);
      }));
    }
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Takes a snapshot of this node on its way. */
  add(run: number, snapshot: Snapshot): void {
    if (run !== this.#run) {
      this.#run = run;
      this.#made = 0;
      this.#open = [];
    }
    const n = ++this.#made;
    const bundle = { run, parts: [[this.#place.node, n] as const], snapshot };
    this.#open.push({ bundle, n, sinceMs: performance.now() });
    if (this.#isDirect) this.#send(bundle);
    else if (this.#leader) this.#leader.take(bundle);
    else this.#bus.publish(this.#place.leader, this.#signed(snapshotText(bundle)));
  }

  /** What the master has counted, for this node and, if it leads, for its group. */
  counted(run: number, parts: readonly Part[]): void {
    this.#settle(run, parts);
    if (this.#leader) this.#bus.publish(-this.#place.leader, this.#signed(JSON.stringify({ run, parts })));
  }

  /** Resolves when all snapshots are counted, or will not be. */
  async settle(): Promise<void> {
    if (this.#open.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    const timer = setTimeout(resolve, MAX_SETTLING_MS);
    await promise;
    clearTimeout(timer);
  }

  /** Leaves the group. */
  close(): void {
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#leader?.close();
    this.#onEmpty();
  }

  #settle(run: number, parts: readonly Part[]): void {
    if (run !== this.#run) return;
    const own = parts.find(([node]) => node === this.#place.node);
    if (own === undefined) return;
    this.#open = this.#open.filter(({ n }) => n > own[1]);
    if (this.#open.length === 0) this.#onEmpty();
  }

  #look(): void {
    const oldest = this.#open[0];
    if (this.#isDirect || oldest === undefined || performance.now() - oldest.sinceMs < PATIENCE_MS) return;
    this.#isDirect = true;
    for (const { bundle } of this.#open) this.#send(bundle);
  }

  #signed(text: string): string {
    return `${signatureOf(this.#place.key, "node", text)}\n${text}`;
  }

  /** `undefined`: not of this group, or not what it should be. */
  #read<T>(parse: (value: unknown) => T, signed: string): T | undefined {
    const at = signed.indexOf("\n");
    const text = signed.slice(at + 1);
    if (!isSameText(signed.slice(0, Math.max(at, 0)), signatureOf(this.#place.key, "node", text))) {
      return undefined;
    }
    try {
      return parse(JSON.parse(text));
    } catch {
      // Its sender will find it not counted, and go to the master.
      return undefined;
    }
  }
}

/** Gathers the parts of each second, and sends a second on when it is whole or has waited long enough. */
class GroupLeader {
  readonly #members: number;
  readonly #send: (bundle: Bundle) => void;
  readonly #seconds = new Map<number, { bundle: Bundle; readonly timer: ReturnType<typeof setTimeout> }>();
  readonly #last = new Map<number, number>();
  #run = 0;

  constructor(members: number, send: (bundle: Bundle) => void) {
    this.#members = members;
    this.#send = send;
  }

  take({ run, parts, snapshot }: Bundle): void {
    const [part] = parts;
    if (part === undefined || parts.length > 1 || run < this.#run) return;
    if (run > this.#run) {
      this.close();
      this.#last.clear();
      this.#run = run;
    }
    const [node, n] = part;
    if (n <= (this.#last.get(node) ?? 0)) return;
    this.#last.set(node, n);
    const { seq } = snapshot;
    const same = this.#seconds.get(seq);
    if (same) {
      same.bundle = {
        run,
        parts: [...same.bundle.parts, part],
        snapshot: mergeSnapshots(same.bundle.snapshot, snapshot),
      };
    } else {
      const timer = setTimeout(() => this.#flush(seq), GATHER_MS);
      this.#seconds.set(seq, { bundle: { run, parts, snapshot }, timer });
    }
    if (this.#seconds.get(seq)!.bundle.parts.length >= this.#members) this.#flush(seq);
  }

  /** Sends a second, and those before it first: the master counts each node's snapshots in order. */
  #flush(upTo: number): void {
    for (const seq of [...this.#seconds.keys()].sort((a, b) => a - b)) {
      if (seq > upTo) return;
      const { bundle, timer } = this.#seconds.get(seq)!;
      clearTimeout(timer);
      this.#seconds.delete(seq);
      this.#send(bundle);
    }
  }

  close(): void {
    for (const { timer } of this.#seconds.values()) clearTimeout(timer);
    this.#seconds.clear();
  }
}

/** The master's account of a run: which snapshots of which node it has counted. */
export class Ledger {
  readonly #counted = new Map<number, number>();

  /** Whether a bundle is to be counted: all of its parts are the next of their nodes. They count from then on. */
  accept(parts: readonly Part[]): boolean {
    if (parts.some(([node, n]) => n !== this.#lastOf(node) + 1)) return false;
    if (new Set(parts.map(([node]) => node)).size < parts.length) return false;
    for (const [node, n] of parts) this.#counted.set(node, n);
    return true;
  }

  /** The last counted snapshot of each of the nodes in a list of parts. */
  stateOf(parts: readonly Part[]): readonly Part[] {
    return parts.map(([node]) => [node, this.#lastOf(node)]);
  }

  #lastOf(node: number): number {
    return this.#counted.get(node) ?? 0;
  }
}
