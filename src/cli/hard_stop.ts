/**
 * Lets the system itself end the process at the second interrupt. A listener runs only when the thread has a moment; a
 * thread in a long loop has none, and would leave its user without a way out.
 *
 * The system is asked to forget a signal's handler when it calls it (`SA_RESETHAND` of POSIX's `sigaction`): the first
 * signal reaches the listener, now or later, and the second one does what it does to any program. That costs nothing
 * while a load runs. It needs `--allow-ffi`, and a system with POSIX signals.
 *
 * @module
 */

/** Where this system keeps a handler's flags, in bytes, and the flag by which it is called once. */
interface Layout {
  readonly library: string;
  readonly flagsAt: number;
  readonly calledOnce: number;
}

const LAYOUTS: Partial<Record<typeof Deno.build.os, Layout>> = {
  linux: { library: "libc.so.6", flagsAt: 136, calledOnce: 0x80000000 },
  darwin: { library: "libSystem.dylib", flagsAt: 12, calledOnce: 4 },
};

/** The same numbers on both systems. */
const NUMBERS: Partial<Record<Deno.Signal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** More than `struct sigaction` takes anywhere. */
const ACTION_BYTES = 256;

/**
 * Makes the second of each signal end the process, until it is disposed. The signals must have their listeners already.
 * Where that cannot be done, nothing changes.
 */
export function endAtSecond(signals: readonly Deno.Signal[]): Disposable {
  const layout = LAYOUTS[Deno.build.os];
  if (layout === undefined || Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return NOTHING;
  try {
    const numbers = signals.flatMap((signal) => NUMBERS[signal] ?? []);
    for (const number of numbers) setCalledOnce(layout, number, true);
    return { [Symbol.dispose]: () => numbers.forEach((number) => setCalledOnce(layout, number, false)) };
  } catch {
    return NOTHING; // No such library or function here; the listeners are there.
  }
}

const NOTHING: Disposable = { [Symbol.dispose]: () => {} };

function setCalledOnce({ library, flagsAt, calledOnce }: Layout, signal: number, isOnce: boolean): void {
  const libc = Deno.dlopen(library, {
    sigaction: { parameters: ["i32", "pointer", "pointer"], result: "i32" },
  });
  try {
    const action = new DataView(new ArrayBuffer(ACTION_BYTES));
    const pointer = Deno.UnsafePointer.of(action);
    if (libc.symbols.sigaction(signal, null, pointer) !== 0) return;
    const flags = action.getUint32(flagsAt, true);
    action.setUint32(flagsAt, isOnce ? flags | calledOnce : flags & ~calledOnce, true);
    libc.symbols.sigaction(signal, pointer, null);
  } finally {
    libc.close();
  }
}
