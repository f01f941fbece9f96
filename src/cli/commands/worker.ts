/**
 * `bench --worker`: this machine sends load for a master, and nothing else.
 *
 * @module
 */
import { formatCounted } from "../../lib/number_format.ts";
import { pause } from "../../lib/clock.ts";
import type { GroupBus } from "../../fleet/protocol/group_messages.ts";
import { hostName } from "../../lib/net/host_name.ts";
import { checkFleetOptions, fleetOptions } from "../../fleet/fleet_options.ts";
import { introduce, Rejection } from "../../fleet/transport/handshake.ts";
import { Link } from "../../fleet/transport/link.ts";
import { serveMaster, type SessionEnd } from "../../fleet/coordination/node.ts";
import type { Transport } from "../../fleet/transport/transport.ts";
import { callMaster } from "../../fleet/transport/websocket_transport.ts";
import { DEFAULT_LIMITS } from "../../fleet/coordination/worker_limits.ts";
import { EXIT, messageOf, RunError } from "../../lib/errors.ts";
import { escapeTerminal } from "../../lib/escape.ts";
import { type FleetAccess, readFleetAccess } from "../../run/conduct/fleet_access.ts";
import { type MainValues, refuseProblems, type Settings } from "../../run/settings/settings.ts";
import { watchInterrupts } from "../signals.ts";
import { printError } from "../terminal.ts";

/** Options besides those of the fleet that mean something to a worker. */
const OWN_OPTIONS: readonly string[] = ["threads", "color", "config", "progress"];
const RETRY_MS = 500;
const HANDSHAKE_MS = 10_000;

/** Serves one run, or with `--stay` all that come; returns the exit code. */
export async function runWorker(settings: Settings): Promise<number> {
  const { values } = settings;
  refuseProblems([...settings.problems, ...strayOptions(settings), ...checkFleetOptions(values)]);
  const access = await readFleetAccess(values);
  using interrupts = watchInterrupts();
  const { signal } = interrupts;
  for (;;) {
    const end = await serveOnce(values, { access, signal });
    say(end.kind === "bye" ? `Done: ${end.reason}` : `Ended: ${end.reason}`);
    const isDone = end.kind === "stopped" || !values.stay;
    if (isDone) return end.kind === "bye" && !end.hasFailed ? EXIT.ok : EXIT.failed;
  }
}

/** What a worker is told by its master and cannot be told here. */
function strayOptions({ origins, operands }: Settings): readonly string[] {
  const stray = [...origins]
    .filter(([name, { source }]) =>
      source === "command line" && !Object.hasOwn(fleetOptions, name) && !OWN_OPTIONS.includes(name)
    )
    .map(([, { text }]) => text);
  const words = [...stray, ...operands.map((word) => `"${escapeTerminal(word)}"`)];
  return words.map((word) => `${word} cannot be used with a worker: the master sends the plan`);
}

interface Context {
  readonly access: FleetAccess;
  readonly signal: AbortSignal;
}

/** From the call to the goodbye. */
async function serveOnce(values: MainValues, { access, signal }: Context): Promise<SessionEnd> {
  const doors = await openDoors(values, { access, signal });
  try {
    const name = values.workerName ?? hostName() ?? "worker";
    const threads = values.threads ?? navigator.hardwareConcurrency;
    const limits = {
      threads: threads,
      users: values.maxConnections ?? DEFAULT_LIMITS.users,
      planBytes: values.maxData ?? DEFAULT_LIMITS.planBytes,
      durationMs: values.maxDuration ?? DEFAULT_LIMITS.durationMs,
    };
    const { transport, key } = await join(values, {
      access,
      signal,
      doors,
      me: { name: name.slice(0, 100), threads },
    });
    const link = new Link(transport, {
      role: "node",
      timeoutMs: values.silence,
      maxChars: limits.planBytes,
      limitedBy: "--max-data at the worker",
      ...(key !== undefined && { key }),
    });
    say(`Joined the master at ${transport.peer} with ${formatCounted(threads, "thread")}`);
    return await serveMaster(link, {
      rules: { targets: values.allowTarget, ...(values.allowCode && { mayRunCode: true as const }) },
      limits,
      signal,
      log: say,
      ...(doors.bus && { bus: doors.bus }),
    });
  } catch (error) {
    if (signal.aborted) return { kind: "stopped", reason: "the worker was stopped", hasFailed: false };
    throw error;
  } finally {
    await doors.close();
  }
}

/** Ways to a master: a new connection for each attempt. */
interface Doors {
  call(): Promise<Transport>;
  readonly bus?: GroupBus;
  close(): Promise<void>;
}

/** Nothing of NATS is loaded before it is asked for. */
async function openDoors(values: MainValues, { access, signal }: Context): Promise<Doors> {
  const { nats, runId } = values;
  const { caCerts, tls, natsCreds } = access;
  if (nats === undefined || runId === undefined) {
    return { call: () => callMaster(values.worker!, caCerts), close: () => Promise.resolve() };
  }
  const { busOnNats, callOnNats, connectNats, Unreachable } = await import(
    "../../fleet/transport/nats_transport.ts"
  );
  const address = {
    url: nats,
    runId,
    caCerts,
    ...(tls && { tls }),
    ...(natsCreds !== undefined && { creds: natsCreds }),
  };
  const deadlineMs = deadlineOf(values);
  for (let isTold = false;; isTold = true) {
    try {
      const doors = await connectNats(address);
      return {
        call: () => Promise.resolve(callOnNats(doors, runId, crypto.randomUUID())),
        bus: busOnNats(doors, runId),
        close: doors.close,
      };
    } catch (error) {
      if (!(error instanceof Unreachable) || signal.aborted || performance.now() >= deadlineMs) throw error;
      if (!isTold) say(`${messageOf(error)}; trying again`);
      await pause(RETRY_MS, signal);
    }
  }
}

/** When trying is given up, on the clock of `performance.now()`. */
function deadlineOf({ stay, joinTimeout }: MainValues): number {
  return stay ? Infinity : performance.now() + joinTimeout;
}

/** Tries until a master takes this worker in, refuses it for good, or the time is over. */
async function join(
  values: MainValues,
  { access, signal, doors, me }: Context & {
    readonly doors: Doors;
    readonly me: Parameters<typeof introduce>[1];
  },
): Promise<{ readonly transport: Transport; readonly key?: string }> {
  const { secret } = access;
  const deadlineMs = deadlineOf(values);
  let isTold = false;
  for (;;) {
    let transport: Transport | undefined;
    try {
      transport = await doors.call();
      const known = await introduce(transport, me, {
        timeoutMs: HANDSHAKE_MS,
        ...(secret !== undefined && { secret }),
      });
      return { transport, ...known };
    } catch (error) {
      transport?.close("no agreement");
      const isFinal = error instanceof Rejection && !(values.stay && error.mayChange);
      if (isFinal || signal.aborted || !(error instanceof RunError)) throw error;
      if (performance.now() >= deadlineMs) throw error;
      if (!isTold) say(`${messageOf(error)}; trying again`);
      isTold = true;
    }
    await pause(RETRY_MS, signal);
    if (signal.aborted) throw new RunError("Interrupted");
  }
}

/** A line for whoever watches the worker; what a master says is foreign text. */
function say(line: string): void {
  printError(`bench: ${escapeTerminal(line)}\n`);
}
