/** Failed extractions and placeholders without a value are errors by their rule, in every output of the program. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SCENARIO = `
on_extract_failure: continue
steps:
  - { name: a, path: /json, extract: { t: { json: $.nope } } }
  - { name: b, path: "/echo?x=\${t}" }
  - { name: c, path: /status/500, extract: { u: { header: X-U } } }
`;

const NOT_FOUND = "ExtractFailure: t: nothing at JSON path $.nope";
const NO_HEADER = 'ExtractFailure: u: no header "X-U"';
const NO_VALUE = "TemplateError: no value for ${t}";
/** The first and the last of them as reports for people tell them. */
const IN_WORDS = ["Not extracted: t: nothing at JSON path $.nope", "Not filled in: no value for ${t}"];

/** Takes what is pushed to it. */
function collector() {
  const bodies: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    bodies.push(await request.text());
    return new Response(null, { status: 204 });
  });
  return {
    bodies,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("a step that cannot be filled in is an error but no request, and every rule has its count", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using influx = collector();
  await using temp = await tempDir();
  const folder = temp.path;
  const path = (name: string) => `${folder}/${name}`;
  const read = (name: string) => Deno.readTextFile(path(name));
  await Deno.writeTextFile(path("s.yaml"), SCENARIO);
  const ran = await program([
    ...["--scenario", path("s.yaml"), "--iterations", "10", "-c", "2", "-t", "2", "--latency-breakdown"],
    "--full",
    ...["--th", "success_rate > 1%", "--th", "step:b error_rate < 1%"],
    ...["--json", path("r.json"), "--html-report", path("r.html"), "--junit", path("r.xml")],
    ...["--csv", path("r.csv"), "--hgrm", path("r.hgrm"), "--log", path("r.log"), "--influx", influx.url],
    target.url,
  ]);
  assertEquals(ran.code, 2, ran.err);

  // on_template_error ends an iteration at step b.
  const sent = await (await fetch(`${target.url}/counter`)).json();
  assertEquals(sent, { "/json": 10 });
  const result = JSON.parse(await read("r.json"));
  assertEquals([result.total_requests, result.total_errors], [10, 20]);
  assertEquals([result.extract_failures, result.template_errors], [10, 10]);
  assertEquals([result.success_rate, result.success_rps], [0, 0]);
  assertEquals(result.error_types, { [NOT_FOUND]: 10, [NO_VALUE]: 10 });
  assertEquals("percentiles" in result || "unanswered_histogram" in result, false);
  const { b } = result.step_stats;
  assertEquals([b.count, b.errors, b.template_errors, b.p50], [0, 10, 10, undefined]);

  assertMatch(
    ran.out,
    /ERROR DISTRIBUTION\n=+\n {4}Not extracted: .* {2}10\n {4}Not filled in: .* {2}10\n/,
  );
  assertMatch(ran.out, /Total Requests: +10\n.*Total Errors: +20\n.*Error Rate: +100.00%\n/);
  assertMatch(ran.out, /Success Rate: +0.00%\n/);
  assertMatch(ran.out, /Not Filled In: +10\n/);
  assertMatch(ran.out, /Requests\/sec: +[\d,.]+\n +Successful\/sec: +0.00\n/);
  assertMatch(ran.out, /step:b error_rate < 1% +Actual: 100.00% +FAIL/);
  assertStringIncludes(ran.out, "10 of 20 failed with");
  assertEquals(/unknown|≥/.exec(ran.out), null);
  for (const name of ["r.html", "r.xml", "r.csv", "r.hgrm", "r.log"]) {
    const text = (await read(name)).replace(/<(script|style)\b.*?<\/\1>/gs, "");
    assertEquals(/≥|unknown/.exec(text), null, name);
  }
  assertEquals((await read("r.log")).trim().split("\n").length, 10);
  for (const words of IN_WORDS) {
    assertStringIncludes(await read("r.html"), words);
  }
  assertStringIncludes(await read("r.xml"), "0 of 20 requests succeeded");
  assertEquals((await read("r.csv")).trim(), "Percentage,Time (ms)");
  assertMatch(
    influx.bodies.at(-1)!,
    / requests_total=10i,errors_total=20i,.*success_rps=0,success_rate=0,/,
  );

  const again = await program(["report", "--full", path("r.json")]);
  assertEquals(again.out, ran.out.replace(/^.* written to .*\n/gm, ""));
  const summary = await program(["summary", path("r.json"), "--github-output", path("github")]);
  for (const words of IN_WORDS) assertStringIncludes(summary.out, words.split("$")[0]!);
  assertMatch(summary.out, /\| Successful \| 0.00 req\/s \|/);
  assertMatch(await read("github"), /^success_rps=0\nsuccess_rate=0\nerror_rate=100\n/m);
});

Deno.test("a value that an error status does not hold is counted beside the status, as one error", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const folder = temp.path;
  await Deno.writeTextFile(`${folder}/s.yaml`, SCENARIO.replace(/^ .*name: [ab].*\n/gm, ""));
  const { out, err } = await program([
    ...["--scenario", `${folder}/s.yaml`, "--iterations", "4", "--json", "-", target.url],
  ]);
  const result = JSON.parse(out);
  assertEquals([result.total_requests, result.total_errors], [4, 4], err);
  assertEquals(result.error_types, { "HTTP 500": 4, [NO_HEADER]: 4 });
  assertEquals([result.extract_failures, result.template_errors], [4, 0]);
});

Deno.test("short times are shown as they are: a check's limit, and the percentiles of a URL list", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const folder = temp.path;
  await Deno.writeTextFile(`${folder}/s.yaml`, "steps: [{ path: /, assert_max_latency: 1us }]");
  const checked = await program(["--scenario", `${folder}/s.yaml`, "-n", "10", target.url]);
  assertMatch(checked.out, / {4}Too slow: over 1us, found [\d.]+[mu]s +10\n/);
  await Deno.writeTextFile(`${folder}/urls.txt`, `${target.url}/\n${target.url}/json\n`);
  const { out } = await program([
    ...["--url-file", `${folder}/urls.txt`, "--url-mode", "sequential", "-n", "20", "-c", "1"],
  ]);
  assertMatch(out, /GET +http\S+ +20 +[\d,.]+ +(?:\d+(?:us|ms) +){3}0.00%/);
});
