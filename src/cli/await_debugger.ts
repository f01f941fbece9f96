/**
 * `--inspect`: a debugger looks on while a module runs.
 *
 * @module
 */
import inspector from "node:inspector";
import { messageOf, RunError } from "../lib/errors.ts";
import { type Printer, sayLine } from "../run/printer.ts";

/** Where every debugger looks first. */
const PORT = 9229;

/**
 * Opens this process to debuggers of this machine and waits for one.
 * @throws {RunError} when the port is taken
 */
export function awaitDebugger(printer: Printer): void {
  try {
    inspector.open(PORT, "127.0.0.1");
  } catch (error) {
    throw new RunError(`Cannot wait for a debugger on port ${PORT}: ${messageOf(error)}`);
  }
  sayLine(printer, "Waiting for a debugger: open chrome://inspect, or attach VS Code to port 9229");
  inspector.waitForDebugger();
}
