/** The dashboard in states and sizes, as agreed. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { styleFor } from "../../src/lib/style.ts";
import { renderDashboard } from "../../src/live/dashboard.ts";
import type { Size } from "../../src/live/terminal_size.ts";
import type { DashboardState } from "../../src/live/live_state.ts";
import { cellsOf } from "../../src/live/text_cells.ts";
import { assertGolden } from "../_support/golden.ts";
import { freshState, hostileState, shopState, socketState, streamState } from "./_states.ts";

const STATES = {
  fresh: freshState(),
  shop: shopState(),
  hostile: hostileState(),
  sockets: socketState(),
  streams: streamState(),
};
const SIZES: readonly Size[] = [[40, 10], [80, 24], [120, 40], [200, 50]].map(([columns, rows]) => ({
  columns: columns!,
  rows: rows!,
}));
const PLAIN = styleFor(false);

function assertFits(lines: readonly string[], { columns, rows }: Size): void {
  assertEquals(lines.length, rows);
  for (const line of lines) assertEquals(cellsOf(line), columns, JSON.stringify(line));
}

for (const [name, state] of Object.entries(STATES)) {
  for (const size of SIZES) {
    Deno.test(`renderDashboard() of the ${name} state at ${size.columns} × ${size.rows} is the golden one`, async () => {
      const lines = renderDashboard(state, size, PLAIN);
      assertFits(lines, size);
      const text = lines.map((line) => `${line.trimEnd()}\n`).join("");
      await assertGolden(`live_${name}_${size.columns}x${size.rows}.txt`, text);
    });
  }
}

Deno.test("renderDashboard() with colours is the golden one", async () => {
  const lines = renderDashboard(shopState(), { columns: 80, rows: 24 }, styleFor(true));
  await assertGolden("live_shop_80x24_colour.txt", lines.map((line) => `${line}\n`).join(""));
});

Deno.test("renderDashboard() fills any size exactly, whatever the state", () => {
  fc.assert(fc.property(
    fc.constantFrom<DashboardState>(...Object.values(STATES)),
    fc.integer({ min: 1, max: 260 }),
    fc.integer({ min: 1, max: 80 }),
    (state, columns, rows) => assertFits(renderDashboard(state, { columns, rows }, PLAIN), { columns, rows }),
  ));
});

Deno.test("renderDashboard() shows secrets and control characters of nobody", () => {
  for (const size of SIZES) {
    const text = Object.values(STATES).flatMap((state) => renderDashboard(state, size, PLAIN)).join("\n");
    assert(!text.includes("hunter2"));
    // deno-lint-ignore no-control-regex -- those are what is looked for
    assertEquals(text.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/), null);
  }
});

Deno.test("renderDashboard() keeps what matters most where there is little room", () => {
  const lines = renderDashboard(shopState(), { columns: 40, rows: 5 }, PLAIN);
  assertStringIncludes(lines[0]!, "http://shop.test/0");
  assertStringIncludes(lines[1]!, "43%");
  assertStringIncludes(lines[2]!, "Requests/s");
  assertStringIncludes(lines[4]!, "q or Ctrl-C");
});

Deno.test("renderDashboard() tells of all keys where there is room for them", () => {
  const changes = { canPause: true, amount: "rate", scenario: "buy", canChoose: true } as const;
  const footerAt = (columns: number) =>
    renderDashboard({ ...shopState(), hasKeys: true, changes }, { columns, rows: 24 }, PLAIN).at(-1)!.trim();
  assertEquals(footerAt(60), "q stops, p pauses, + - rate of buy, s next, m marks");
  assertMatch(footerAt(100), /^q stops, p pauses, \+ - rate of buy, s next, m marks +client 43% busy, timer/);
  assertMatch(footerAt(160), /^q or Ctrl-C stops the load and reports, .*, s next scenario, m marks +client/);
});

Deno.test("renderDashboard() names a broken claim before those that hold", () => {
  const text = renderDashboard(shopState(), { columns: 100, rows: 24 }, PLAIN).join("\n");
  assertStringIncludes(text, "Thresholds so far: 1 of 3 hold");
  assert(text.indexOf("✗ step:Search") < text.indexOf("✓ p95") || !text.includes("✓ p95"));
});

Deno.test("renderDashboard() says that it stops, and how to leave at once", () => {
  const state = { ...shopState(), stage: "stopping" as const };
  const text = renderDashboard(state, { columns: 80, rows: 24 }, PLAIN).join("\n");
  assertStringIncludes(text, "stopping");
  assertStringIncludes(text, "Press Ctrl-C again to quit");
});

Deno.test("renderDashboard() shows three failing steps of ten at 80 × 24, and says how many others there are", () => {
  const state = shopState();
  const [step] = state.figures!.steps;
  const tenSteps = (failing: number) =>
    Array.from({ length: 10 }, (_, i) => ({ ...step!, name: `step ${i + 1}`, errors: i < failing ? 7 : 0 }));
  const screen = (failing: number) => {
    const figures = { ...state.figures!, steps: tenSteps(failing) };
    return renderDashboard({ ...state, figures }, { columns: 80, rows: 24 }, PLAIN).join("\n");
  };
  for (const name of ["step 1 ", "step 2 ", "step 3 ", "… and 7 more "]) {
    assertStringIncludes(screen(3), name);
  }
  assertStringIncludes(screen(5), "… and 7 more, 2 of them failing");
});
