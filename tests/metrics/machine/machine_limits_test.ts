/** The limits of this machine, as the system tells them. */
import { assertEquals } from "@std/assert";
import { readLimits } from "../../../src/metrics/machine/machine_limits.ts";

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max processes             1000                 2000                 processes 
Max open files            1024                 4096                 files     
`;

function systemOf(files: Readonly<Record<string, string>>): (path: string) => string | undefined {
  return (path) => files[path];
}

Deno.test("readLimits() reads the soft limit of files and the range of ports, where there are any", () => {
  const range = { "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n" };
  assertEquals(readLimits(systemOf({ "/proc/self/limits": LIMITS, ...range })), {
    descriptors: 1024,
    localPorts: 28_232,
  });
  const unlimited = LIMITS.replace("1024 ", "unlimited");
  assertEquals(readLimits(systemOf({ "/proc/self/limits": unlimited })), {});
  assertEquals(readLimits(systemOf({})), {});
});
