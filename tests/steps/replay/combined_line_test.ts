/** Lines of the combined format are read as bytes as the pattern reads them, or left to it. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { Random } from "../../../src/lib/random.ts";
import { CombinedLine } from "../../../src/steps/replay/combined_line.ts";
import { LineList } from "../../../src/steps/replay/line_list.ts";
import { COMBINED } from "../../../src/steps/replay/log_format.ts";
import { lineReader } from "../../../src/steps/replay/log_line.ts";
import { lineOf } from "../../../src/steps/replay/replay_line.ts";

const USUAL =
  '10.0.0.1 - ann [10/Oct/2026:13:55:36 +0000] "GET /a?b=1 HTTP/1.1" 200 2326 "-" "Mozilla/5.0 (X11)"';

/** What stands in logs where nobody expects it. */
const PIECES = [
  ...'abAZ 019[]"\\/:+-?%\t',
  ...' [ ] " \\" GET CONNECT get /ü 04 999 HTTP/1.1'.split(" ").filter((piece) => piece !== ""),
];

function read(line: string): { readonly fast: string | null; readonly timeMs: number } {
  const bytes = new TextEncoder().encode(`before\n${line}\nafter`);
  const end = bytes.length - "\nafter".length;
  const combined = new CombinedLine();
  if (!combined.read(bytes, "before\n".length, end)) return { fast: null, timeMs: NaN };
  const list = new LineList();
  combined.addTo(list, bytes);
  return { fast: list.take(), timeMs: combined.timeMs };
}

Deno.test("a usual line is read", () => {
  assertEquals(read(USUAL), { fast: "GET /a?b=1 200 \n", timeMs: Date.UTC(2026, 9, 10, 13, 55, 36) });
});

Deno.test("whatever a line is like, it is read as the pattern does, or not at all", () => {
  const random = new Random(7, 0);
  const pattern = lineReader({ kind: "pattern", pattern: COMBINED });
  let fasts = 0;
  for (let i = 0; i < 20_000; i++) {
    let line = USUAL;
    for (let changes = 1 + Math.floor(random.fraction() * 3); changes > 0; changes--) {
      const at = Math.floor(random.fraction() * line.length);
      const piece = PIECES[Math.floor(random.fraction() * PIECES.length)]!;
      line = line.slice(0, at) + piece + line.slice(at + Math.floor(random.fraction() * 3));
    }
    const { fast, timeMs } = read(line);
    if (fast === null) continue;
    fasts++;
    const slow = pattern(line);
    assert(slow !== undefined, line);
    assertEquals([fast, timeMs], [lineOf(slow), slow.timeMs], line);
  }
  assertGreater(fasts, 5000);
});
