/** Scenario files as other tools write and accept them. */
import { assertEquals, assertMatch } from "@std/assert";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

async function run(yaml: string, ...words: readonly string[]) {
  await using server = await startRawServer((connection) =>
    connection.send(response("hi", { headers: ["X-Version: 1.10", "X-Count: 7", "X-On: true"] }))
  );
  await using temp = await tempDir();
  const path = `${temp.path}/file.yaml`;
  await Deno.writeTextFile(path, `base_url: ${server.origin}\n${yaml}`);
  const result = await program(["--scenario", path, "--iterations", "1", "-c", "1", "--json", "-", ...words]);
  return { ...result, paths: server.requests.map(({ head }) => head.split(" ")[1]) };
}

Deno.test("descriptions, keys without a value, and empty names are accepted", async () => {
  const { code, out, err, paths } = await run(`
name: ""
description: What this is about
think_time:
data: null
session: ~
on_extract_failure: null
steps:
  - path: /a
    name: ""
    description: The first
    method: null
    headers: null
    body: null
    extract: null
    assert_status: null
    assert_body_contains: ""
    assert_json: null
    assert_max_latency: null
    think_time: null
`);
  assertEquals([code, paths], [0, ["/a"]], err);
  assertEquals(JSON.parse(out).total_errors, 0);
  assertMatch(out, /"Step 1: GET \/a"/);
});

Deno.test("flows and data sets may have keys without a value, too", async () => {
  const { code, err, paths } = await run(
    `
flows:
  - { name: null, description: d, weight: null, think_time: null, steps: [{ path: /b }] }
`,
  );
  assertEquals([code, paths], [0, ["/b"]], err);
});

Deno.test("unquoted numbers and booleans of assert_header are compared as they are written", async () => {
  const step = (value: string) => `steps: [{ path: /, assert_header: { ${value} } }]`;
  for (const value of ["X-Version: 1.10", "X-Count: 7", "X-On: true"]) {
    const { code, err } = await run(step(value));
    assertEquals(code, 0, err);
  }
  for (const value of ["X-Version: 1.1", "X-Count: 8", "X-On: false"]) {
    const { code, out } = await run(step(value));
    assertEquals([code, JSON.parse(out).total_errors], [1, 1]);
  }
});

Deno.test("null is told where a key is needed, unknown, or means something", async () => {
  for (
    const [yaml, message] of [
      ["steps: [{ path: null }]", /Key "path" is missing/],
      ["steps: [{ path: /, pathh: null }]", /Unknown key "pathh"/],
      ["steps: [{ path: /, headers: { X: [null] } }]", /"X": expected a text, a number, a boolean, a list/],
      ["steps: null", /Key "steps" is missing/],
    ] as const
  ) {
    const { code, err } = await run(yaml);
    assertEquals(code, 1);
    assertMatch(err, message);
  }
});
