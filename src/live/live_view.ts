/**
 * The dashboard while a run goes on: takes ticks, draws two frames per second, listens for keys.
 *
 * @module
 */
import type { Style } from "../lib/style.ts";
import type { RunObserver } from "../metrics/tick.ts";
import type { RunPlan } from "../plan/run_plan.ts";
import type { UntilSoFar } from "../result/verdict/until_verdict.ts";
import { renderDashboard } from "./dashboard.ts";
import { type Judge, LiveState } from "./live_state.ts";
import { ChangeKeys, type LiveControl } from "./change_by_key.ts";
import { Screen } from "./screen.ts";

const FRAME_MS = 500;
/** How long is said what a key has done. */
const MESSAGE_MS = 3000;
const CTRL_C = 3;
const STOP_KEYS: ReadonlySet<number> = new Set([...new TextEncoder().encode("qQ"), CTRL_C]);

/** What the view shows and whom it tells. */
export interface LiveViewOptions {
  readonly threads: number;
  readonly judge: Judge;
  /** How well what the run goes on for is known by now; absent: it has an end of its own. */
  readonly untils?: () => readonly UntilSoFar[];
  readonly style: Style;
  /** Whether the load was told to end, by whatever way. */
  isStopping(): boolean;
  /** `q`: end the load and report. */
  onStop(): void;
  /** What keys can change in the run; absent: nothing. */
  readonly control?: LiveControl;
  /** Ctrl-C, which raw keys bring as a character; the second one leaves. */
  onInterrupt(): void;
  readonly screen?: Screen;
}

/** A running view. */
export interface LiveView {
  readonly observe: RunObserver;
  /** Gives the terminal back. */
  close(): void;
}

/** Opens the view of a run. */
export function openLiveView(plan: RunPlan, options: LiveViewOptions): LiveView {
  const { threads, judge, untils, control } = options;
  const keys = control && new ChangeKeys(control);
  let said: { readonly text: string; readonly atMs: number } | undefined;
  const state = new LiveState(plan, {
    threads,
    judge,
    ...(untils && { untils }),
    hasKeys: Deno.stdin.isTerminal(),
  });
  const screen = options.screen ?? new Screen();
  let tickMs = performance.now();
  const draw = () => {
    const now = state.at(performance.now() - tickMs, {
      isStopping: options.isStopping(),
      ...keys?.standing,
      ...(said !== undefined && performance.now() - said.atMs < MESSAGE_MS && { message: said.text }),
    });
    screen.draw((size) => renderDashboard(now, size, options.style));
  };
  screen.open();
  const stopKeys = watchKeys((key) => {
    if (key === CTRL_C) options.onInterrupt();
    else if (STOP_KEYS.has(key)) options.onStop();
    else {
      const text = keys?.press(String.fromCharCode(key));
      if (text === undefined) return;
      said = { text, atMs: performance.now() };
    }
    draw();
  });
  draw();
  const timer = setInterval(draw, FRAME_MS);
  return {
    observe: (tick) => {
      state.add(tick);
      tickMs = performance.now();
    },
    close: () => {
      clearInterval(timer);
      stopKeys();
      screen.close();
    },
  };
}

/** The one reader of the keys; a read cannot be taken back, so it goes on through all views of the process. */
let onKey: ((key: number) => void) | undefined;
let isReading = false;

function watchKeys(listener: (key: number) => void): () => void {
  onKey = listener;
  if (!isReading && Deno.stdin.isTerminal()) void readKeys();
  return () => onKey = undefined;
}

async function readKeys(): Promise<void> {
  isReading = true;
  const buffer = new Uint8Array(64);
  try {
    for (let count = await Deno.stdin.read(buffer); count !== null; count = await Deno.stdin.read(buffer)) {
      for (const key of buffer.subarray(0, count)) onKey?.(key);
    }
  } catch {
    // The terminal went away; signals still end the load.
  }
  isReading = false;
}
