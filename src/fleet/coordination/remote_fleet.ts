/**
 * The master's side of a fleet of nodes: lets them in, gives them shares of plans, and gathers what they see as if they
 * were threads.
 *
 * @module
 */
import { formatCounted } from "../../lib/number_format.ts";
import { readWallClock } from "../../lib/clock.ts";
import { messageOf, RunError } from "../../lib/errors.ts";
import { openFeed } from "../../engine/open_feed.ts";
import { connectionsOf } from "../../plan/load_kinds.ts";
import { MAX_FOUND_STEPS } from "../../metrics/found_steps.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import { isReplay, stepsOf } from "../../plan/scenario.ts";
import type { Share } from "../../plan/share.ts";
import type { ClientHealth, RunResult } from "../../result/run_result.ts";
import type { Bundle } from "../protocol/group_messages.ts";
import { coordinate } from "./coordinator.ts";
import { changesOf, fleetResult } from "./fleet_result.ts";
import { Ledger } from "./group.ts";
import { acceptPeer } from "../transport/handshake.ts";
import type { Transport } from "../transport/transport.ts";
import { watchProcess } from "./process_use.ts";
import type { NodeReport } from "../protocol/messages.ts";
import { RemoteNode } from "./remote_node.ts";
import type { RunOptions } from "./run_local.ts";
import { newNonce } from "../transport/secret.ts";
import { shareOut } from "./share_out.ts";

/** Time for the start order to reach every node. */
const START_LEAD_MS = 500;
/** Handshakes at the same time besides those of workers expected; a port has limits of its own, which are lower. */
const MAX_STRANGERS = 256;
/** Refused connections that are told about one by one. */
const MAX_REFUSALS_TOLD = 20;
const HANDSHAKE_MS = 10_000;

/** What a master wants. */
export interface FleetOptions {
  /** Nodes to wait for. */
  readonly expected: number;
  /** Load threads of a node at most; absent: as many as it offers. */
  readonly maxThreads?: number;
  /** Losses that do not make a run a failure. */
  readonly toleratedLosses: number;
  readonly secret?: string;
  /** Silence after which a node is lost. */
  readonly silenceMs: number;
  /** Nodes that send their snapshots merged, through one of them; absent: each sends its own. */
  readonly groupSize?: number;
  /** A line for whoever watches the master. */
  log(line: string): void;
}

/** Nodes that run plans together. */
export class RemoteFleet {
  readonly #options: FleetOptions;
  readonly #nodes: RemoteNode[] = [];
  /** Connections of nodes that are wanted and about to be let in. */
  readonly #entering = new Set<Transport>();
  readonly #complete = Promise.withResolvers<void>();
  #strangers = 0;
  #refusals = 0;
  #runs = 0;
  #admitted = 0;
  #ledger = new Ledger();
  #isClosed = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Nodes that are there. */
  get nodes(): readonly RemoteNode[] {
    return this.#nodes.filter((node) => !node.isLost);
  }

  /** The shares of a plan for each of the nodes that are there. */
  sharesOf(plan: RunPlan): readonly (readonly Share[])[] {
    const { maxThreads = Infinity } = this.#options;
    const threads = this.nodes.map((node) => Math.min(node.threads, maxThreads));
    return shareOut(threads, { users: connectionsOf(plan) });
  }

  /** Gets to know whoever is at the other end; never rejects. */
  async welcome(transport: Transport): Promise<RemoteNode | undefined> {
    if (this.#strangers >= MAX_STRANGERS + this.#options.expected) {
      transport.close("too many connections");
      return undefined;
    }
    this.#strangers++;
    try {
      const { secret, silenceMs } = this.#options;
      const { node, key, welcome } = await acceptPeer(transport, {
        timeoutMs: HANDSHAKE_MS,
        refuse: () => {
          const reason = this.#whyUnwanted();
          if (reason === undefined) this.#entering.add(transport);
          return reason;
        },
        ...(secret !== undefined && { secret }),
      });
      const number = ++this.#admitted;
      const remote = new RemoteNode(transport, {
        ...node,
        number,
        welcome,
        silenceMs,
        ...(key !== undefined && { key }),
      });
      this.#take(remote);
      return remote;
    } catch (error) {
      transport.close("refused");
      const reason = messageOf(error);
      this.#tellRejection(
        reason.startsWith(transport.peer) ? reason : `Refused ${transport.peer}: ${reason}`,
      );
      return undefined;
    } finally {
      this.#entering.delete(transport);
      this.#strangers--;
    }
  }

  #whyUnwanted(): string | undefined {
    if (this.#isClosed) return "The run is over";
    const { expected } = this.#options;
    const isFull = this.#runs > 0 || this.nodes.length + this.#entering.size >= expected;
    return isFull ? `The run already has all its workers` : undefined;
  }

  #tellRejection(line: string): void {
    this.#refusals++;
    if (this.#refusals <= MAX_REFUSALS_TOLD) this.#options.log(line);
    if (this.#refusals === MAX_REFUSALS_TOLD) this.#options.log("Further refusals are not shown");
  }

  #take(node: RemoteNode): void {
    const { expected, log } = this.#options;
    this.#nodes.push(node);
    node.onBundle((bundle) => this.#count(node, bundle));
    const threads = formatCounted(node.threads, "thread");
    log(`Worker ${this.nodes.length} of ${expected}: ${node.name}, ${threads}`);
    node.onLost((reason) => {
      if (!this.#isClosed) log(`Lost ${node.name}: ${reason}`);
      // Before the first run another one can take its place.
      if (this.#runs === 0) this.#nodes.splice(this.#nodes.indexOf(node), 1);
    });
    if (this.nodes.length >= expected) this.#complete.resolve();
  }

  /**
   * Waits for all nodes.
   * @throws {RunError} when they do not come in time, or when the signal says to stop.
   */
  async gather(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { promise: over, reject } = Promise.withResolvers<never>();
    const some = () => `${this.nodes.length} of ${this.#options.expected} workers came`;
    const timer = setTimeout(
      () => reject(new RunError(`Only ${some()} in ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const stop = () => reject(new RunError(`Interrupted before the start: ${some()}`));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await Promise.race([this.#complete.promise, over]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  /**
   * Runs a plan on all nodes.
   * @throws {RunError} when so many nodes were lost in earlier runs that the plan would not be what was asked for.
   */
  async run(plan: RunPlan, options: RunOptions): Promise<RunResult> {
    const signal = options.signal ?? new AbortController().signal;
    const { expected, toleratedLosses } = this.#options;
    const { nodes } = this;
    if (nodes.length === 0 || nodes.length < expected - toleratedLosses) {
      throw new RunError(`Only ${nodes.length} of ${expected} workers are left`);
    }
    const number = ++this.#runs;
    this.#ledger = new Ledger();
    this.#group(nodes);
    const shares = this.sharesOf(plan);
    const use = watchProcess();
    // Those that the requests of a module or a log make come besides, and one for what is beyond the most.
    const findsSteps = plan.module !== undefined || isReplay(plan.scenario);
    const steps = stepsOf(plan.scenario).length + (findsSteps ? MAX_FOUND_STEPS + 1 : 0);
    const feed = openFeed(plan, shares.flat().length);
    const run = await coordinate(plan, nodes.map((node) => node.open(number, steps)), {
      signal,
      shares,
      ...(feed && { feed }),
      observers: [use.observe, ...options.observers ?? []],
      ...(options.control && { steer: options.control.steer }),
      whenToStart: () => Promise.resolve(readWallClock() + START_LEAD_MS + nodes.length),
    });
    return fleetResult(plan, run, {
      interrupted: signal.aborted,
      threads: shares.flat().length,
      health: healthOf(run.reports) ?? use.health(),
      fleet: { nodes: expected, reported: run.reports.length, toleratedLosses },
      ...(options.certificate && { certificate: options.certificate }),
      ...changesOf(options),
    });
  }

  /** Gives the nodes their places in groups, each led by its first. */
  #group(nodes: readonly RemoteNode[]): void {
    const { groupSize } = this.#options;
    if (groupSize === undefined || nodes.length <= groupSize) return;
    for (let at = 0; at < nodes.length; at += groupSize) {
      const group = nodes.slice(at, at + groupSize);
      const members = group.map(({ number }) => number);
      const key = newNonce();
      for (const node of group) {
        node.tell({ kind: "group", place: { node: node.number, leader: members[0]!, members, key } });
      }
    }
  }

  /** Counts a bundle, or not, and tells its sender what is counted by now. */
  #count(sender: RemoteNode, { run, parts, snapshot }: Bundle): void {
    if (run !== this.#runs) return;
    if (this.#ledger.accept(parts)) {
      const own = new Set(parts.map(([node]) => node));
      const covered = this.#nodes.filter((node) => own.has(node.number) && node.isRunning);
      (covered[0] ?? sender).deliver(run, { kind: "snapshot", snapshot });
      for (const node of covered) node.deliver(run, { kind: "reached", seq: snapshot.seq });
    }
    sender.tell({ kind: "counted", run, parts: this.#ledger.stateOf(parts) });
  }

  /** Lets the nodes go. */
  async close(reason: string): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#nodes.map((node) => node.reject(reason)));
  }
}

/** All nodes' use together; `undefined` when none told. */
function healthOf(reports: readonly NodeReport[]): ClientHealth | undefined {
  if (reports.length === 0) return undefined;
  const all = reports.map(({ health }) => health);
  const sum = (of: (health: ClientHealth) => number) => all.reduce((total, health) => total + of(health), 0);
  const walls = all.map(({ wallSec }) => wallSec).filter((seconds) => seconds !== undefined);
  const resolutions = all.map(({ clockResolutionMs }) => clockResolutionMs).filter((ms) => ms !== undefined);
  const fewest = (of: (health: ClientHealth) => number | undefined) => {
    const known = all.map(of).filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  const descriptors = fewest((health) => health.descriptors);
  const localPorts = fewest((health) => health.localPorts);
  return {
    cpuUserSec: sum(({ cpuUserSec }) => cpuUserSec),
    cpuSystemSec: sum(({ cpuSystemSec }) => cpuSystemSec),
    ...(walls.length > 0 && { wallSec: Math.max(...walls) }),
    peakMemoryBytes: Math.max(...all.map(({ peakMemoryBytes }) => peakMemoryBytes)),
    cores: sum(({ cores }) => cores),
    ...(descriptors !== undefined && { descriptors }),
    ...(localPorts !== undefined && { localPorts }),
    ...(resolutions.length > 0 && { clockResolutionMs: Math.max(...resolutions) }),
  };
}
