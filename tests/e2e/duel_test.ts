/** Duels of real servers; what they find depends on the machine, so only what it cannot change is looked at. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ended, program, startProgram } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { until } from "../_support/wait.ts";

const SILENT = { port: 0, hostname: "127.0.0.1", onListen: () => {} };

Deno.test("a duel finds a server that waits and fails, writes its reports, and ends with 3", async () => {
  await using temp = await tempDir();
  await using fast = Deno.serve(SILENT, () => new Response("x"));
  let requests = 0;
  await using slow = Deno.serve(SILENT, async () => {
    await new Promise((resolve) => setTimeout(resolve, 25));
    return new Response("x", { status: requests++ % 4 === 0 ? 500 : 200 });
  });
  const file = (name: string) => `${temp.path}/${name}`;
  const { code, out, err } = await program([
    ...["duel", "-d", "8s", "--block", "100ms", "-c", "2", "--seed", "7", "--metrics", "p50,error_rate"],
    ...["--fail-on", "p50 > +10%", "--fail-on", "error_rate > 1", "--precision", "0.01"],
    ...["--json", file("duel.json"), "--html", file("duel.html"), "--markdown", file("duel.md")],
    `http://127.0.0.1:${fast.addr.port}/a?token=abcdef`,
    `http://127.0.0.1:${slow.addr.port}/`,
  ]);
  assertEquals([code, err], [3, ""]);
  assertMatch(out, /B responds .*% slower at p50; it fails 2\d\.\d\d points ± .* more often\./);
  assertMatch(out, /p50 > \+10% +FAIL/);
  assert(!out.includes("abcdef"));
  const json = JSON.parse(await Deno.readTextFile(file("duel.json")));
  assertEquals([json.mode, json.regressed, json.seed, json.ended], ["duel", true, 7, "time"]);
  assert(json.pairs >= 10);
  assertEquals(json.metrics.map(({ verdict }: { verdict: string }) => verdict), ["worse", "worse"]);
  assertStringIncludes(await Deno.readTextFile(file("duel.html")), "<svg");
  assertStringIncludes(await Deno.readTextFile(file("duel.md")), "### Duel");
});

Deno.test({
  name:
    "a duel starts two servers by commands, each with options and a port of its own, and ends when interrupted",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using temp = await tempDir();
    const asked = `${temp.path}/asked`;
    await Deno.writeTextFile(asked, "");
    const serve = "Deno.serve({ hostname: '127.0.0.1', port: +Deno.args[0], onListen() {} }, (r) => { " +
      `const side = r.headers.get('x-side'); if (side) Deno.writeTextFileSync('${asked}', side, { append: true }); ` +
      "return new Response(side); })";
    const command = `"${Deno.execPath()}" eval --no-lock "${serve}" {port}`;
    const child = startProgram([
      ...["duel", "-d", "10m", "--block", "100ms", "-c", "2", "--json", "-", "--precision", "0.001"],
      ...["--a", "-H 'x-side: one'", "--b", "-H 'x-side: two'", "--a-run", command, "--b-run", command],
      "http://127.0.0.1:{port}/",
    ]);
    const running = ended(child);
    // Several blocks of each side.
    await until(async () => /(?:(?:one)+(?:two)+){5}/.test(await Deno.readTextFile(asked)));
    child.kill("SIGINT");
    const { code, out, err } = await running;
    const json = JSON.parse(out || `{"ended":${JSON.stringify(err)}}`);
    assertEquals([code, json.ended], [0, "interrupted"], err);
    assert(json.pairs > 0);
    assertMatch(json.a.options, /x-side/);
    assert(json.a.target !== json.b.target);
    if (Deno.build.os === "linux") {
      assert(json.metrics.find(({ metric }: { metric: string }) => metric === "cpu").a > 0);
    }
  },
});

Deno.test("a duel refuses what cannot be cut into blocks, and a server that does not start", async () => {
  const refused = async (...args: readonly string[]) => {
    const { code, err } = await program(["duel", ...args]);
    assertEquals(code, 1);
    return err;
  };
  assertMatch(await refused("--a", "-n 100", "http://127.0.0.1:9/"), /Cannot cut the load of A into blocks/);
  assertMatch(await refused("--fail-on", "speed > 1%", "http://127.0.0.1:9/"), /unknown metric "speed"/);
  assertMatch(await refused(), /expected two URLs/);
  assertMatch(
    await refused("--a-run", "exit 4", "http://127.0.0.1:9/", "http://127.0.0.1:9/"),
    /A's server ended with exit code 4/,
  );
});
