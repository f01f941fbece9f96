/** A failed check says what was expected and what was found, wherever failures are shown; secrets stay hidden. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const BODY = '{"total":2,"token":"hush-hush-1","items":[]}';
const STEPS = [
  {
    path: "/a",
    assert_json: { total: "> 3", token: "other", items: "count >= ${people.least}" },
    on_fail: "stop",
  },
  { path: "/never" },
];

Deno.test("what was found is in the report, the JSON, the page, a saved run and a dry run", async () => {
  await using server = await startRawServer((connection) => connection.send(response(BODY)));
  await using temp = await tempDir();
  const [file, json, html] = ["s.json", "out.json", "out.html"].map((name) => `${temp.path}/${name}`) as [
    string,
    string,
    string,
  ];
  const data = { people: { file: "-", types: { least: "number" } } };
  await Deno.writeTextFile(file, JSON.stringify({ base_url: server.origin, data, steps: STEPS }));
  const scenario = ["--scenario", file, "--data", `people=${temp.path}/people.csv`];
  await Deno.writeTextFile(`${temp.path}/people.csv`, "least;more\n1;2\n");
  const run = await program(
    [...scenario, "--iterations", "3", "-c", "1", "-t", "1", "--json", json, "--html-report", html],
  );
  const saved = await program(["report", json, "--full"]);
  const check = await program([...scenario, "--check"]);
  const total = "JSON: total > 3, found 2";
  for (const text of [run.out, saved.out, await Deno.readTextFile(html)]) {
    assertEquals(
      text.replaceAll("&gt;", ">").replaceAll("\\u003e", ">").includes(total),
      true,
      text.slice(0, 2000),
    );
  }
  const result = JSON.parse(await Deno.readTextFile(json));
  assertEquals(result.error_found, {
    "AssertJson: total > 3": "2",
    "AssertJson: token == ***": "***",
    'AssertJson: items count >= "${people.least}"': "0",
  });
  assertEquals(result.iterations, 3);
  assertStringIncludes(check.out, "- JSON total > 3: found 2");
  assertStringIncludes(check.out, "- JSON items count >= 1: found 0");
  assertStringIncludes(check.out, "not reached");
  // Three iterations and the dry run; no step follows one that stops.
  assertEquals(server.requests.length, 4);
  for (const text of [run.out, run.err, saved.out, check.out, JSON.stringify(result)]) {
    assertEquals(text.includes("hush-hush"), false);
  }
});

Deno.test("a value of the environment is hidden in what was found, whatever it was called on its way", async () => {
  await using server = await startRawServer((connection, { body }) =>
    connection.send(response(JSON.stringify({ got: new TextDecoder().decode(body) })))
  );
  await using temp = await tempDir();
  const [file, json] = [`${temp.path}/s.json`, `${temp.path}/out.json`] as const;
  await Deno.writeTextFile(
    file,
    JSON.stringify({
      base_url: server.origin,
      vars: { mine: "${env(MINE)}" },
      // What is found is cut after 60 characters: in the middle of the value.
      steps: [{
        method: "POST",
        path: "/",
        body: `${"a b, ".repeat(9)}\${mine}`,
        assert_json: { got: "other" },
      }],
    }),
  );
  const env = { MINE: "hunter2-hunter2-hunter2" };
  const run = await program(["--scenario", file, "-n", "2", "-c", "1", "--json", json], env);
  const check = await program(["--scenario", file, "--check"], env);
  for (const text of [run.out, run.err, check.out, await Deno.readTextFile(json)]) {
    assertEquals(text.includes("hunter"), false, text);
  }
  const found = `"${"a b, ".repeat(9)}***"`;
  for (const { out } of [run, check]) assertStringIncludes(out.replace(/\s+/g, " "), found);
});
