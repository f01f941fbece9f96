/**
 * The files that a command has read or will read, so that no output is written over one of them.
 *
 * @module
 */

const inputs = new Set<string>();

/** Says that the file at `path` is an input of this command; `-`, standard input, is none. */
export function noteInput(path: string): void {
  if (path !== "-") inputs.add(path);
}

/** All inputs so far, as they were named. */
export function inputFiles(): readonly string[] {
  return [...inputs];
}

/** Another command begins. */
export function forgetInputs(): void {
  inputs.clear();
}
