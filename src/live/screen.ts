/**
 * The terminal as a full screen: the only code that moves the cursor. What is entered is left again however the process
 * ends, but for a kill that nothing can catch. Writes to standard error, so that standard output stays clean.
 *
 * Sequences are those of xterm (ctlseqs): private modes 1049 (alternate screen), 25 (cursor) and 2026 (a frame is shown
 * at once; terminals that do not know it ignore it).
 *
 * @module
 */
import { type Size, terminalSize } from "./terminal_size.ts";

const ENTER = "\x1b[?1049h\x1b[?25l\x1b[2J";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const BEGIN_FRAME = "\x1b[?2026h";
const END_FRAME = "\x1b[?2026l";

/** What a screen needs of the process. */
export interface ScreenDevice {
  write(text: string): void;
  /** Cells there are now; `undefined`: not a terminal any more. */
  size(): Size | undefined;
  /** Keys come one by one and unseen, or as usual. */
  setRaw(isRaw: boolean): void;
}

/** A terminal whose whole screen is ours until {@linkcode Screen.close}. */
export class Screen {
  readonly #device: ScreenDevice;
  #shown: readonly string[] = [];
  #size: Size | undefined;
  #isOpen = false;

  constructor(device: ScreenDevice = PROCESS_TERMINAL) {
    this.#device = device;
  }

  /** Enters the alternate screen. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    for (const event of WAYS_OUT) globalThis.addEventListener(event, this.#leave);
    this.#device.setRaw(true);
    this.#device.write(ENTER);
  }

  /** Shows what `render` makes of the present size; only lines that changed are written. */
  draw(render: (size: Size) => readonly string[]): void {
    const size = this.#device.size();
    if (!this.#isOpen || size === undefined) return;
    const isResized = size.columns !== this.#size?.columns || size.rows !== this.#size?.rows;
    const shown = isResized ? [] : this.#shown;
    const lines = render(size);
    const changes = lines.flatMap((line, row) =>
      line === shown[row] ? [] : `\x1b[${row + 1};1H${line}\x1b[0m`
    );
    if (changes.length > 0) {
      this.#device.write(BEGIN_FRAME + (isResized ? "\x1b[2J" : "") + changes.join("") + END_FRAME);
    }
    this.#shown = lines;
    this.#size = size;
  }

  /** Leaves: the terminal is as before. May be called again. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const event of WAYS_OUT) globalThis.removeEventListener(event, this.#leave);
    this.#device.write(LEAVE);
    this.#device.setRaw(false);
  }

  readonly #leave = (): void => this.close();
}

/** Fired before the process ends: by exit, by an error that nobody caught, by a promise that nobody caught. */
const WAYS_OUT = ["unload", "error", "unhandledrejection"] as const;

const encoder = new TextEncoder();

/** The terminal of this process. */
const PROCESS_TERMINAL: ScreenDevice = {
  write(text: string): void {
    try {
      const bytes = encoder.encode(text);
      for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
    } catch {
      // The terminal went away; the run goes on, and its results do not depend on this.
    }
  },
  size: terminalSize,
  setRaw(isRaw: boolean): void {
    try {
      // Ctrl-C stays a signal where it can: keys wait for a moment that a busy thread does not have.
      if (Deno.stdin.isTerminal()) Deno.stdin.setRaw(isRaw, { cbreak: isRaw });
    } catch {
      // Without it keys show up, and need Enter; nothing else changes.
    }
  },
};
