/** Checks of scenario files are counted and judged by name, as those of modules are. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SCENARIO = `
steps:
  - name: list
    path: /json
    assert_status: 200
    assert_json: { id: 7, price: { ">": 100 } }
  - name: page
    path: /
    assert_body_contains: bench
`;

Deno.test("every report lists checks with how often they held, and thresholds name them", async (t) => {
  await using temp = await tempDir();
  await using server = startTarget({ port: 0, hostname: "127.0.0.1", keep: 0 });
  const path = `${temp.path}/shop.yaml`;
  await Deno.writeTextFile(path, SCENARIO);
  const files = ["r.json", "r.html"].map((name) => `${temp.path}/${name}`);
  const { code, out } = await program([
    ...[path, "--iterations", "20", "-c", "2", "--json", files[0]!, "--html-report", files[1]!],
    ...["--th", "checks rate > 99%", "--th", '"list: JSON price > 100" rate >= 0%'],
    ...["--th", '"list: status is 200" rate > 99%', server.url],
  ]);

  await t.step("terminal", () => {
    assertEquals(code, 2, out);
    assertMatch(out, /\nChecks\n +list: JSON price > 100 +20 of 20 failed \(100\.00%\)\n/);
    assertMatch(out, / list: status is 200 +20 passed\n/);
    assertMatch(out, / page: body contains "bench" +20 passed\n/);
    assertMatch(out, /checks rate > 99%.*75\.00%/);
  });

  await t.step("files", async () => {
    const [json = "", page = ""] = await Promise.all(files.map((file) => Deno.readTextFile(file)));
    const { checks } = JSON.parse(json);
    assertEquals(checks, {
      "list: status is 200": { passed: 20, failed: 0 },
      "list: JSON id is 7": { passed: 20, failed: 0 },
      "list: JSON price > 100": { passed: 0, failed: 20 },
      'page: body contains "bench"': { passed: 20, failed: 0 },
    });
    assertMatch(page, /list: JSON price (?:>|&gt;|\\u003e) 100/);
    const summary = await program(["summary", files[0]!, "--th", "checks rate > 50%"]);
    assertStringIncludes(summary.out, '| page: body contains "bench" | 20 passed |');
    assertStringIncludes(summary.out, "checks rate \\> 50% | 75.00% |");
  });

  await t.step("thresholds on checks that there are not", async () => {
    const wrong = await program([
      ...[path, "-n", "1", server.url, "--th", "chekcs rate > 99%", "--th", "checks p95 < 3"],
    ]);
    assertEquals([wrong.code, wrong.out], [1, ""]);
    assertStringIncludes(wrong.err, 'but no check is called "chekcs": did you mean "checks"?');
    assertStringIncludes(wrong.err, "but checks have only count and rate");
    const share = await program([path, "-n", "1", server.url, "--th", "checks rate > 99"]);
    assertStringIncludes(share.err, "but the rate of checks is a share: did you mean checks rate > 99%?");
  });
});

Deno.test("a check of a request without a response does not hold", async () => {
  await using temp = await tempDir();
  await using server = startTarget({ port: 0, hostname: "127.0.0.1", keep: 0 });
  const path = `${temp.path}/slow.yaml`;
  await Deno.writeTextFile(path, "steps:\n  - { name: slow, path: /delay/60000, assert_status: 200 }\n");
  const { out } = await program([path, "-n", "2", "-c", "2", "--timeout", "3", server.url, "--json", "-"]);
  assertEquals(JSON.parse(out).checks, { "slow: status is 200": { passed: 0, failed: 2 } });
});
