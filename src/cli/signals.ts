/**
 * Ctrl-C and SIGTERM: the first ends the load and lets the report follow, the second leaves at once.
 *
 * @module
 */
import { EXIT } from "../lib/errors.ts";
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
  return {
    signal: controller.signal,
    signalled: signalled.signal,
    interrupt,
    [Symbol.dispose]: () => {
      hardStop[Symbol.dispose]();
      signals.forEach((signal) => Deno.removeSignalListener(signal, handle));
    },
  };
}
