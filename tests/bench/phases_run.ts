/**
 * How far the reported phases are from delays that are known, measured in a network of its own.
 *
 * @module
 */
import { DELAYED, type Delays, type PhaseMedians } from "./phases_target.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** One phase: the delay that was made, what was reported with it and without any, and what the difference is off by. */
export interface PhaseRow {
  readonly phase: (typeof DELAYED)[number];
  readonly delayMs: number;
  readonly withMs: number;
  /** What the phase takes by itself: the handshake's arithmetic, processes waking up. */
  readonly withoutMs: number;
  readonly errorMs: number;
  readonly count: number;
}

/** Different enough that no phase can be taken for another. */
export const DELAYS: Delays = { dns: 23, connect: 41, tls: 59, ttfb: 83, transfer: 107 };

const NONE: Delays = { dns: 0, connect: 0, tls: 0, ttfb: 0, transfer: 0 };

/** Whether networks of one's own can be made here: `unshare`, on Linux, as root. */
export async function canIsolate(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    const { success } = await new Deno.Command("unshare", {
      args: ["-n", "-m", "ip", "link", "set", "lo", "up"],
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false; // There is no such program.
  }
}

/** Measures all phases over so many requests with delays, and as many without. */
export async function measurePhases(requests: number, delays: Delays = DELAYS): Promise<readonly PhaseRow[]> {
  const delayed = await isolated(delays, requests);
  const plain = await isolated(NONE, requests);
  return DELAYED.map((phase) => ({
    phase,
    delayMs: delays[phase],
    withMs: delayed[phase].p50Ms,
    withoutMs: plain[phase].p50Ms,
    errorMs: delayed[phase].p50Ms - plain[phase].p50Ms - delays[phase],
    count: delayed[phase].count,
  }));
}

/** Runs the target and the command in a network where 127.0.0.1 is the only name server. */
async function isolated(delays: Delays, requests: number): Promise<PhaseMedians> {
  await using temp = await tempDir();
  const resolv = `${temp.path}/file`;
  await Deno.writeTextFile(resolv, "nameserver 127.0.0.1\n");
  const target = new URL("./phases_target.ts", import.meta.url).pathname;
  const script = 'ip link set lo up && mount --bind "$1" /etc/resolv.conf && shift && exec "$@"';
  const { success, stdout, stderr } = await new Deno.Command("unshare", {
    args: ["-n", "-m", "sh", "-c", script, "sh", resolv, Deno.execPath(), "run", "-A", "--no-check", target]
      .concat(JSON.stringify(delays), `${requests}`),
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot measure phases: ${decoder.decode(stderr).slice(-2000)}`);
  return JSON.parse(decoder.decode(stdout).trim().split("\n").at(-1)!);
}
