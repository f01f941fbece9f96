/**
 * What this machine allows of open files and local addresses: what is refused before a load that cannot have its
 * connections.
 *
 * @module
 */
import { loadFacts } from "../../plan/load_kinds.ts";
import type { ClientSpec } from "../../plan/client_spec.ts";
import type { LoadSpec, RunPlan } from "../../plan/run_plan.ts";
import { type MachineLimits, machineLimits } from "../../metrics/machine/machine_limits.ts";

/** Files and sockets that the runtime itself has open, measured: 23 with one thread, 6 more with each after the second. */
const OWN_DESCRIPTORS = 16;
const DESCRIPTORS_A_THREAD = 6;

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
  const { minUsers: connections, simulation, parts } = loadFacts(load);
  const flag = parts ? "scenarios:" : simulation ? "--users" : "--connections";
  const own = OWN_DESCRIPTORS + threads * DESCRIPTORS_A_THREAD;
  if (connections + own <= limit) return undefined;
  return `${flag} ${connections}: too many connections: this process may open no more ` +
    `than ${limit} files, sockets included, and needs about ${own} itself; raise the limit (ulimit -n ${
      roomyLimit(connections + own)
    }), or use fewer`;
}

/** The addresses among those to leave from that this machine does not have, a sentence each. */
export function localAddressProblems({ localAddresses = [] }: ClientSpec): readonly string[] {
  return localAddresses.filter((hostname) => !isOwnAddress(hostname)).map((address) =>
    `--local-address: ${address} is not an address of this machine`
  );
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
