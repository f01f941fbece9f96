/** A secret in every place that can hold one, looked for in everything that the program leaves behind. */
import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SECRET = "canary8472";
/** As it may be written: plain, in basic credentials, in a URL. */
const FORMS = [SECRET, btoa(`user:${SECRET}`), btoa(SECRET), encodeURIComponent(`"${SECRET}"`)];

const OUTPUTS = ["json", "csv", "html-report", "hgrm", "junit", "log", "save-baseline"];

const SCENARIO = {
  name: "Sign in",
  base_url: "${env(SITE)}/echo/${env(CANARY)}/",
  steps: [
    { path: "below" },
    { path: "below/${counter()}" },
    {
      name: "sign in",
      path: `/echo?api_key=${SECRET}`,
      method: "POST",
      headers: { Authorization: "Bearer ${env(CANARY)}", "X-Session-Token": SECRET },
      body: { password: "${env(CANARY)}", user: "me" },
      extract: { word: { json: "$.method" } },
      assert_status: 200,
    },
    { name: `GET /missing?token=${SECRET}`, path: `/status/404?token=${SECRET}`, assert_status: 200 },
    { name: "lost", path: `/status/500?password=${SECRET}`, body: SECRET, method: "PUT" },
  ],
};

async function check(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ readonly err: string; readonly directory: string }> {
  const directory = await Deno.makeTempDir();
  const path = (name: string) => `${directory}/${name}`;
  const ran = await program([
    ...["-n", "12", "-c", "2", "-v", "4", "-w", "--tag", "team=a", "--th", "p95 < 10s", "--abort-on-fail"],
    ...OUTPUTS.flatMap((name) => [`--${name}`, path(name)]),
    ...args,
  ], env);
  const json = path("json");
  const later = await Promise.all([
    ["report", json, "-w", "--json", path("again.json"), "--html-report", path("again.html")],
    [
      "summary",
      json,
      "--marker",
      "-o",
      path("summary.md"),
      "--github-output",
      path("outputs"),
      "--baseline",
      json,
    ],
    ["compare", json, json, "--fail-on", "worse"],
  ].map((words) => program(words)));
  const texts = new Map([["stdout", ran.out], ["stderr", ran.err]]);
  later.forEach(({ out, err }, i) => texts.set(`command ${i}`, out + err));
  for await (const { name } of Deno.readDir(directory)) texts.set(name, await Deno.readTextFile(path(name)));
  assertGreater(texts.size, 12, [...texts.keys()].join());
  for (const [name, text] of texts) {
    assert(text.length > 0 || name.startsWith("command"), `${name} is empty`);
    for (const form of FORMS) assert(!text.includes(form), `${form} in ${name}`);
  }
  return { err: ran.err, directory };
}

Deno.test("no secret of a request appears in any output", async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const { err, directory } = await check([
    ...["-A", `user:${SECRET}`, "-C", `session=${SECRET}`, "-H", `X-Api-Key: ${SECRET}`],
    // Its target takes requests for itself as a proxy would.
    ...["--proxy", server.url.replace("://", `://user:${SECRET}@`)],
    ...["-m", "POST", "-b", `{"password": "${SECRET}"}`, "--latency-breakdown"],
    `${server.url}/echo?page=1&access_token=${SECRET}`,
  ], {});
  assertStringIncludes(err, "Authorization: ***");
  await Deno.remove(directory, { recursive: true });
});

Deno.test("no secret of a scenario or its environment appears in any output", async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const file = `${temp.path}/file.json`;
  await Deno.writeTextFile(file, JSON.stringify(SCENARIO));
  const { directory } = await check(["--scenario", file], { CANARY: SECRET, SITE: server.url });
  const saved = JSON.parse(await Deno.readTextFile(`${directory}/json`));
  assertEquals(Object.keys(saved.step_stats).length, 5);
  assertGreater(saved.total_errors, 0);
  await Deno.remove(directory, { recursive: true });
});
