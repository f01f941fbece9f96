/** `bench --scenario FILE --check` as its users run it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SCENARIO = `
name: shop
data: { servers: { file: hosts.csv, strategy: unique } }
think_time: 20s
steps:
  - name: log in
    method: POST
    path: /login
    body: { user: ann, password: "\${env(CHECK_PASSWORD)}" }
    extract: { token: { json: token } }
  - name: private
    path: /private
    headers: { Authorization: "Bearer \${token}" }
    assert_status: STATUS
  - name: elsewhere
    path: http://\${servers.host}/json
    extract: { id: { json: id } }
  - name: seen
    path: /echo?p=\${env(CHECK_PASSWORD)}
`;

/** Runs the check against a target of its own. */
async function check(status: string, ...args: string[]) {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const folder = temp.path;
  const path = `${folder}/s.yaml`;
  await Deno.writeTextFile(`${folder}/hosts.csv`, `host\n${new URL(server.url).host}\n`);
  await Deno.writeTextFile(path, SCENARIO.replace("STATUS", status));
  const ended = await program(["--scenario", path, "--check", ...args, server.url], {
    CHECK_PASSWORD: "pass wörd",
  });
  return { ...ended, counts: new Map(server.counts) };
}

Deno.test("bench --check runs a scenario once, without pauses, and shows no secret", async () => {
  const { code, out, err, counts } = await check("200");
  assertEquals([code, err], [0, ""]);
  assertEquals([...counts.values()], [1, 1, 1, 1]);
  for (const part of ["1. log in  passed", "> Authorization: ***", "= token: *** (36 characters)"]) {
    assertStringIncludes(out, part);
  }
  assertStringIncludes(out, "All of 4 steps passed");
  for (const spelling of ["pass w", "pass%20w", "pass+w", "%C3%B6"]) {
    assert(!out.includes(spelling), spelling);
  }
});

Deno.test("bench --check exits 1 when a check does not hold, and says what else it does not do", async () => {
  const { code, out, err } = await check("403", "--th", "p95 < 1s", "-e", "/tmp/never.csv");
  assertEquals(code, 1);
  assertStringIncludes(out, "- status is 403: found 200");
  assertStringIncludes(err, "--csv, --threshold has no effect: --check applies no load");
});

Deno.test("bench --check --json - gives the same as JSON", async () => {
  const { out } = await check("200", "--json", "-");
  const { scenario, passed, flows } = JSON.parse(out);
  assertEquals([scenario, passed, flows.length], ["shop", true, 1]);
  assertEquals(flows[0].steps[0].sent.body.text, '{"user":"ann","password":"***"}');
});

Deno.test("bench --check sends the request of a URL once, and shows no secret; a WebSocket and a log have none", async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const words = ["--check", "-m", "POST", "-b", '{"password":"hush"}', "-A", "me:hush", `${server.url}/echo`];
  const [post, tokens, socket] = await Promise.all([
    program(words),
    program(["--check", "--api", "openai", "--prompt", "hello", "--max-tokens", "2", server.url]),
    program(["--check", "--ws-message", "a", server.url.replace("http", "ws")]),
  ]);
  assertEquals([post.code, server.counts.get("/echo")], [0, 1], post.err);
  assertStringIncludes(post.out, '> {"password":"***"}');
  assertEquals(post.out.includes("hush"), false);
  assertEquals([tokens.code, server.counts.get("/v1/chat/completions")], [0, 1], tokens.err);
  assertStringIncludes(tokens.out, "token2");
  assertEquals(socket.code, 1);
  assertStringIncludes(
    socket.err,
    "--check means nothing to a WebSocket: a ws step of a --scenario can be checked",
  );
});

Deno.test("bench --scenario refuses options that a scenario's steps decide, all at once", async () => {
  const args = ["--scenario", "s.yaml", "-m", "POST", "-b", "x", "--url-file", "u.txt"];
  const { code, err } = await program([...args, "http://127.0.0.1:9/"]);
  assertEquals(code, 1);
  for (const flag of ["-m", "-b", "--url-file"]) {
    assertStringIncludes(err, `--scenario cannot be given together with ${flag}`);
  }
});
