/**
 * The page of a run that goes on, in a real browser: what it shows, what it changes, and what is left when the run is over.
 */
import { assert, assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import axe from "axe-core/script" with { type: "text" };
import type { Page } from "playwright-core";
import type { JsonDocument } from "../../src/result/document/json_document.ts";
import { startTarget } from "../../src/target/serve.ts";
import { browserTest } from "../_support/chromium.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { PATIENCE_MS, pause, until } from "../_support/wait.ts";
import { watch } from "./_fleet.ts";

const STEPS = ["home", "search", "item", "cart", "pay"];
const PATHS = ["/", "/json", "/bytes/100", "/switch/1", "/delay/2"];
const CART = STEPS.indexOf("cart");

browserTest("the page of a run that goes on", async ({ browser, step }) => {
  await using folder = await tempDir();
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const file = (name: string) => `${folder.path}/${name}`;
  const artifacts = Deno.env.get("BENCH_ARTIFACTS") ?? folder.path;
  const scenario = {
    name: "shop",
    base_url: target.url,
    steps: STEPS.map((name, i) => ({ name, path: PATHS[i] })),
  };
  await Deno.writeTextFile(file("shop.json"), JSON.stringify(scenario));
  const run = watch([
    ...["--scenario", file("shop.json"), "--rate", "10", "-d", "600", "-t", "2", "--web"],
    ...["--json", file("run.json"), "--html-report", file("report.html")],
  ]);
  let isOver = false;
  void run.ended.then(() => isOver = true);
  try {
    await run.says("/?token=");
    const said = run.said();
    const url = /live page: (http:\/\/127\.0\.0\.1:\d+\/\?token=\w+)/.exec(said)![1]!;
    const api = url.replace(/\/\?.*/, "/run");
    const foreign: string[] = [];
    const complaints: string[] = [];
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      acceptDownloads: true,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    page.on("request", (request) => {
      const asked = request.url();
      if (!asked.startsWith(new URL("/", url).href) && !asked.startsWith("blob:")) foreign.push(asked);
    });
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(url);
    const flips = { onMs: 0, offMs: 0 };

    await step("shows which step fails, while it does", async () => {
      await until(async () => await windowsShown(page) >= 2);
      flips.onMs = Date.now();
      await fetch(`${target.url}/switch/1/503`).then((response) => response.body?.cancel());
      await until(async () => (await errorsShown(page, CART)).filter((count) => count > 0).length >= 4);
      flips.offMs = Date.now();
      await fetch(`${target.url}/switch/1/200`).then((response) => response.body?.cancel());
      await until(async () => {
        const errors = await errorsShown(page, CART);
        return errors.slice(-2).every((count) => count === 0);
      });
      for (const [i] of STEPS.entries()) {
        const errors = await errorsShown(page, i);
        assertEquals(errors.some((count) => count > 0), i === CART, STEPS[i]);
      }
      const row = await page.locator("[data-slot=error-periods] tbody tr").innerText();
      assertMatch(row, /cart\s+HTTP 503\s+\d+/);
    });

    await step("is accessible, and fits a phone, light and dark", async () => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of [1280, 390]) {
          await page.setViewportSize({ width, height: 900 });
          await settle(page);
          assertEquals(await violations(page), [], `${colorScheme}, ${width}`);
          assertEquals(await page.evaluate("document.documentElement.scrollWidth"), width);
          await page.screenshot({ path: `${artifacts}/live_${colorScheme}_${width}.png`, fullPage: true });
        }
      }
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize({ width: 1280, height: 900 });
    });

    await step("raises the rate, which the server counts", async () => {
      await page.getByLabel("Rate per second").fill("30");
      await page.getByLabel("Rate per second").press("Enter");
      await page.locator(".live-said", { hasText: "rate 30/s" }).waitFor();
      await until(async () => {
        const [before, atMs] = [served(target), performance.now()];
        await pause(2000);
        return (served(target) - before) / (performance.now() - atMs) * 1000 > 22;
      });
    });

    await step("marks a moment, and pauses", async () => {
      await page.getByLabel("Note for this moment").fill("<b>deploy</b> 1.2");
      await page.getByRole("button", { name: "Mark" }).click();
      await page.locator(".live-said", { hasText: "<b>deploy</b> 1.2" }).waitFor();
      await page.getByRole("button", { name: "Pause" }).click();
      await page.locator("#verdict", { hasText: "Paused" }).waitFor();
      await until(async () => {
        const before = served(target);
        await pause(700);
        return served(target) === before;
      });
      await page.getByRole("button", { name: "Resume" }).click();
      const before = served(target);
      await until(() => served(target) > before + 20);
    });

    await step("answers programs, which need the token to change anything", async () => {
      const state = await (await fetch(api)).json();
      assertEquals([state.state, state.rate, state.workers.length], ["running", 30, 2]);
      const ask = async (body: unknown, headers: Record<string, string>) => {
        const response = await fetch(api, { method: "PATCH", body: JSON.stringify(body), headers });
        return [response.status, await response.json()] as const;
      };
      const token = new URL(url).searchParams.get("token");
      const bearer = { authorization: `Bearer ${token}` };
      assertEquals((await ask({ stop: true }, {}))[0], 401);
      assertEquals((await ask({ stop: true }, { authorization: "Bearer 0" }))[0], 401);
      assertEquals((await ask({ users: 5 }, bearer))[0], 400);
      assertEquals((await ask({ rates: 5 }, bearer))[0], 400);
      assertEquals((await ask([], bearer))[0], 400);
      const [status, { changes }] = await ask({ rate: 20, note: "by a program" }, bearer);
      assertEquals([status, changes[0].text], [200, "rate 20/s: by a program"]);
    });

    await step("ends as the report in place, which it saves", async () => {
      await page.getByRole("button", { name: "Stop" }).click();
      const save = page.getByRole("button", { name: "Save this report" });
      await save.waitFor();
      await run.ended;
      await page.locator("#verdict strong").waitFor();
      assertEquals(await page.locator(".live-controls").count(), 0);
      assertGreater(await page.locator("#trust .trust-item").count(), 0);
      const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
      await download.saveAs(file("saved.html"));
      assertEquals(
        await Deno.readTextFile(file("saved.html")),
        await Deno.readTextFile(file("report.html")),
      );
      assertEquals(await violations(page), []);
      await page.screenshot({ path: `${artifacts}/live_over_1280.png`, fullPage: true });
      assertEquals([foreign, complaints], [[], []]);
    });

    await step("leaves the changes in the results, and the seconds in which the step failed", async () => {
      const document: JsonDocument = JSON.parse(await Deno.readTextFile(file("run.json")));
      assertEquals(
        document.changes!.map(({ kind, value, note }) => [kind, value, note]),
        [
          ["rate", 30, undefined],
          ["mark", undefined, "<b>deploy</b> 1.2"],
          ["pause", undefined, undefined],
          ["resume", undefined, undefined],
          ["rate", 20, "by a program"],
          ["stop", undefined, undefined],
        ],
      );
      assert(document.trust.findings.some(({ text }) => text.includes("changed by hand")));
      const { t, span, steps } = document.series!;
      for (const [i, total] of document.timeline.entries()) {
        assertEquals(steps.reduce((sum, { requests }) => sum + requests[i]!, 0), total.requests);
        assertEquals(steps.reduce((sum, { errors }) => sum + errors[i]!, 0), total.errors);
      }
      const [onSec, offSec] = [flips.onMs, flips.offMs].map((ms) =>
        (ms - Date.parse(document.started_at)) / 1000
      );
      const cart = steps[CART]!;
      // What failed was sent after the flip; how much later it is counted is the machine's affair.
      t.forEach((from, i) => from + span[i]! < onSec! && assertEquals(cart.errors[i], 0, `second ${i}`));
      assert(t.some((from, i) => from + span[i]! > onSec! && from < offSec! && cart.errors[i]! > 0));
      const [period] = document.series!.error_periods;
      assertStringIncludes(JSON.stringify(period), '"step":"cart"');
    });
    await context.close();
  } finally {
    if (!isOver) run.child.kill("SIGKILL");
  }
});

/** Requests that the target has had for the first step. */
function served(target: { readonly counts: ReadonlyMap<string, number> }): number {
  return target.counts.get("/") ?? 0;
}

/** Windows that the charts of the parts show. */
async function windowsShown(page: Page): Promise<number> {
  return await page.evaluate(`(() => {
    const chart = report.charts.find(({ spec }) => spec.title === "Steps: errors per second");
    return chart === undefined ? 0 : chart.plot.data[0].length;
  })()`);
}

/** Errors per second of a step, as its chart has them. */
async function errorsShown(page: Page, step: number): Promise<number[]> {
  return await page.evaluate(`(() => {
    const chart = report.charts.find(({ spec }) => spec.title === "Steps: errors per second");
    return chart.plot.data[1 + ${step}];
  })()`);
}

async function settle(page: Page): Promise<void> {
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}

/** What axe finds wrong with the page. */
async function violations(page: Page): Promise<string[]> {
  return await page.evaluate(`(async () => {
    if (!globalThis.axe) { ${axe} }
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ target }) => target.join(" ")).join(", "));
  })()`);
}
