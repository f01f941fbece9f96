/**
 * CPU time of the processes that listen on a port of this machine, as Linux tells it.
 *
 * @module
 */
import { readSystemFile } from "../../../lib/files/system_file.ts";
import { openLibc } from "../../../lib/open_libc.ts";

/** Ticks of `/proc/PID/stat`, which every Linux that Deno runs on has. */
const TICKS_PER_SEC = 100;

/** The processes behind a port. */
export type ServerPids = readonly number[];

/** Who listens on a port of this machine; nobody where that cannot be told: another system, another user's process. */
export function pidsListeningOn(port: number): ServerPids {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return [];
  return numbersIn("/proc").filter((pid) => hasOneOf(pid, inodes));
}

/** CPU time that processes have used since they began, in seconds; `undefined` when one is gone. */
export function cpuSecondsOf(pids: ServerPids): number | undefined {
  let seconds = 0;
  for (const pid of pids) {
    const own = clockSeconds(pid) ?? countedSeconds(pid);
    if (own === undefined) return undefined;
    seconds += own;
  }
  return pids.length === 0 ? undefined : seconds;
}

const SYMBOLS = { clock_gettime: { parameters: ["i32", "buffer"], result: "i32" } } as const;
/** `struct timespec`: seconds and nanoseconds in 64 bits each. */
const TIME_BYTES = 16;
/** What the kernel calls the CPU clock of a whole process: its inverted id, and this for time on a CPU. */
const CPU_CLOCK = 2;
let libc: ReturnType<typeof openLibc<typeof SYMBOLS>> | undefined;

/** From the process's own CPU clock: to the nanosecond, threads that have ended included. */
function clockSeconds(pid: number): number | undefined {
  if (libc === undefined) libc = openLibc(SYMBOLS);
  const time = new DataView(new ArrayBuffer(TIME_BYTES));
  if (libc?.clock_gettime(~pid << 3 | CPU_CLOCK, time) !== 0) return undefined;
  return Number(time.getBigInt64(0, true)) + Number(time.getBigInt64(8, true)) / 1e9;
}

/** From what the kernel tells of the process, in ticks. */
function countedSeconds(pid: number): number | undefined {
  // The name may hold blanks and brackets.
  const fields = readSystemFile(`/proc/${pid}/stat`)?.replace(/^.*\) /s, "").split(" ");
  return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SEC;
}

const LISTENING = "0A";

function listeningInodes(port: number): ReadonlySet<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const lines = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) =>
    readSystemFile(path)?.split("\n") ?? []
  );
  return new Set(lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    return state === LISTENING && local.endsWith(`:${hex}`) ? [inode] : [];
  }));
}

function hasOneOf(pid: number, inodes: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`;
  return numbersIn(folder).some((descriptor) => {
    try {
      const [, inode = ""] = /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`${folder}/${descriptor}`)) ?? [];
      return inodes.has(inode);
    } catch {
      return false; // Closed meanwhile.
    }
  });
}

/** The entries of a folder that are numbers; none where it may not be read. */
function numbersIn(folder: string): readonly number[] {
  if (Deno.build.os !== "linux") return [];
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => Number(name)).filter(Number.isInteger);
  } catch {
    return [];
  }
}
