/** The history of saved runs: as text, and as a page in a real browser. */
import {
  assertEquals,
  assertGreater,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import axe from "axe-core/script" with { type: "text" };
import { PLAIN_STYLE } from "../../src/lib/style.ts";
import { renderTrend } from "../../src/report/html.ts";
import { trendText } from "../../src/report/trend/trend_text.ts";
import { historyOf, type SavedOutcome } from "../../src/result/history/run_history.ts";
import { browserTest } from "../_support/chromium.ts";
import { outcomeOf, stepOf, tailedHistogram } from "../_support/outcomes.ts";
import { planFor } from "../_support/plan.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** A run a day whose fastest response takes so long. */
function savedRuns(fastestMs: readonly number[]): readonly SavedOutcome[] {
  const plan = planFor("http://127.0.0.1:8080/", { kind: "duration", connections: 10, durationMs: 10_000 });
  return fastestMs.map((ms, day) => {
    const latency = tailedHistogram(2000, ms);
    const outcome = outcomeOf(plan, [stepOf({ latency, statuses: { "200": 2000 } })], {
      result: { durationMs: 10_000, startedAtMs: Date.UTC(2026, 10, day + 1, 12) },
    });
    return { source: `runs/<b>${day + 1}</b>.json`, outcome };
  });
}

const SLOWER = [10, 10.1, 9.9, 10, 12.5, 12.4, 12.6, 12.5];

Deno.test("trendText() has a line a run in the order of their starts, and says what has changed", () => {
  const saved = savedRuns(SLOWER);
  const text = trendText(historyOf([...saved].reverse()), PLAIN_STYLE);
  assertMatch(text, /^ 1 {2}2026-11-01 12:00 .*runs\/<b>1<\/b>\.json$/m);
  assertMatch(text, /^ 8 {2}2026-11-08 12:00 /m);
  assertMatch(
    text,
    /^p95 latency: \+25\.\d% \(.*ms to .*ms\) from run 5, 2026-11-05 12:00, runs\/<b>5<\/b>\.json$/m,
  );
  assertStringIncludes(text, "More than noise");
});

Deno.test("trendText() fits the terminal: fewer columns, the ends of files' names, sentences on several lines", () => {
  const history = historyOf(savedRuns(SLOWER));
  const whole = trendText(history, PLAIN_STYLE);
  for (const width of [60, 80, 100]) {
    const lines = trendText(history, PLAIN_STYLE, width).split("\n");
    for (const line of lines) assertLessOrEqual(line.length, width, line);
    assertMatch(lines[0]!, / Started \(UTC\) +req\/s .* p95 .* File$/);
    assertMatch(lines[1]!, /b>1<\/b>\.json$/);
  }
  assertStringIncludes(trendText(history, PLAIN_STYLE, 60), "\n 8  2026-11-08 12:00");
  assertEquals(trendText(history, PLAIN_STYLE, 400).split("\n")[0], whole.split("\n")[0]);
});

Deno.test("trendText() finds nothing in runs that are alike, and says how many it needs", () => {
  const alike = trendText(historyOf(savedRuns([10, 10.2, 9.9, 10.1, 10, 9.8, 10.1])), PLAIN_STYLE);
  assertStringIncludes(alike, "No change that is more than noise.");
  assertStringIncludes(trendText(historyOf(savedRuns([10, 20])), PLAIN_STYLE), "in 6 runs and more");
});

browserTest("the page of a history", async ({ browser }) => {
  await using folder = await tempDir();
  const artifacts = Deno.env.get("BENCH_ARTIFACTS") ?? folder.path;
  await Deno.writeTextFile(`${folder.path}/trend.html`, renderTrend(historyOf(savedRuns(SLOWER))));
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!/^(?:file|data):/.test(request.url())) complaints.push(request.url());
  });
  await page.goto(`file://${folder.path}/trend.html`);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    assertEquals(await page.evaluate("document.documentElement.scrollWidth"), width);
    const violations = await page.evaluate(`(async () => {
      if (!globalThis.axe) { ${axe} }
      return (await globalThis.axe.run()).violations.map(({ id }) => id);
    })()`);
    assertEquals(violations, []);
    await page.screenshot({ path: `${artifacts}/trend_${width}.png`, fullPage: true });
  }
  assertEquals(await page.locator(".plot canvas").count(), 5);
  assertStringIncludes(await page.locator("#notes").innerText(), "p95 latency: +25");
  assertStringIncludes(await page.locator("#runs").innerText(), "runs/<b>5</b>.json");
  await page.locator(".plot").first().focus();
  await page.keyboard.press("ArrowRight");
  assertStringIncludes(await page.locator(".tip:visible").first().innerText(), "Run 1");
  assertGreater(await page.locator("#runs tbody tr").count(), 7);
  assertEquals(complaints, []);
});
