/**
 * `deno task pictures [terminal|report|live]`: the pictures of the documents, from real runs against the built-in target. The terminal's is
 * the text itself, as SVG; the pages' are what Chromium shows.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";
import { startTarget } from "../src/target/serve.ts";

const DOCS = new URL("../docs/", import.meta.url);
const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Colours of the terminal's picture by SGR code (ECMA-48, 8.3.117). */
const COLORS: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "36": "#79c0ff",
  "90": "#8b949e",
};
const LINE_PX = 17;
const COLUMN_PX = 7.8;
const MARGIN_PX = 16;

/**
 * Terminal output as a picture.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * assertStringIncludes(terminalSvg("a \x1b[1m<b>\x1b[22m"), '<tspan font-weight="bold">&#60;b&#62;</tspan>');
 * ```
 */
export function terminalSvg(output: string): string {
  const lines = output.trimEnd().split("\n");
  // deno-lint-ignore no-control-regex -- the codes are what is taken out
  const columns = Math.max(...lines.map((line) => line.replace(/\x1b\[\d*m/g, "").length));
  const width = Math.ceil(columns * COLUMN_PX) + 2 * MARGIN_PX;
  const height = lines.length * LINE_PX + 2 * MARGIN_PX;
  const texts = lines.map((line, at) =>
    `<text x="${MARGIN_PX}" y="${MARGIN_PX + (at + 0.75) * LINE_PX}" xml:space="preserve">${
      spans(line)
    }</text>`
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g fill="#e6edf3" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13">
${texts.join("\n")}
</g>
</svg>
`;
}

function spans(line: string): string {
  let isBold = false;
  let color = "";
  // deno-lint-ignore no-control-regex -- the codes are what is looked for
  return line.split(/\x1b\[(\d*)m/).map((part, at) => {
    if (at % 2 === 0) {
      const style = `${isBold ? ' font-weight="bold"' : ""}${color === "" ? "" : ` fill="${color}"`}`;
      const text = part.replace(/[&<>]/g, (sign) => `&#${sign.codePointAt(0)};`);
      return part === "" || style === "" ? text : `<tspan${style}>${text}</tspan>`;
    }
    if (part === "1") isBold = true;
    if (part === "22" || part === "0") isBold = false;
    if (part === "39" || part === "0") color = "";
    color = COLORS[part] ?? color;
    return "";
  }).join("");
}

async function bench(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, ...args],
    env: { FORCE_COLOR: "1" },
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function terminalPicture(url: string): Promise<void> {
  const words = ["-c", "50", "-d", "5", "--th", "p95 < 300ms", "--th", "error_rate < 1%"];
  const output = (await bench([...words, `${url}/`])).replaceAll(url, "http://localhost:8080");
  const command = "$ bench -c 50 -d 5 --th 'p95 < 300ms' --th 'error_rate < 1%' http://localhost:8080/";
  await Deno.writeTextFile(new URL("terminal.svg", DOCS), terminalSvg(`${command}\n${output.trimEnd()}`));
}

/** Takes the picture of a page as wide as a desk's screen, once `until` has come about. */
async function picture(
  address: string,
  { file, height, until = () => Promise.resolve() }: {
    readonly file: string;
    readonly height: number;
    readonly until?: (tab: Page) => Promise<void>;
  },
): Promise<void> {
  const browser = await chromium.launch({
    executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    const tab = await browser.newPage({ viewport: { width: 1200, height }, colorScheme: "light" });
    await tab.goto(address);
    await tab.locator(".plot canvas").first().waitFor();
    await until(tab);
    await tab.screenshot({ path: fileURLToPath(new URL(file, DOCS)) });
  } finally {
    await browser.close();
  }
}

/** A run of a shop whose payments fail for some seconds, with a rate that was raised and a moment that was marked. */
async function livePicture(url: string): Promise<void> {
  const folder = await Deno.makeTempDir();
  const paths = { home: "/", search: "/shop/items?q=lamp", item: "/random/8", pay: "/switch/1" };
  const steps = Object.entries(paths).map(([name, path]) => ({ name, path }));
  const scenario = `${folder}/shop.json`;
  await Deno.writeTextFile(scenario, JSON.stringify({ name: "Shop", base_url: url, steps }));
  const words = [scenario, "--rate", "30", "-d", "60", "-t", "2", "--web"];
  const run = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, ...words],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  try {
    const said = run.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!/token=\w+\s/.test(text)) text += (await said.read()).value ?? "";
    const [address = ""] = /http:\S+token=\w+/.exec(text) ?? [];
    const switched = async (status: number) => await (await fetch(`${url}/switch/1/${status}`)).text();
    await picture(address, {
      file: "live-page.png",
      height: 1560,
      until: async (tab) => {
        const seconds = 'report.charts.find(({ spec }) => spec.group === "time")?.plot.data[0].length ?? 0';
        const windows = async (count: number) => {
          while (await tab.evaluate<number>(seconds) < count) await tab.waitForTimeout(100);
        };
        await windows(6);
        await switched(503);
        await windows(10);
        await switched(200);
        await tab.getByLabel("Note for this moment").fill("deploy 1.42");
        await tab.getByRole("button", { name: "Mark" }).click();
        await windows(14);
        await tab.getByLabel("Rate per second").fill("60");
        await tab.getByLabel("Rate per second").press("Enter");
        await windows(22);
        await tab.evaluate('document.querySelector(".subtitle").textContent = "http://localhost:8080/"');
      },
    });
  } finally {
    run.kill("SIGKILL");
    await run.status;
    await Deno.remove(folder, { recursive: true });
  }
}

async function pagePicture(url: string): Promise<void> {
  const page = await Deno.makeTempFile({ suffix: ".html" });
  const load = ["-c", "200", "--rate", "100", "--traffic-profile", "sine:cycles=3,min=0.2", "-d", "20"];
  await bench([
    ...load,
    "--th",
    "p99 < 1s",
    "--latency-breakdown",
    "--html-report",
    page,
    `${url}/capacity/4/45`,
  ]);
  const html = (await Deno.readTextFile(page)).replaceAll(url, "http://localhost:8080");
  await Deno.writeTextFile(page, html.replaceAll(new URL(url).host, "localhost:8080"));
  try {
    await picture(`file://${page}`, { file: "report.png", height: 1640 });
  } finally {
    await Deno.remove(page);
  }
}

if (import.meta.main) {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  const makers = { terminal: terminalPicture, report: pagePicture, live: livePicture };
  const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(makers);
  for (const [name, make] of Object.entries(makers)) if (wanted.includes(name)) await make(target.url);
}
