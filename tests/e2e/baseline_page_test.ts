/**
 * The page of a run beside its baseline: dotted lines in every chart, what was set in words, and what it hands out as
 * files; from the run itself, and from its saved results.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Download, Page } from "playwright-core";
import type { JsonDocument } from "../../src/result/document/json_document.ts";
import { startTarget } from "../../src/target/serve.ts";
import { browserTest } from "../_support/chromium.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { PATIENCE_MS } from "../_support/wait.ts";

browserTest("the page of a run beside its baseline", async ({ browser, step }) => {
  await using folder = await tempDir();
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const file = (name: string) => `${folder.path}/${name}`;
  const scenario = { base_url: target.url, steps: [{ path: "/" }, { path: "/json" }] };
  await Deno.writeTextFile(file("shop.json"), JSON.stringify(scenario));
  const words = ["--scenario", file("shop.json"), "--rate", "40", "-H", "Authorization: Bearer hush"];
  await program([...words, "-d", "3", "--json", file("before.json")]);
  await program([
    ...[...words, "-d", "4", "--baseline", file("before.json"), "--th", "error_rate < 1%"],
    ...["--json", file("now.json"), "--html-report", file("now.html")],
  ]);
  await program(["report", file("now.json"), "--html-report", file("again.html")]);
  const text = await Deno.readTextFile(file("now.html"));

  await step("is the same when it is made of the saved results", async () => {
    assertEquals(await Deno.readTextFile(file("again.html")), text);
    assertEquals(text.includes("hush"), false);
  });

  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  try {
    await page.goto(`file://${file("now.html")}`);
    await page.locator(".plot canvas").first().waitFor();

    await step("has the baseline in every chart, and hides it when asked", async () => {
      const charts = await page.evaluate<[title: string, lines: string[]][]>(
        `report.charts.map(({ spec }) => [spec.title, spec.lines.map(({ label }) => label)])`,
      );
      assertEquals(charts.length > 8, true, JSON.stringify(charts));
      for (const [title, lines] of charts) {
        assert(lines.some((label) => label.toLowerCase().includes("baseline")), `${title}: ${lines}`);
      }
      assertStringIncludes(await page.locator("[data-slot=timeline-lead]").innerText(), "before.json");
      const button = page.locator("#timeline .legend button", { hasText: "Baseline" }).first();
      const shown = () =>
        page.evaluate<boolean[]>(
          `report.charts[0].plot.series.slice(1).map(({ show }) => show)`,
        );
      assertEquals(await shown(), [true, true, true, true]);
      await button.click();
      assertEquals([await button.getAttribute("aria-pressed"), ...await shown()], [
        "false",
        true,
        true,
        false,
        false,
      ]);
      await button.click();
      // A baseline goes with its line.
      await page.locator("#timeline .legend button", { hasText: "Requests" }).click();
      assertEquals(await shown(), [false, true, false, true]);
    });

    await step("says in words what was set, and nothing else", async () => {
      const rows = await page.locator("[data-slot=settings] tbody tr").allInnerTexts();
      const given = rows.map((row) => row.split(/\s*\t\s*/).map((cell) => cell.trim()));
      assertEquals(given.find(([name]) => name === "Rate"), ["Rate", "40 per second", "--rate"]);
      assertEquals(given.find(([name]) => name === "Duration"), ["Duration", "4 s", "-d"]);
      assertEquals(given.find(([name]) => name === "Header"), ["Header", "Authorization: ***", "-H"]);
      assertEquals(given.some(([name]) => name === "Timeout"), false);
    });

    await step("hands out the results and the seconds", async () => {
      const saved = await downloaded(page, "Download the results as JSON");
      assertEquals(saved, await Deno.readTextFile(file("now.json")));
      const { timeline }: JsonDocument = JSON.parse(saved);
      const csv = await downloaded(page, "Download as CSV");
      assertMatch(csv, /^start_sec,end_sec,requests_per_sec,errors_per_sec,p50_ms,[^\r\n]*\r\n0,/);
      const [head, ...rows] = csv.trimEnd().split("\r\n").map((line) => line.split(","));
      assert(head!.includes("baseline_requests_per_sec"));
      assert(rows.every((row) => row.length === head!.length));
      // The page joins a last stub of a window to the one before.
      assert(timeline.length - rows.length <= 1, `${timeline.length} windows, ${rows.length} rows`);
      const requests = rows.reduce((sum, row) => sum + Number(row[2]) * (Number(row[1]) - Number(row[0])), 0);
      const total = timeline.reduce((sum, point) => sum + point.requests, 0);
      assert(Math.abs(requests - total) <= total / 100, `${requests} and ${total}`);
    });
    assertEquals(complaints, []);
  } finally {
    await context.close();
  }
});

async function downloaded(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name }).click(),
  ]) as [Download, void];
  return await Deno.readTextFile(await download.path());
}
