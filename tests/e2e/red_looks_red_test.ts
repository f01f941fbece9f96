/** A run with errors and without thresholds is green nowhere; what a step's checks refuse keeps its latency. */
import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

Deno.test("errors without thresholds: terminal, summary, JUnit and page say so", async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const path = (name: string) => `${temp.path}/${name}`;
  const files = ["--json", path("r.json"), "--junit", path("r.xml"), "--html-report", path("r.html")];
  const { code, out } = await program(["-n", "100", ...files, `${server.url}/flaky/30`]);
  assertEquals(code, 0);
  assertMatch(out, /^Errors: \d+ of 100 requests failed \(\d+\.\d\d%\); no threshold was set$/m);
  const summary = await program(["summary", path("r.json")]);
  assertStringIncludes(summary.out, "**⚠️ Errors: ");
  assertNotMatch(summary.out, /✅/);
  assertMatch(
    await Deno.readTextFile(path("r.xml")),
    /skipped="1"[\s\S]*<skipped message="not judged: \d+ of 100/,
  );
  assertStringIncludes(await Deno.readTextFile(path("r.html")), '"tone":"bad","title":"Errors"');
});

Deno.test("steps are in the summary, and a step that fails its checks has a latency", async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const path = (name: string) => `${temp.path}/${name}`;
  const steps = "steps: [{ name: good, path: / }, { name: bad, path: /json, assert_status: 201 }]";
  await Deno.writeTextFile(path("s.yaml"), `name: two\nbase_url: ${server.url}\n${steps}\n`);
  const words = ["--scenario", path("s.yaml"), "--iterations", "30", "--json", path("r.json")];
  const { out } = await program(words);
  assertMatch(out, /^ {2} {0,4}failed responses +30 +\d/m);
  assertMatch(out, /bad: Status: expected 201, got 200/);
  const summary = await program(["summary", path("r.json")]);
  assertMatch(summary.out, /\| bad \| 30 \| 30 \|/);
});

Deno.test("--html writes nothing but the page to standard output, --quiet nothing but two lines", async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const [page, quiet] = await Promise.all([
    program(["-n", "20", "--html", `${server.url}/`]),
    program(["-n", "20", "--quiet", `${server.url}/`]),
  ]);
  assertMatch(page.out, /^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
  assertEquals(quiet.out.trimEnd().split("\n").length, 2);
});
