/** The interactive report in a real browser, from a file and without a network. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { renderHtml } from "../../src/report/html.ts";
import type { Outcome } from "../../src/result/outcome.ts";
import { browserTest } from "../_support/chromium.ts";
import { evenOutcome, shopOutcome } from "../_support/html_outcome.ts";
import { hostileOutcome, OUTCOMES } from "../_support/outcomes.ts";
import { PATIENCE_MS } from "../_support/wait.ts";

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

browserTest("html report in a browser", async ({ browser, step }) => {
  const folder = Deno.env.get("BENCH_ARTIFACTS") ?? await Deno.makeTempDir({ prefix: "bench-html-" });
  await Deno.mkdir(folder, { recursive: true });
  try {
    await step("draws every chart without a complaint, on every outcome", async () => {
      const outcomes = { ...OUTCOMES, hostile: hostileOutcome, even: evenOutcome };
      for (const [name, make] of Object.entries(outcomes)) {
        await withPage(browser, { folder, name, outcome: make() }, async (page) => {
          for (const painted of await paintedPixels(page)) assertGreater(painted, 100, name);
        });
      }
    });
    await step("runs nothing that hostile text brings along", () => hostileText(browser, folder));
    await step("shows values under the pointer", () => pointer(browser, folder));
    await step("zooms all charts over time together, and back", () => zooming(browser, folder));
    await step("switches series off and on by their legend", () => legend(browser, folder));
    await step("can be read and zoomed with the keyboard alone", () => keyboard(browser, folder));
    await step("switches between logarithmic and linear axes", () => scales(browser, folder));
    await step("follows the system's theme and switches it", () => themes(browser, folder));
    await step("sorts and unfolds long tables", () => tables(browser, folder));
    await step("fits a phone and answers to a finger", () => phone(browser, folder));
    await step("cuts no column off on a wide screen", () => wideTables(browser, folder));
    await step("prints light, on few pages, and comes back", () => printing(browser, folder));
    await step("looks as on the screenshots", () => screenshots(browser, folder));
  } finally {
    if (!Deno.env.has("BENCH_ARTIFACTS")) await Deno.remove(folder, { recursive: true });
  }
});

async function hostileText(browser: Browser, folder: string): Promise<void> {
  await withPage(browser, { folder, name: "hostile", outcome: hostileOutcome() }, async (page) => {
    assertEquals(
      await page.locator("main script, main img, main iframe, main a[href^='javascript']").count(),
      0,
    );
    assertStringIncludes(await page.locator("#steps").innerText(), `"><script>alert(1)</script>`);
    assertStringIncludes(await page.locator("#config").innerText(), `"><script>alert(1)</script>`);
  });
}

async function pointer(browser: Browser, folder: string): Promise<void> {
  await withPage(browser, shop(folder), async (page) => {
    const charts = page.locator(".plot");
    assertEquals(await charts.count(), 5);
    const said = [
      /Requests\s*\d+\/s/,
      /p99\s*[\d.]+.(?:ms|s)/,
      /Active users\s*\d+/,
      /within/,
      /Successful\s*\d/,
    ];
    assertEquals(await page.locator(".tip:visible").count(), 0);
    for (const [i, expected] of said.entries()) {
      await charts.nth(i).scrollIntoViewIfNeeded();
      await moveTo(page, i, 0.3);
      const tip = charts.nth(i).locator(".tip");
      await tip.waitFor({ state: "visible" });
      assertMatch(await tip.innerText(), expected);
    }
    // The three charts over time show the same moment.
    await charts.nth(0).scrollIntoViewIfNeeded();
    await moveTo(page, 0, 0.5);
    const titles = await page.locator("#timeline .tip-title").allInnerTexts();
    assertEquals(titles.length, 3);
    assertEquals(new Set(titles).size, 1);
    // Leaving hides the values.
    await page.mouse.move(5, 5);
    await charts.nth(0).locator(".tip").waitFor({ state: "hidden" });
  });
}

async function zooming(browser: Browser, folder: string): Promise<void> {
  await withPage(browser, shop(folder), async (page) => {
    await page.locator(".plot").nth(0).scrollIntoViewIfNeeded();
    const whole = await ranges(page);
    await moveTo(page, 0, 0.25);
    await page.mouse.down();
    await moveTo(page, 0, 0.5);
    await page.mouse.up();
    const zoomed = await ranges(page);
    for (const i of [0, 1, 2]) {
      assertLess(Math.abs(zoomed[i]![0] - 30), 3);
      assertLess(Math.abs(zoomed[i]![1] - 60), 3);
    }
    assertEquals(zoomed.slice(3), whole.slice(3), "other charts moved");
    const box = (await page.locator(".plot .u-over").nth(1).boundingBox())!;
    await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
    assertEquals(await ranges(page), whole);
    // Buttons do the same.
    await page.mouse.move(5, 5);
    await page.locator("#timeline .zoom button").nth(0).click();
    const [closer] = await ranges(page);
    assertLess(closer![1] - closer![0], 65);
    await page.locator("#timeline .zoom button").nth(2).click();
    assertEquals(await ranges(page), whole);
    // The percentile curve zooms alone.
    await page.locator("[data-slot=curve] .zoom button").nth(0).click();
    assertEquals((await ranges(page)).slice(0, 3), whole.slice(0, 3));
    assertLess((await ranges(page))[3]![1], whole[3]![1]);
  });
}

async function legend(browser: Browser, folder: string): Promise<void> {
  await withPage(browser, shop(folder), async (page) => {
    const button = page.locator("#timeline .legend button", { hasText: "p99" });
    const isShown = () => page.evaluate<boolean>("report.charts[1].plot.series[1].show");
    const before = await paintedPixels(page);
    await button.click();
    assertEquals([await button.getAttribute("aria-pressed"), await isShown()], ["false", false]);
    await settle(page);
    assert((await paintedPixels(page))[1] !== before[1], "the chart did not change");
    await moveTo(page, 1, 0.4);
    assert(!(await page.locator(".plot").nth(1).locator(".tip").innerText()).includes("p99"));
    await button.click();
    assertEquals([await button.getAttribute("aria-pressed"), await isShown()], ["true", true]);
  });
}

async function keyboard(browser: Browser, folder: string): Promise<void> {
  await withPage(browser, shop(folder), async (page) => {
    const chart = page.locator(".plot").nth(0);
    await chart.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assertStringIncludes(await chart.locator(".tip").innerText(), "0:01 – 0:02");
    const [whole] = await ranges(page);
    await page.keyboard.press("+");
    const [zoomed] = await ranges(page);
    assertLess(zoomed![1] - zoomed![0], whole![1] - whole![0]);
    await page.keyboard.press("Escape");
    assertEquals((await ranges(page))[0], whole);
  });
}

async function scales(browser: Browser, folder: string): Promise<void> {
  await withPage(browser, shop(folder), async (page) => {
    const kinds = () => page.evaluate<number[]>("report.charts.map(({ plot }) => plot.scales.y.distr)");
    const before = await kinds();
    assertEquals(
      await page.evaluate("report.charts[3].plot.scales.x.distr"),
      3,
      "percentiles are not logarithmic",
    );
    for (const button of await page.locator(".toggle").all()) await button.click();
    await settle(page);
    assertEquals(await kinds(), before.map((kind, i) => [1, 3, 4].includes(i) ? 4 - kind : kind));
    for (const painted of await paintedPixels(page)) assertGreater(painted, 100);
  });
}

async function themes(browser: Browser, folder: string): Promise<void> {
  const background = (page: Page) => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  await withPage(browser, { ...shop(folder), colorScheme: "dark" }, async (page) => {
    const [dark, darkLine] = [await background(page), await colourOfCurve(page)];
    await page.locator("#theme").click();
    await settle(page);
    assert(await background(page) !== dark, "the page stayed dark");
    assert(await colourOfCurve(page) !== darkLine, "the charts stayed dark");
    assertEquals(await page.locator("#theme").getAttribute("aria-label"), "Switch to the dark theme");
    await page.locator("#theme").click();
    await settle(page);
    assertEquals([await background(page), await colourOfCurve(page)], [dark, darkLine]);
  });
  await withPage(browser, shop(folder), async (page) => {
    const light = await background(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await settle(page);
    assert(await background(page) !== light, "the page did not follow the system");
  });
}

async function tables(browser: Browser, folder: string): Promise<void> {
  await withPage(browser, { folder, name: "huge", outcome: OUTCOMES.huge!() }, async (page) => {
    const shown = page.locator("#steps tbody tr:visible");
    assertEquals(await shown.count(), 25);
    await page.locator("#steps .more").click();
    assertEquals(await shown.count(), 120);
    await page.locator("#steps th button", { hasText: /^p95$/ }).click();
    assertStringIncludes(await shown.first().innerText(), "Step 120:");
    await page.locator("#steps th button", { hasText: /^p95$/ }).click();
    assertStringIncludes(await shown.first().innerText(), "Step 1:");
  });
}

async function phone(browser: Browser, folder: string): Promise<void> {
  const options = { viewport: PHONE, hasTouch: true, isMobile: true };
  await withPage(browser, { ...shop(folder), ...options }, async (page) => {
    assertEquals(await page.evaluate("document.documentElement.scrollWidth"), PHONE.width);
    const chart = page.locator(".plot").nth(0);
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.locator(".u-over").boundingBox())!;
    await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    const tip = chart.locator(".tip");
    await tip.waitFor({ state: "visible" });
    const shown = (await tip.boundingBox())!;
    assertGreater(shown.x, 0);
    assertLess(shown.x + shown.width, PHONE.width);
  });
}

async function wideTables(browser: Browser, folder: string): Promise<void> {
  const outcomes = {
    shop: shopOutcome(120),
    open_loop: OUTCOMES.open_loop!(),
    ordinary: OUTCOMES.ordinary!(),
  };
  for (const [name, outcome] of Object.entries(outcomes)) {
    await withPage(browser, { folder, name, outcome }, async (page) => {
      const cut = await page.evaluate<string[]>(
        `[...document.querySelectorAll("main table")].filter((table) =>
          table.offsetParent !== null && table.scrollWidth > table.parentElement.clientWidth
        ).map((table) => table.innerText.slice(0, 60))`,
      );
      assertEquals(cut, [], name);
    });
  }
}

async function printing(browser: Browser, folder: string): Promise<void> {
  await withPage(browser, { ...shop(folder), colorScheme: "dark" }, async (page) => {
    const before = await page.evaluate("report.charts.map(({ plot }) => plot.width)");
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    await Deno.writeFile(`${folder}/report.pdf`, pdf);
    const pages = new TextDecoder("latin1").decode(pdf).match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    assertGreaterOrEqual(pages, 3, `${pages} pages`);
    assertLessOrEqual(pages, 9, `${pages} pages`);
    await settle(page);
    assertEquals(await page.evaluate("document.documentElement.dataset.theme"), undefined);
    assertEquals(await page.evaluate("report.charts.map(({ plot }) => plot.width)"), before);
    await page.emulateMedia({ media: "print" });
    assertEquals(await page.evaluate("getComputedStyle(document.documentElement).colorScheme"), "light");
    assert(await page.locator("header.bar").isHidden());
  });
}

async function screenshots(browser: Browser, folder: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [name, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
      await withPage(browser, { ...shop(folder), colorScheme, viewport }, async (page) => {
        const picture = await page.screenshot({
          path: `${folder}/${name}_${colorScheme}.png`,
          fullPage: true,
        });
        assertGreater(picture.length, 50_000);
      });
    }
  }
}

interface Visit extends BrowserContextOptions {
  readonly folder: string;
  readonly name: string;
  readonly outcome: Outcome;
}

function shop(folder: string): Visit {
  return { folder, name: "shop", outcome: shopOutcome(120) };
}

/** Opens a report from a file, offline, and fails on any complaint or request of the page. */
async function withPage(browser: Browser, visit: Visit, use: (page: Page) => Promise<void>): Promise<void> {
  const { folder, name, outcome, ...options } = visit;
  const path = `${folder}/${name}.html`;
  await Deno.writeTextFile(path, renderHtml(outcome));
  const context = await browser.newContext({
    viewport: DESKTOP,
    colorScheme: "light",
    ...options,
    offline: true,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => complaints.push(dialog.message()));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("file://") && !url.startsWith("data:")) complaints.push(`requested ${url}`);
  });
  try {
    await page.goto(`file://${path}`);
    await settle(page);
    await use(page);
    assertEquals(complaints, []);
  } finally {
    await context.close();
  }
}

/** Charts draw in microtasks; two frames later everything is on the screen. */
async function settle(page: Page): Promise<void> {
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}

/** Reads a copy, since reading the chart's own canvas often makes the browser complain. */
const READ_PIXELS = `(() => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  return copy.getImageData(0, 0, canvas.width, canvas.height);
})()`;

/** How many pixels of each chart's canvas are not empty. */
function paintedPixels(page: Page): Promise<number[]> {
  return page.evaluate(`[...document.querySelectorAll(".plot canvas")].map((canvas) => {
    const { data } = ${READ_PIXELS};
    let painted = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) painted++;
    return painted;
  })`);
}

/** The most frequent opaque colour of the percentile curve's canvas. */
function colourOfCurve(page: Page): Promise<string> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector("[data-slot=curve] canvas");
    const { data } = ${READ_PIXELS};
    const seen = new Map();
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] < 255) continue;
      const key = data.slice(i, i + 3).join();
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    return [...seen].sort((a, b) => b[1] - a[1])[0][0];
  })()`);
}

/** The stretch that each chart shows. */
function ranges(page: Page): Promise<[number, number][]> {
  return page.evaluate("report.charts.map(({ plot }) => [plot.scales.x.min, plot.scales.x.max])");
}

/** Moves the pointer into a chart, to this part of its width. */
async function moveTo(page: Page, chart: number, part: number): Promise<void> {
  const box = (await page.locator(".plot .u-over").nth(chart).boundingBox())!;
  await page.mouse.move(box.x + box.width * part, box.y + box.height / 2, { steps: 3 });
}
