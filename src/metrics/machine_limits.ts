/**
 * What the system allows this process of open files and local ports.
 *
 * @module
 */

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
    // Without permission the runtime would ask its user.
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
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
