/**
 * A real browser for tests: Chromium as the system has it, without what would talk to the outside.
 *
 * @module
 */
import { type Browser, chromium } from "playwright-core";
import { programPath } from "./peers.ts";

const PATH = ["chromium", "chromium-browser", "google-chrome"].map(programPath).find((path) =>
  path !== undefined
);
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser's pipes and timers outlive single steps. */
const UNSANITIZED = { sanitizeOps: false, sanitizeResources: false } as const;

/** A browser for the steps of a test. */
export interface BrowserTest {
  readonly browser: Browser;
  step(name: string, fn: () => Promise<void>): Promise<boolean>;
}

/** Registers a test with a browser, which is closed behind it; skipped, and says so, where there is none. */
export function browserTest(name: string, fn: (test: BrowserTest) => Promise<void>): void {
  // deno-lint-ignore no-console -- a skipped test must be seen
  if (PATH === undefined) console.warn(`Skipped "${name}": chromium is not installed (Debian: chromium)`);
  Deno.test({
    name,
    ignore: PATH === undefined,
    ...UNSANITIZED,
    async fn(t) {
      const browser = await chromium.launch({ executablePath: PATH!, args: FLAGS });
      try {
        await fn({ browser, step: (name, fn) => t.step({ name, fn, ...UNSANITIZED }) });
      } finally {
        await browser.close();
      }
    },
  });
}
