/** Redirects and what is shown of them. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

function target(): ReturnType<typeof startTarget> {
  return startTarget({ port: 0, hostname: "127.0.0.1" });
}

for (const [words, client] of [["--follow-redirects", "raw"], ["--follow-redirects 3", "fetch"]] as const) {
  Deno.test(`bench ${words} --client ${client} counts what it followed`, async () => {
    await using server = target();
    const { code, out } = await program([
      ...words.split(" "),
      ...["--client", client, "-n", "20", "-c", "2", "--json", "-", `${server.url}/redirect/3`],
    ]);
    assertEquals(code, 0);
    const result = JSON.parse(out);
    assertEquals([result.total_requests, result.redirects_followed], [20, 60]);
    assertEquals(result.status_codes, { 200: 20 });
    assertEquals((await (await fetch(`${server.url}/counter`)).json())["/redirect/1"], 20);
  });
}

Deno.test("bench follows no redirect unasked, and says nothing of them", async () => {
  await using server = target();
  const { out } = await program(["-n", "3", "--json", "-", `${server.url}/redirect/1`]);
  const result = JSON.parse(out);
  assertEquals([result.status_codes, "redirects_followed" in result], [{ 302: 3 }, false]);
});

Deno.test("bench --follow-redirects N shows redirects and the chains that were too long", async () => {
  await using server = target();
  const words = ["--follow-redirects=2", "-n", "4", "-v", "4"];
  const { code, out, err } = await program([...words, `${server.url}/redirect/9`]);
  assertEquals(code, 1);
  assertMatch(out, /Redirects: +8\b/);
  assertMatch(err, /GET \/redirect\/9 [^]*\(2 redirects\)\n\n {2}HTTP\/1\.1 302/);
  assertMatch(out, /Too many redirects +4\b/);
});

Deno.test("bench --scenario --follow-redirects keeps the cookies of every hop", async () => {
  await using server = await startRawServer((connection, { head }) => {
    if (head.startsWith("GET /start ")) {
      return connection.send(
        response("", { status: "302 Found", headers: ["Location: /end", "Set-Cookie: hop=1"] }),
      );
    }
    return connection.send(
      response(/^cookie: own=2; hop=1|^cookie: hop=1; own=2/im.test(head) ? "both" : "no"),
    );
  });
  await using temp = await tempDir();
  const file = `${temp.path}/file.yaml`;
  await Deno.writeTextFile(
    file,
    `base_url: ${server.origin}\nsteps:\n  - { path: /start, assert_body_contains: both }\n`,
  );
  const { code, out } = await program(
    ["--scenario", file, "--iterations", "3", "-c", "1", "-C", "own=2"].concat(
      ["--follow-redirects", "--json", "-"],
    ),
  );
  const result = JSON.parse(out);
  assertEquals([code, result.error_types, result.redirects_followed], [0, {}, 3]);
});

Deno.test("bench says what is wrong with a number of redirects", async () => {
  const { code, err } = await program(["--follow-redirects=many", "http://127.0.0.1:9/"]);
  assertEquals(code, 1);
  assertStringIncludes(err, '--follow-redirects: found "many", expected a whole number from 0 to 1000');
});
