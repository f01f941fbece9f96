/** What fails a build: thresholds, baselines and comparisons, with the files of saved runs. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { unixTest } from "../_support/peers.ts";
import { program, programUntil } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

function target(): ReturnType<typeof startTarget> {
  return startTarget({ port: 0, hostname: "127.0.0.1" });
}

async function withDirectory(test: (path: (name: string) => string) => Promise<void>): Promise<void> {
  await using temp = await tempDir();
  const directory = temp.path;
  await test((name) => `${directory}/${name}`);
}

Deno.test("bench report makes every file again that the run wrote", async () => {
  await using server = target();
  await withDirectory(async (path) => {
    const names = ["csv", "html-report", "hgrm", "junit"];
    const files = (round: string) => names.flatMap((name) => [`--${name}`, path(`${round}.${name}`)]);
    const ran = await program([
      ...["-n", "200", "-c", "4", "--tag", "build=7", "--th", "p95 < 1us"],
      ...["--json", path("1.json"), ...files("1"), `${server.url}/bytes/100`],
    ]);
    assertEquals(ran.code, 2);
    const again = await program(["report", path("1.json"), "--json", path("2.json"), ...files("2")]);
    assertEquals([again.code, again.err], [0, ""]);
    for (const name of [...names, "json"]) {
      assertEquals(
        await Deno.readTextFile(path(`2.${name}`)),
        await Deno.readTextFile(path(`1.${name}`)),
        name,
      );
    }
    const [first, second] = [ran, again].map(({ out }) => out.replace(/^.* written to .*\n/gm, ""));
    assertEquals(second, first);
  });
});

Deno.test("runs of a URL list have reports of their own, and are rendered again", async () => {
  await using server = target();
  await withDirectory(async (path) => {
    await Deno.writeTextFile(path("urls.txt"), `${server.url}/\n${server.url}/json\n`);
    const { code } = await program([
      ...["--url-file", path("urls.txt"), "--url-mode", "sequential", "-n", "20", "-c", "2"],
      ...["--json", path("r.json"), "--csv", path("r.csv"), "--junit", path("r.xml")],
    ]);
    assertEquals(code, 0);
    assertMatch(await Deno.readTextFile(path("r.2.csv")), /^Percentage/);
    const again = await program([
      "report",
      path("r.json"),
      "--json",
      path("again.json"),
      "--junit",
      path("again.xml"),
    ]);
    assertEquals(again.code, 0);
    for (const [a, b] of [["again.json", "r.json"], ["again.xml", "r.xml"]] as const) {
      assertEquals(await Deno.readTextFile(path(a)), await Deno.readTextFile(path(b)));
    }
    assertEquals((await Deno.readTextFile(path("r.xml"))).match(/<testsuite /g)?.length, 2);
    const refused = await program(["compare", path("r.json"), path("r.json")]);
    assertStringIncludes(refused.err, "it holds 2 runs");
  });
});

unixTest("one report that cannot be written does not keep the others from it", [], async () => {
  await using server = target();
  await withDirectory(async (path) => {
    await Deno.mkdir(path("gone"));
    // Tried before the load, and taken away during it.
    const takeAway = async () => {
      if ((server.counts.get("/delay/10") ?? 0) < 2) return false;
      await Deno.remove(path("gone"), { recursive: true });
      return true;
    };
    const { code, err } = await programUntil(takeAway, [
      ...["-d", "600", "-c", "1", "--csv", path("gone/r.csv"), "--json", path("r.json")],
      `${server.url}/delay/10`,
    ]);
    assertEquals(code, 1);
    assertMatch(err, /Cannot write ".*r\.csv"/);
    assertGreater(JSON.parse(await Deno.readTextFile(path("r.json"))).total_requests, 0);
  });
});

Deno.test("a baseline is saved, compared with, and a worse server found; exit code 3", async () => {
  await using server = target();
  await withDirectory(async (path) => {
    // Errors, since latencies are not judged when the machine is too busy for the load.
    const load = ["-n", "400", "-c", "8", "-t", "1"];
    const base = path("base.json");
    assertEquals((await program([...load, "--save-baseline", base, `${server.url}/flaky/0`])).code, 0);
    const { code, out } = await program([
      ...[
        ...load,
        "--baseline",
        base,
        "--fail-on",
        "error_rate > 20",
        "--fail-on",
        "worse",
        "--json",
        path("now.json"),
      ],
      ...["--junit", path("now.xml"), "--save-baseline", path("new.json"), `${server.url}/flaky/50`],
    ]);
    assertEquals(code, 3);
    assertMatch(out, /error_rate > 20\s+FAIL\s+\+50\.00 points \(0\.00% to 50\.00%\), worse beyond\s+noise/);
    assertStringIncludes(out, "baseline not saved");
    await Deno.stat(path("new.json")).then(() => assert(false), () => {});
    assertStringIncludes(await Deno.readTextFile(path("now.xml")), 'classname="bench.comparison"');
    assertEquals(JSON.parse(await Deno.readTextFile(path("now.json"))).comparison.exit_code, 3);

    const compared = await program([
      "compare",
      "--fail-on",
      "worse",
      "--format",
      "json",
      base,
      path("now.json"),
    ]);
    assertEquals(compared.code, 3);
    assertEquals(JSON.parse(compared.out).regressed, true);
    const back = await program(["compare", "--fail-on", "worse", path("now.json"), base]);
    assertEquals(back.code, 0);
    assertMatch(back.out, /error_rate.*better/);
    const summary = await program([
      ...["summary", path("now.json"), "--marker", "--github-output", path("outputs")],
    ]);
    assertEquals(summary.code, 3);
    assertMatch(summary.out, /^<!-- .* -->\n## Load test\n/);
    const outputs = Object.fromEntries(
      (await Deno.readTextFile(path("outputs"))).trimEnd().split("\n").map((line) => line.split("=")),
    );
    assertEquals(Object.keys(outputs), [
      "p50",
      "p95",
      "p99",
      "rps",
      "success_rps",
      "success_rate",
      "error_rate",
      "total_requests",
      "passed",
      "not_judged",
    ]);
    assertEquals([outputs.error_rate, outputs.passed], ["50", "false"]);
    assertGreater(Number(outputs.p50), 0);
  });
});

Deno.test("bench compare pools the runs of a pattern, and refuses what it cannot compare", async () => {
  await using server = target();
  await withDirectory(async (path) => {
    for (const name of ["a1", "a2"]) {
      await program(["-n", "50", "-c", "2", "--json", path(`${name}.json`), `${server.url}/`]);
    }
    await program(["-n", "50", "-c", "4", "--json", path("b.json"), `${server.url}/`]);
    const pooled = await program(["compare", path("a*.json"), path("b.json"), "--format", "json"]);
    const comparison = JSON.parse(pooled.out);
    assertEquals([pooled.code, comparison.baseline_runs], [0, 2]);
    assertEquals(comparison.config_warnings, ["connections was 2 and is 4"]);
    for (
      const [args, part] of [
        [["--strict-config", path("a1.json"), path("b.json")], "connections was 2 and is 4"],
        [[path("none*.json"), path("b.json")], "no file matches"],
        [[path("none.json"), path("b.json")], "there is no such file"],
        [[path("a1.json")], "expected two files"],
        [["--fail-on", "speed > 1%", path("a1.json"), path("b.json")], 'unknown metric "speed"'],
      ] as const
    ) {
      const { code, err } = await program(["compare", ...args]);
      assertEquals(code, 1);
      assertStringIncludes(err, part);
    }
  });
});

Deno.test("--abort-on-fail ends the run, says why, and exits with 2", async () => {
  await using server = target();
  const { code, out } = await program([
    ...["-d", "60", "-c", "2", "--th", "error_rate < 1%", "--abort-on-fail", "--json", "-"],
    `${server.url}/status/503`,
  ]);
  const result = JSON.parse(out);
  assertEquals([code, result.interrupted, result.aborted.threshold], [2, true, "error_rate < 1%"]);
  assertLess(result.duration_sec, 30);
  assert(result.notes.some(({ text }: { text: string }) => text.includes("was not met")));
});

Deno.test("--log has a line for every request, of all threads", async () => {
  await using server = target();
  await withDirectory(async (path) => {
    const { code, out } = await program([
      ...["-n", "300", "-c", "4", "-t", "2", "--log", path("log.ndjson"), `${server.url}/bytes/10`],
    ]);
    assertEquals(code, 0);
    assertStringIncludes(out, "300 requests logged in");
    const lines = (await Deno.readTextFile(path("log.ndjson"))).trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals(lines.length, 300);
    assert(lines.every(({ status, bytes, latency_ms }) => status === 200 && bytes === 10 && latency_ms > 0));
    const refused = await program(["-n", "1", "--log", path("no/log"), `${server.url}/`]);
    assertEquals(refused.code, 1);
    assertMatch(refused.err, /Cannot write --log/);
  });
});

Deno.test("errors in half of the requests are worse, however short the runs", async () => {
  await using server = target();
  await withDirectory(async (path) => {
    for (const [name, url] of [["good", "/flaky/0"], ["bad", "/flaky/50"]] as const) {
      await program(["-n", "200", "-c", "2", "--json", path(name), `${server.url}${url}`]);
    }
    const { code, out } = await program(["compare", "--fail-on", "worse", path("good"), path("bad")]);
    assertEquals(code, 3, out);
    assertMatch(out, /worse +FAIL +worse: error_rate \+50.00 points \(0.00% to 50.00%\)/);
    assertMatch(out, /success_rps /);
    assertMatch(out, /total_requests .* not judged\n/);
    const same = await program(["compare", "--fail-on", "worse", path("good"), path("good")]);
    assertEquals(same.code, 0, same.out);
    assertMatch(same.out, /worse +NOT JUDGED .*the runs are too short to tell/);
    assertMatch(same.out, /Result: NOT JUDGED\n/);
    assertMatch(same.err, /^bench: Rule "worse" was not judged: .*the runs are too short to tell/);
    const outputs = ["--github-output", path("outputs")];
    const summary = await program([
      ...["summary", path("good"), "--baseline", path("good"), "--fail-on", "worse", ...outputs],
    ]);
    assertEquals(summary.code, 0, summary.err);
    assertMatch(summary.out, /^- ❔ worse: not judged: /m);
    assertStringIncludes(await Deno.readTextFile(path("outputs")), "passed=true\nnot_judged=1\n");
    const again = await program([
      ...["-n", "200", "-c", "2", "--baseline", path("good"), "--fail-on", "worse"],
      ...["--junit", path("r.xml"), `${server.url}/flaky/0`],
    ]);
    assertEquals(again.code, 0);
    assertMatch(again.out, /Done: no errors; 1 rule against the baseline not judged/);
    assertMatch(await Deno.readTextFile(path("r.xml")), /<skipped message="not judged: /);
  });
});

Deno.test("a threshold without a unit is shown with the one it was taken in, and warned of once", async () => {
  await using server = target();
  await withDirectory(async (path) => {
    const { code, out } = await program([
      ...["-n", "100", "--th", "p95 < 300", "--th", "p99 < 400", "--th", "error_rate < 1"],
      ...["--json", path("r.json"), "--junit", path("r.xml"), `${server.url}/`],
    ]);
    assertEquals(code, 0);
    assertMatch(out, /p95 < 300 s +Actual: .* PASS\n/);
    assertMatch(out, /error_rate < 1% +Actual: .* PASS\n/);
    assertEquals(out.match(/Bounds given without a unit/g)?.length, 1);
    const verdicts = JSON.parse(await Deno.readTextFile(path("r.json"))).thresholds;
    assertEquals(verdicts.map(({ expression }: { expression: string }) => expression), [
      "p95 < 300 s",
      "p99 < 400 s",
      "error_rate < 1%",
    ]);
    assertStringIncludes(await Deno.readTextFile(path("r.xml")), 'name="p95 &lt; 300 s"');
    const summary = await program(["summary", path("r.json"), "--threshold", "p95 < 300"]);
    assertMatch(summary.out, /✅ \| p95 .*300 s/);
  });
});
