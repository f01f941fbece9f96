/** The other screen is entered and left once, however the program ends. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Screen, type ScreenDevice } from "../../src/live/screen.ts";

/** A terminal that keeps what was done to it. */
class FakeTerminal implements ScreenDevice {
  readonly done: string[] = [];
  present: ReturnType<ScreenDevice["size"]> = { columns: 10, rows: 2 };

  write(text: string): void {
    this.done.push(text);
  }

  size(): ReturnType<ScreenDevice["size"]> {
    return this.present;
  }

  setRaw(isRaw: boolean): void {
    this.done.push(`raw ${isRaw}`);
  }
}

const ENTERED = ["raw true", "\x1b[?1049h\x1b[?25l\x1b[2J"];
const LEFT = ["\x1b[?25h\x1b[?1049l", "raw false"];

Deno.test("Screen enters and leaves once, whatever is asked twice", () => {
  const terminal = new FakeTerminal();
  const screen = new Screen(terminal);
  screen.open();
  screen.open();
  assertEquals(terminal.done, ENTERED);
  screen.close();
  screen.close();
  assertEquals(terminal.done, [...ENTERED, ...LEFT]);
});

Deno.test("Screen writes only lines that changed, and all of them at a new size", () => {
  const terminal = new FakeTerminal();
  const screen = new Screen(terminal);
  screen.open();
  const drawn = (lines: string[]) => {
    terminal.done.length = 0;
    screen.draw(() => lines);
    return terminal.done.join("").replaceAll("\x1b", "^");
  };
  assertEquals(drawn(["a", "b"]), "^[?2026h^[2J^[1;1Ha^[0m^[2;1Hb^[0m^[?2026l");
  assertEquals(drawn(["a", "c"]), "^[?2026h^[2;1Hc^[0m^[?2026l");
  assertEquals(drawn(["a", "c"]), "");
  terminal.present = { columns: 11, rows: 2 };
  assertStringIncludes(drawn(["a", "c"]), "^[1;1Ha");
  screen.close();
});

Deno.test("Screen draws nothing before it is open, after it is closed, and on a terminal that went away", () => {
  const terminal = new FakeTerminal();
  const screen = new Screen(terminal);
  screen.draw(() => ["a"]);
  assertEquals(terminal.done, []);
  screen.open();
  terminal.present = undefined;
  screen.draw(() => ["a"]);
  assertEquals(terminal.done, ENTERED);
  screen.close();
  terminal.present = { columns: 10, rows: 2 };
  screen.draw(() => ["a"]);
  assertEquals(terminal.done, [...ENTERED, ...LEFT]);
});

for (const event of ["unload", "error", "unhandledrejection"]) {
  Deno.test(`Screen leaves on ${event}`, () => {
    const terminal = new FakeTerminal();
    new Screen(terminal).open();
    const happened = new Event(event, { cancelable: true });
    globalThis.dispatchEvent(happened);
    assertEquals([terminal.done, happened.defaultPrevented], [[...ENTERED, ...LEFT], false]);
  });
}
