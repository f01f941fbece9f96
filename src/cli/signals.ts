/**
 * Ctrl-C and SIGTERM: the first ends the load and lets the report follow, the second leaves at once.
 *
 * @module
 */
import { EXIT } from "../lib/errors.ts";

/** A signal that aborts on the first interrupt, until it is disposed. */
export interface Interrupts extends Disposable {
  readonly signal: AbortSignal;
  /** Does what Ctrl-C does: ends the load the first time, leaves the second time. */
  interrupt(): void;
}

/** Watches for interrupts. */
export function watchInterrupts(): Interrupts {
  const controller = new AbortController();
  const handle = () => {
    if (!controller.signal.aborted) return controller.abort();
    Deno.exit(EXIT.interrupted);
  };
  // Windows knows no SIGTERM.
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, handle);
  return {
    signal: controller.signal,
    interrupt: handle,
    [Symbol.dispose]: () => signals.forEach((signal) => Deno.removeSignalListener(signal, handle)),
  };
}
