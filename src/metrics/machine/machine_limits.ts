/**
 * What the system allows this process of open files and local ports.
 *
 * @module
 */

import { type ReadSystemFile, readSystemFile } from "../../lib/files/system_file.ts";

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
  return known ??= readLimits(readSystemFile);
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
