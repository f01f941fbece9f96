/** A real browser's recording of `bench serve` becomes a scenario that sends the server the very same requests. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Browser } from "playwright-core";
import type { SeenRequest } from "../../src/target/journal.ts";
import { startTarget, type Target } from "../../src/target/serve.ts";
import { browserTest } from "../_support/chromium.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

const STATIC = /^\/(?:style\.css|image\.svg)$/;

/** What is compared of a request. */
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly type: string;
}

function headerOf({ headers }: SeenRequest, name: string): string {
  return headers.find(([key]) => key === name)?.[1] ?? "";
}

function seenAs(requests: readonly SeenRequest[]): Seen[] {
  return requests.map((request) => ({
    method: request.method,
    path: request.path,
    body: request.body ?? request.body_base64 ?? "",
    type: headerOf(request, "content-type"),
  }));
}

/** Visits the target's page and sends both of its forms; writes the recording. */
async function record(browser: Browser, url: string, path: string): Promise<void> {
  const context = await browser.newContext({ recordHar: { path, content: "embed" } });
  const page = await context.newPage();
  for (const form of ["plain", "parts"]) {
    await page.goto(`${url}/page?visit=${form}`);
    await page.waitForFunction("document.title === 'Ready'");
    await Promise.all([page.waitForURL(/\/echo/), page.click(`#${form} button`)]);
  }
  await context.close();
}

/** Imports a recording, runs it once, and gives what the server saw, what was said, and the exit code. */
async function replay(server: Target, har: string, flags: readonly string[]) {
  const scenario = har.replace(/\.har$/, `${flags.length}.json`);
  const imported = await program(["har-import", har, "-o", scenario, ...flags]);
  assertEquals(imported.code, 0, imported.err);
  await fetch(`${server.url}/requests`, { method: "DELETE" });
  const ran = await program(["--scenario", scenario, "--iterations", "1", "-c", "1", "--json", "-"]);
  return {
    seen: seenAs(server.seen),
    full: [...server.seen],
    remarks: imported.err,
    result: JSON.parse(ran.out),
  };
}

browserTest(
  "a recording made by Chromium imports, runs, and repeats its requests at the server",
  async ({ browser, step }) => {
    await using temp = await tempDir();
    const folder = temp.path;
    await using server = startTarget({ port: 0, hostname: "127.0.0.1", keep: 100 });
    const har = `${folder}/visit.har`;
    await record(browser, server.url, har);
    // The browser asks for an icon on its own account, and keeps that out of the recording.
    const asked = server.seen.filter(({ path }) => path !== "/favicon.ico");
    const recorded = seenAs(asked);
    const credentials = asked.map((request) => headerOf(request, "authorization"));

    await step("the page makes the kinds of requests that pages make", () => {
      assertEquals(
        new Set(recorded.map(({ method }) => method)),
        new Set(["GET", "POST", "PUT", "DELETE"]),
      );
      const forms = recorded.filter(({ path }) => path.startsWith("/echo?form="));
      assertEquals(forms.map(({ type }) => type.split(";")[0]), [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
      ]);
      assert(recorded.some(({ body }) => body === '{"user": "ann",  "n": 1.0}'), "text kept byte for byte");
      assert(recorded.some(({ path }) => STATIC.test(path)));
      return Promise.resolve();
    });

    await step("with everything kept, nothing differs, credentials included", async () => {
      const { seen, full, remarks, result } = await replay(server, har, [
        "--include-static",
        "--preserve-headers",
        "--assert-status",
        "--no-think-time",
      ]);
      assertEquals(seen, recorded);
      assertEquals(full.map((request) => headerOf(request, "authorization")), credentials);
      assertEquals([result.total_requests, result.total_errors], [recorded.length, 0]);
      assertStringIncludes(remarks, "the scenario holds credentials in headers");
    });

    await step("by default, static files and credentials stay out, and pauses are made", async () => {
      const { seen, full, remarks, result } = await replay(server, har, []);
      assertEquals(seen, recorded.filter(({ path }) => !STATIC.test(path)));
      assertEquals(full.filter((request) => headerOf(request, "authorization") !== ""), []);
      // The page's script sends the token that it was given; without it the server refuses.
      assertEquals(result.total_errors, recorded.filter(({ path }) => path === "/private").length);
      assertStringIncludes(remarks, "static (--include-static)");
      assertStringIncludes(remarks, "Credentials left out");
    });
  },
);
