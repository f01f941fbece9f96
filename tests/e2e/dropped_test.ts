/** Arrivals that never start, and requests that fail fast, do not make a run look better than it was. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertMatch,
  assertNotMatch,
} from "@std/assert";
import type { JsonDocument } from "../../src/result/document/json_document.ts";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause } from "../_support/wait.ts";

async function withDirectory(test: (path: (name: string) => string) => Promise<void>): Promise<void> {
  await using temp = await tempDir();
  const directory = temp.path;
  await test((name) => `${directory}/${name}`);
}

const json = async (path: string): Promise<JsonDocument> => JSON.parse(await Deno.readTextFile(path));

/** The slowest response in seconds. */
function slowestOf({ saved }: JsonDocument): number {
  const steps = saved.total.steps as readonly { readonly latency: { readonly max: number } }[];
  return Math.max(...steps.map(({ latency }) => latency.max)) / 1e6;
}

Deno.test("arrivals that no connection is free for are dropped, counted, ranked, and told first", async () => {
  await using server = await startRawServer(async (connection) => {
    await pause(200);
    await connection.send(response("ok"));
  });
  await withDirectory(async (path) => {
    const claims = ["p50 < 1.5s", "dropped < 1", "delayed < 1", "dropped > 9"];
    const { code, out } = await program([
      ...["--full", "--rate", "20", "-d", "2", "-c", "1", ...claims.flatMap((claim) => ["--th", claim])],
      ...["--json", path("r.json"), server.origin],
    ]);
    assertEquals(code, 2);
    const document = await json(path("r.json"));
    assertEquals(document.thresholds.map(({ passed }) => passed), [false, false, false, true]);
    assertEquals(document.thresholds.map(({ actual }) => actual)[1], String(document.open_loop?.dropped));
    assertEquals(document.open_loop!.dropped + document.open_loop!.start_delay!.count, 40);
    assertEquals(document.trust.samples, 40);
    assert(document.percentiles_at_least.includes("p50"));
    assertGreaterOrEqual(document.percentiles!.p50!, slowestOf(document) - 1e-6);
    const before = out.slice(0, out.indexOf("Total Requests"));
    assertMatch(before, /^ {2}\d\d of 40 arrivals \(\d\d\.\d\d%\) were dropped: /m);
    const again = await program(["report", "--full", path("r.json")]);
    assertEquals(again.out, out.replace(/^.* written to .*\n/gm, ""));
  });
});

Deno.test("dropped iterations rank in the step that they would have begun with", async () => {
  await using server = await startRawServer(async (connection) => {
    await pause(100);
    await connection.send(response("ok"));
  });
  await withDirectory(async (path) => {
    await Deno.writeTextFile(
      path("s.yaml"),
      `name: two\nbase_url: ${server.origin}\nsteps:\n- {name: first, path: "/\${uuid()}"}\n- {name: second, path: /2}\n`,
    );
    const { code, err } = await program([
      ...["--scenario", path("s.yaml"), "--rate", "40", "-d", "1", "-c", "1", "--grace", "200ms"],
      ...["--th", "step:first p95 < 10s", "--th", "step:first dropped < 1", "--json", path("r.json")],
    ]);
    assertEquals(code, 2, err);
    const { step_stats: steps, open_loop: open, thresholds } = await json(path("r.json"));
    assertEquals(thresholds.map(({ passed }) => passed), [false, false]);
    assertEquals(thresholds[1]!.actual, String(open!.dropped));
    assertGreater(open!.dropped, 20);
    assert(steps!.first!.at_least!.includes("p95"));
    assert(!(steps!.second!.at_least ?? []).includes("p50"));
  });
});

Deno.test("requests that fail fast make no percentile small, in no output and in no comparison", async () => {
  let isFailing = false;
  await using server = await startRawServer(async (connection, { number }) => {
    if (isFailing && number % 10 !== 0) return connection.reset();
    await pause(50);
    connection.end(response("ok", { headers: ["Connection: close"] }));
  });
  await withDirectory(async (path) => {
    const load = ["--rate", "40", "-d", "2", "-c", "10", "-m", "POST", "-b", "x", server.origin];
    const before = await program([...load, "--json", path("before.json")]);
    assertEquals(before.code, 0, before.err);
    isFailing = true;
    const { code, out } = await program([
      ...["--baseline", path("before.json"), "--fail-on", "p50 > +10%", "--fail-on", "worse"],
      ...["--json", path("r.json"), "--csv", path("r.csv"), "--hgrm", path("r.hgrm"), ...load],
    ]);
    assertEquals(code, 3, out);
    const document = await json(path("r.json"));
    assertGreaterOrEqual(document.percentiles!.p50!, slowestOf(document) - 1e-6);
    assert(document.percentiles_at_least.includes("p50"));
    const p50 = document.comparison!.metrics.find(({ metric }) => metric === "p50")!;
    assertEquals(p50.at_least, true);
    assert(
      p50.change_percent === undefined || p50.change_percent > 0,
      `p50 changed by ${p50.change_percent}%`,
    );
    assertNotMatch(out, /^.*p50.*−\d.*%.*$/m);
    const rows = (await Deno.readTextFile(path("r.csv"))).split("\r\n");
    assertEquals(rows[50], "50,");
    const lines = (await Deno.readTextFile(path("r.hgrm"))).split("\n").filter((line) => /^ +\d/.test(line));
    for (const line of lines) assertGreaterOrEqual(Number(line.trim().split(/ +/)[0]), 50);
    const summary = await program(["summary", path("r.json"), "--github-output", path("github")]);
    assertMatch(summary.out, /\| p50 \| ≥ /);
    assertMatch(await Deno.readTextFile(path("github")), /^p50=\np95=\np99=\n/);
  });
});
