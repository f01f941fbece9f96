/**
 * What this machine allows of open files and local ports: what is refused before a load that cannot have its connections,
 * and what is said after one that ran out of something.
 *
 * @module
 */
import type { ClientSpec, LoadSpec, RunPlan } from "../../plan/run_plan.ts";
import type { Note } from "../../result/outcome.ts";
import { overallStats, type RunResult } from "../../result/run_result.ts";
import { formatCount } from "../../lib/number_format.ts";

/** Files and sockets that the runtime itself has open, measured: 23 with one thread, 6 more with each after the second. */
const OWN_DESCRIPTORS = 16;
const DESCRIPTORS_A_THREAD = 6;

/** Reads a small file of the system; `undefined` when there is none, or it may not be read. */
export type ReadSystemFile = (path: string) => string | undefined;

/** What this machine allows. A field is absent where it is unknown, or without limit. */
export interface MachineLimits {
  /** Files and sockets that this process may have open. */
  readonly descriptors?: number;
  /** Local ports between one address and one server. */
  readonly localPorts?: number;
}

let known: MachineLimits | undefined;

/** The limits, read at the first call, which must be before the load: reading takes a descriptor, too. */
export function machineLimits(): MachineLimits {
  return known ??= readLimits((path) => {
    if (!isPermitted({ name: "read", path })) return undefined;
    try {
      return Deno.readTextFileSync(path);
    } catch {
      // Other systems keep their limits elsewhere.
      return undefined;
    }
  });
}

/** Reads the limits from the system's files. */
export function readLimits(read: ReadSystemFile): MachineLimits {
  const soft = /^Max open files +(\d+)/m.exec(read("/proc/self/limits") ?? "")?.[1];
  const [, first, last] = /^(\d+)\s+(\d+)/.exec(read("/proc/sys/net/ipv4/ip_local_port_range") ?? "") ?? [];
  return {
    ...(soft !== undefined && { descriptors: Number(soft) }),
    ...(first !== undefined && { localPorts: Number(last) - Number(first) + 1 }),
  };
}

/** What a plan asks of this machine in vain, one sentence each. */
export function machineProblems(plan: RunPlan, threads: number): readonly string[] {
  const tooMany = descriptorProblem(plan.load, { threads, limits: machineLimits() });
  return [...localAddressProblems(plan.client), ...(tooMany === undefined ? [] : [tooMany])];
}

/** A load with more connections at once than this process may have. Absent when it fits, or nobody knows. */
export function descriptorProblem(
  load: LoadSpec,
  { threads, limits: { descriptors: limit } }: { readonly threads: number; readonly limits: MachineLimits },
): string | undefined {
  if (limit === undefined) return undefined;
  const { flag, connections } = maxConnections(load);
  const own = OWN_DESCRIPTORS + threads * DESCRIPTORS_A_THREAD;
  if (connections + own <= limit) return undefined;
  return `${flag} ${connections}: so many connections cannot be open at once, since this process may open no more ` +
    `than ${limit} files, sockets included, and needs about ${own} itself; raise the limit (ulimit -n ${
      roomyLimit(connections + own)
    }), or use fewer`;
}

/** The addresses among those to leave from that this machine does not have, a sentence each. */
export function localAddressProblems({ localAddresses = [] }: ClientSpec): readonly string[] {
  return localAddresses.filter((hostname) => !isOwnAddress(hostname)).map((address) =>
    `--local-address: ${address} is no address of this machine`
  );
}

/** What a result's failures say about this machine's limits. */
export function resourceNotes(
  result: RunResult,
  { descriptors, localPorts }: MachineLimits,
): readonly Note[] {
  const { failures } = overallStats(result).counts;
  const notes: string[] = [];
  const withoutDescriptor = failures["too_many_open_files"] ?? 0;
  if (withoutDescriptor > 0) {
    notes.push(
      `${formatCount(withoutDescriptor)} requests failed because this process ran out of file descriptors` +
        (descriptors === undefined
          ? ""
          : `: it may open no more than ${descriptors} files, sockets included`) +
        ". Raise the limit (ulimit -n), or use fewer connections",
    );
  }
  const withoutPort = failures["no_local_port"] ?? 0;
  if (withoutPort > 0) {
    notes.push(
      `${formatCount(withoutPort)} requests failed because this machine ran out of local ports${
        localPorts === undefined
          ? ""
          : `: from one address to one server there are ${formatCount(localPorts)}`
      }. A closed connection keeps its port for about a minute: ` +
        "use connections for many requests (--keepalive), leave from several addresses (--local-address a,b), " +
        "or widen net.ipv4.ip_local_port_range",
    );
  }
  return notes.map((text) => ({ level: "warning", text }));
}

/** Connections that a load is sure to have open at once, and the option that says so. */
function maxConnections(load: LoadSpec): { readonly flag: string; readonly connections: number } {
  switch (load.kind) {
    case "users":
      return { flag: "--users", connections: load.users };
    case "duration":
      return { flag: "--connections", connections: load.connections };
    case "requests":
      return { flag: "--connections", connections: Math.min(load.connections, load.amount) };
    case "rate":
      // A most, which may never be reached.
      return { flag: "--connections", connections: 0 };
  }
}

/** The power of two above a number: limits look like that. */
function roomyLimit(needed: number): number {
  return 2 ** Math.ceil(Math.log2(needed + 1));
}

/** Whether something is permitted without asking the user. */
function isPermitted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** Whether something can be bound to an address; where that may not be tried, nothing speaks against it. */
function isOwnAddress(hostname: string): boolean {
  if (!isPermitted({ name: "net" })) return true;
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    // Whatever hinders it, nothing can leave from there.
    return false;
  }
}
