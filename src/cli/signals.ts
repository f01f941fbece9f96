/**
 * Ctrl-C and SIGTERM: the first ends the load and lets the report follow, the second leaves at once. SIGHUP, when a
 * terminal goes away, ends the load too; as it may come twice, it never leaves. Whoever wants it to be ignored, as `nohup`
 * does, gets that.
 *
 * @module
 */
import { EXIT } from "../lib/errors.ts";
import { readSystemFile } from "../lib/files/system_file.ts";
import { endAtSecond } from "./hard_stop.ts";

/** A signal that aborts on the first interrupt, until it is disposed. */
export interface Interrupts extends Disposable {
  readonly signal: AbortSignal;
  /** Aborts when the process was sent a signal. From then on the next one may end it without a word. */
  readonly signalled: AbortSignal;
  /** Does what Ctrl-C does: ends the load the first time, leaves the second time. */
  interrupt(): void;
}

/** Watches for interrupts. */
export function watchInterrupts(): Interrupts {
  // The platform handles SIGHUP as soon as any signal has a listener, so that it has to be asked first.
  const isDeafToHangUps = isHangUpIgnored();
  const controller = new AbortController();
  const signalled = new AbortController();
  const interrupt = () => {
    if (!controller.signal.aborted) return controller.abort();
    Deno.exit(EXIT.interrupted);
  };
  const handle = () => {
    signalled.abort();
    interrupt();
  };
  // Windows knows no SIGTERM.
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, handle);
  const hardStop = endAtSecond(signals);
  const hangUp = () => {
    if (isDeafToHangUps) return;
    signalled.abort();
    controller.abort();
  };
  const hasHangUps = Deno.build.os !== "windows";
  if (hasHangUps) Deno.addSignalListener("SIGHUP", hangUp);
  return {
    signal: controller.signal,
    signalled: signalled.signal,
    interrupt,
    [Symbol.dispose]: () => {
      hardStop[Symbol.dispose]();
      signals.forEach((signal) => Deno.removeSignalListener(signal, handle));
      if (hasHangUps) Deno.removeSignalListener("SIGHUP", hangUp);
    },
  };
}

/** Whether the process was started so that SIGHUP does nothing; known on Linux alone. */
function isHangUpIgnored(): boolean {
  const [, mask = "0"] = /^SigIgn:\s*([\da-f]+)$/m.exec(readSystemFile("/proc/self/status") ?? "") ?? [];
  return (Number.parseInt(mask.slice(-2), 16) & 1) === 1;
}
