/**
 * CPU time of this process: from the system itself where it may be called, since asking Node's `process` makes every
 * start a third longer.
 *
 * @module
 */
import { nodeModule } from "../../lib/node_modules.ts";
import { openLibc } from "../../lib/open_libc.ts";

/** CPU time since the process began, in seconds. */
export interface CpuTime {
  readonly userSec: number;
  readonly systemSec: number;
}

const SYMBOLS = { getrusage: { parameters: ["i32", "buffer"], result: "i32" } } as const;
/** Of the whole process. */
const SELF = 0;
/** `struct rusage` begins with two times, each seconds and microseconds in 64 bits; all of it has 144 bytes. */
const USAGE_BYTES = 144;

let libc: ReturnType<typeof openLibc<typeof SYMBOLS>> | undefined;

/** What the process has used so far. */
export function cpuTime(): CpuTime {
  return systemTime() ?? platformTime();
}

function systemTime(): CpuTime | undefined {
  if (libc === undefined) libc = openLibc(SYMBOLS);
  const usage = new DataView(new ArrayBuffer(USAGE_BYTES));
  if (libc?.getrusage(SELF, usage) !== 0) return undefined;
  const seconds = (at: number) =>
    Number(usage.getBigInt64(at, true)) + Number(usage.getBigInt64(at + 8, true)) / 1e6;
  return { userSec: seconds(0), systemSec: seconds(16) };
}

function platformTime(): CpuTime {
  const { user, system } = nodeModule("node:process").cpuUsage();
  return { userSec: user / 1e6, systemSec: system / 1e6 };
}
