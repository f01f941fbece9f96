/** The GitHub action as a workflow runs it: its steps, its outputs, and when it fails the job. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parse } from "yaml";
import { startTarget } from "../../src/target/serve.ts";
import { blocksOf, ROOT } from "../docs/_documents.ts";
import { type JobEnd, readAction, runAction } from "../_support/action_runner.ts";
import { unixTest } from "../_support/peers.ts";
import { programScript } from "../_support/program.ts";
import { fileNameOf, nativeTarget } from "../../tools/targets.ts";
import { tempDir } from "../_support/temp_dir.ts";

const PROGRAM = await programScript();

interface Job extends AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  run(inputs: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>): Promise<JobEnd>;
}

/** A job whose runner has this program on its PATH, with a server to load. */
async function newJob(event: unknown = {}): Promise<Job> {
  const temp = await tempDir();
  const folder = temp.path;
  const target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await Deno.mkdir(`${folder}/programs`);
  await Deno.writeTextFile(`${folder}/programs/bench`, PROGRAM, { mode: 0o755 });
  return {
    folder,
    url: `${target.url}/`,
    run: (inputs, env = {}) =>
      runAction({
        folder,
        path: `${folder}/programs`,
        event,
        env,
        inputs: { version: "local", url: `${target.url}/`, args: "-n 50 -t 1", ...inputs },
      }),
    [Symbol.asyncDispose]: async () => {
      await target[Symbol.asyncDispose]();
      await temp[Symbol.asyncDispose]();
    },
  };
}

unixTest("the action runs, judges, summarizes, and says so in its outputs", ["bash"], async () => {
  await using job = await newJob();
  const { isGreen, outputs, summary, log } = await job.run({
    thresholds: "error_rate < 1%\nrps > 0.1",
    "html-report": "report.html",
    title: "Shop",
  });
  assertEquals([isGreen, outputs.verdict, outputs.passed], [true, "pass", "true"], log);
  assertEquals([outputs["total-requests"], outputs["error-rate"]], ["50", "0"]);
  for (const name of ["p50", "rps"]) assertMatch(outputs[name]!, /^\d+(\.\d+)?$/, name);
  assertStringIncludes(summary, "Shop");
  assertMatch(summary, /error.{1,2}rate .{1,4} 1%/);
  assert(!summary.includes("<!--"));
  assertEquals(JSON.parse(await Deno.readTextFile(outputs["results-file"]!)).total_requests, 50);
  assertStringIncludes(await Deno.readTextFile(outputs["summary-file"]!), "<!--");
  assertStringIncludes(await Deno.readTextFile(`${job.folder}/workspace/${outputs["html-report"]}`), "uPlot");
});

unixTest("a breached threshold is the verdict, and fails the job unless soft-fail", ["bash"], async () => {
  await using job = await newJob();
  const inputs = { thresholds: "p50 < 1us" };
  const hard = await job.run(inputs);
  assertEquals(
    [hard.isGreen, hard.outputs.verdict, hard.outputs.passed],
    [false, "threshold", "false"],
    hard.log,
  );
  assertEquals(hard.outputs["total-requests"], "50");
  const soft = await job.run({ ...inputs, "soft-fail": "true" });
  assertEquals([soft.isGreen, soft.outputs.verdict, soft.outputs.passed], [true, "threshold", "false"]);
});

unixTest("a run worse than its baseline is a regression", ["bash"], async () => {
  await using job = await newJob();
  const first = await job.run({ "save-baseline": "baseline.json" });
  assertEquals([first.isGreen, first.outputs.verdict], [true, "pass"], first.log);
  const worse = await job.run({
    url: `${job.url}status/500`,
    args: "-n 20 -c 2 -t 1",
    baseline: "baseline.json",
    "fail-on": "error_rate > 10\nrps < -99%",
  });
  assertEquals([worse.isGreen, worse.outputs.verdict], [false, "regression"], worse.log);
  assertEquals(worse.outputs["not-judged"], "1");
  assertStringIncludes(worse.log, "::warning::bench: 1 rule was not judged");
});

unixTest("a server that is not there is an error, with a summary all the same", ["bash"], async () => {
  await using job = await newJob();
  const { isGreen, outputs } = await job.run({ url: "http://127.0.0.1:1/", args: "-n 3 -t 1" });
  assertEquals([isGreen, outputs.verdict], [false, "error"]);
});

unixTest("a pull request gets one comment, whatever is run again", ["bash", "jq", "curl"], async () => {
  const bodies: string[] = [];
  await using api = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    assertEquals(request.headers.get("authorization"), "Bearer token-of-the-job");
    if (request.method === "GET") return Response.json(bodies.map((body, id) => ({ id: id + 1, body })));
    const { body } = await request.json();
    if (request.method === "PATCH") bodies[0] = body;
    else bodies.push(body);
    return Response.json({});
  });
  await using job = await newJob({ pull_request: { number: 3 } });
  const env = { GITHUB_API_URL: `http://127.0.0.1:${api.addr.port}` };
  for (const title of ["First", "Second"]) {
    const { isGreen, log } = await job.run({ "comment-pr": "true", title }, env);
    assertEquals(isGreen, true, log);
  }
  assertEquals(bodies.length, 1);
  assertStringIncludes(bodies[0]!, "Second");
});

unixTest(
  "without a version the action installs its own, after checking its sum",
  ["bash", "curl"],
  async () => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(PROGRAM));
    const asked: string[] = [];
    await using releases = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      asked.push(new URL(request.url).pathname);
      const isSums = request.url.endsWith("/SHA256SUMS");
      const sums = `${new Uint8Array(digest).toHex()}  ${fileNameOf(nativeTarget()!)}\n`;
      return new Response(isSums ? sums : PROGRAM);
    });
    const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
    await using job = await newJob();
    await Deno.remove(`${job.folder}/programs/bench`);
    const env = { BENCH_RELEASES: `http://127.0.0.1:${releases.addr.port}` };
    const { isGreen, log } = await job.run({ version: "" }, env);
    assertEquals(isGreen, true, log);
    assertEquals(
      asked,
      ["SHA256SUMS", fileNameOf(nativeTarget()!)].map((name) => `/download/v${version}/${name}`),
    );
  },
);

Deno.test("the documented workflow uses inputs and outputs that the action has", async () => {
  const { inputs, outputs } = await readAction();
  const text = await Deno.readTextFile(`${ROOT}docs/github-action.md`);
  const example = blocksOf(text).find(({ language }) => language === "yaml")!;
  const { jobs } = parse(example.text);
  const used = jobs.load.steps.find(({ uses }: { uses?: string }) => uses?.startsWith("OWNER/bench@"));
  assertEquals(Object.keys(used.with).filter((name) => !Object.hasOwn(inputs, name)), []);
  for (const [, name] of example.text.matchAll(/steps\.bench\.outputs\.([\w-]+)/g)) {
    assert(Object.hasOwn(outputs, name!), name);
  }
});
