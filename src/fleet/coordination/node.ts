/**
 * A remote machine: towards its master an agent, towards its own threads a coordinator that merges what they see before
 * it is sent. It writes no files, prints no reports and exports nothing.
 *
 * @module
 */
import { readWallClock } from "../../lib/clock.ts";
import { formatDuration, LONGEST_MS } from "../../lib/duration.ts";
import { messageOf } from "../../lib/errors.ts";
import { formatBytes, formatCounted } from "../../lib/number_format.ts";
import type { Snapshot } from "../../metrics/snapshot.ts";
import { unpackModule } from "./module_files.ts";
import type { LoadChange } from "../../plan/load_change.ts";
import type { RunPlan } from "../../plan/run_plan.ts";
import type { Share } from "../../plan/share.ts";
import type { OwnerRules } from "../../plan/owner_rules.ts";
import type { Bundle, GroupBus } from "../protocol/group_messages.ts";
import { forbiddenIn } from "./allowed_targets.ts";
import { coordinate } from "./coordinator.ts";
import type { Link } from "../transport/link.ts";
import { watchProcess } from "./process_use.ts";
import { RelayedFeed } from "./relayed_feed.ts";
import type { Channel, Notice, Order } from "../protocol/messages.ts";
import { openThreadChannel } from "./thread_channel.ts";
import { GroupMember } from "./group.ts";
import { encode, readMasterMessage } from "../protocol/frames.ts";
import { beyondLimits, orderBytes, type WorkerLimits } from "./worker_limits.ts";

/** How much longer than its limit a run may take before it is given up, in ms. */
const SLACK_MS = 60_000;

/** What a node's owner wants. */
export interface NodeOptions {
  /** Where it may send load to. */
  readonly rules: OwnerRules;
  /** How much of the machine a master gets. */
  readonly limits: WorkerLimits;
  /** Ends what it is doing and leaves. */
  readonly signal: AbortSignal;
  /** A line for whoever watches the node. */
  log(line: string): void;
  /** Makes one load thread; absent: a Web Worker. */
  readonly openThread?: () => Channel;
  /** How it reaches other nodes; without, it joins no group. */
  readonly bus?: GroupBus;
}

/** How a session ended: with the master's goodbye, without it, or by the node's own owner. */
export interface SessionEnd {
  readonly kind: "bye" | "lost" | "stopped";
  readonly reason: string;
  /** A plan was refused, or a load thread failed. */
  readonly hasFailed: boolean;
}

/** Does what a master orders, until one of them has enough; then the link is closed and no load is left. */
export async function serveMaster(link: Link, options: NodeOptions): Promise<SessionEnd> {
  const { promise: end, resolve: finish } = Promise.withResolvers<Omit<SessionEnd, "hasFailed">>();
  let current: NodeRun | undefined;
  let group: GroupMember | undefined;
  let hasFailed = false;
  link.onMessage((text) => {
    refuseTooLarge(text, options.limits.planBytes);
    const message = readMasterMessage(text);
    if (message.kind === "bye") return finish({ kind: "bye", reason: message.reason });
    if (message.kind === "group") {
      group?.close();
      const send = (bundle: Bundle) => link.send(encode({ kind: "bundle", bundle }));
      group = options.bus && new GroupMember(message.place, options.bus, send);
      return;
    }
    if (message.kind === "counted") return group?.counted(message.run, message.parts);
    const { run, order } = message;
    if (order.kind === "plan") {
      current?.stop();
      current = startRun(run, order, { link, options, group, onFailure: () => hasFailed = true });
    } else if (current?.number === run) current.take(order);
  });
  link.onLost((reason) => finish({ kind: "lost", reason }));
  const leave = () => finish({ kind: "stopped", reason: "the worker was stopped by its owner" });
  if (options.signal.aborted) leave();
  options.signal.addEventListener("abort", leave, { once: true });
  const ended = await end;
  options.signal.removeEventListener("abort", leave);
  if (ended.kind === "stopped") current?.leave(ended.reason);
  else current?.stop();
  await current?.over;
  group?.close();
  link.close(ended.reason);
  return { ...ended, hasFailed };
}

/** @throws {Error} when a message would take too much memory; before it is read, which takes as much again */
function refuseTooLarge(text: string, maxBytes: number): void {
  const bytes = orderBytes(text);
  if (bytes <= maxBytes) return;
  throw new Error(
    `a plan that takes about ${formatBytes(bytes)} is more than this worker's ${
      formatBytes(maxBytes)
    } (--max-data)`,
  );
}

/** A run on this node. */
interface NodeRun {
  readonly number: number;
  take(order: Exclude<Order, { kind: "plan" }>): void;
  stop(): void;
  /** Stops, and tells the master that this is not the plan's end. */
  leave(reason: string): void;
  /** Resolves when no load is left. */
  readonly over: Promise<void>;
}

interface Session {
  readonly link: Link;
  readonly options: NodeOptions;
  readonly group: GroupMember | undefined;
  onFailure(): void;
}

function startRun(
  number: number,
  { plan, shares }: { readonly plan: RunPlan; readonly shares: readonly Share[] },
  { link, options, group, onFailure }: Session,
): NodeRun {
  const stopping = new AbortController();
  const start = Promise.withResolvers<number>();
  let leaving: string | undefined;
  let change = (_: LoadChange) => {};
  const notify = (notice: Notice) => link.send(encode({ kind: "notice", run: number, notice }));
  const feed = new RelayedFeed((share) => notify({ kind: "more", share }));
  const report = (snapshot: Snapshot) => {
    if (group) group.add(number, snapshot);
    else notify({ kind: "snapshot", snapshot });
  };
  const stop = () => {
    stopping.abort();
    start.resolve(readWallClock());
  };

  const leave = (reason: string) => {
    leaving = reason;
    stop();
  };

  async function run(): Promise<void> {
    const { rules, limits } = options;
    const forbidden = [...beyondLimits({ plan, shares }, limits), ...forbiddenIn(plan, rules)];
    if (forbidden.length > 0) {
      onFailure();
      options.log(`Refused a plan: ${forbidden.join("; ")}`);
      return notify({ kind: "failed", message: `the worker refuses the plan: ${forbidden.join("; ")}` });
    }
    const threads = shares.map(options.openThread ?? openThreadChannel);
    const use = watchProcess();
    options.log(`Run ${number}: ${formatCounted(threads.length, "load thread")}`);
    await using unpacked = plan.module && await unpackModule(plan.module);
    const own = unpacked ? { ...plan, module: unpacked.module } : plan;
    const timer = setTimeout(
      () => leave(`the run took longer than the ${formatDuration(limits.durationMs)} of --max-duration`),
      Math.min(limits.durationMs + SLACK_MS, LONGEST_MS),
    );
    const done = await coordinate(own, threads, {
      signal: stopping.signal,
      shares: shares.map((share) => [share]),
      isRelay: true,
      needsTarget: true,
      rules,
      feed,
      observers: [use.observe, ({ window }) => report(window)],
      steer: (steering) => change = steering.send,
      whenToStart: async () => {
        await link.compareClocks();
        notify({ kind: "ready" });
        return await start.promise;
      },
    }).finally(() => clearTimeout(timer));
    if (done.lost.length > 0) onFailure();
    for (const { thread, reason } of done.lost) options.log(`Run ${number}: lost ${thread}: ${reason}`);
    const refused = done.total.steps.reduce(
      (sum, { failures }) => sum + (failures.target_not_allowed ?? 0),
      0,
    );
    if (refused > 0) {
      options.log(
        `Run ${number}: refused ${refused} requests: their targets are not among those allowed here`,
      );
    }
    await group?.settle();
    if (leaving !== undefined) return notify({ kind: "failed", message: leaving });
    notify({ kind: "done", report: { health: use.health(), lost: done.lost } });
    options.log(`Run ${number}: done, ${done.total.started} requests`);
  }

  const over = run().catch((error) => {
    onFailure();
    notify({ kind: "failed", message: messageOf(error) });
  });
  return {
    number,
    over,
    stop,
    leave,
    take: (order) => {
      if (order.kind === "stop") stop();
      else if (order.kind === "part") feed.take(order.share, order.part);
      else if (order.kind === "change") change(order.change);
      else start.resolve(order.atEpochMs - link.offsetMs);
    },
  };
}
