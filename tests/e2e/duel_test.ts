/** Duels of real servers; what they find depends on the machine, so only what it cannot change is looked at. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { unixTest } from "../_support/peers.ts";
import { startTarget } from "../../src/target/serve.ts";
import { program, programUntil } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

const SILENT = { port: 0, hostname: "127.0.0.1", onListen: () => {} };

Deno.test("a duel finds a server that fails, ends when that is known, writes its reports, and ends with 3", async () => {
  await using temp = await tempDir();
  await using fine = Deno.serve(SILENT, () => new Response("x"));
  let requests = 0;
  await using failing = Deno.serve(
    SILENT,
    () => new Response("x", { status: requests++ % 2 === 0 ? 500 : 200 }),
  );
  const file = (name: string) => `${temp.path}/${name}`;
  const { code, out, err } = await program([
    // It ends when enough is known, however slow the machine.
    ...["duel", "-d", "1h", "--block", "100ms", "-c", "2", "--seed", "7", "--metrics", "error_rate"],
    ...["--fail-on", "error_rate > 1", "--precision", "10"],
    ...["--json", file("duel.json"), "--html", file("duel.html"), "--markdown", file("duel.md")],
    `http://127.0.0.1:${fine.addr.port}/a?token=abcdef`,
    `http://127.0.0.1:${failing.addr.port}/`,
  ]);
  assertEquals([code, err], [3, ""]);
  assertMatch(out, /B fails \d\d\.\d\d points ± .* more\s+often\./);
  assertMatch(out, /error_rate > 1 +FAIL/);
  assert(!out.includes("abcdef"));
  const json = JSON.parse(await Deno.readTextFile(file("duel.json")));
  assertEquals([json.mode, json.regressed, json.seed, json.ended], ["duel", true, 7, "known"]);
  assertEquals(json.metrics.map(({ verdict }: { verdict: string }) => verdict), ["worse"]);
  assertStringIncludes(await Deno.readTextFile(file("duel.html")), "<table");
  assertStringIncludes(await Deno.readTextFile(file("duel.md")), "### Duel");
});

unixTest(
  "a duel starts two servers by commands, each with options and a port of its own",
  [],
  async () => {
    await using temp = await tempDir();
    const asked = `${temp.path}/asked`;
    await Deno.writeTextFile(asked, "");
    const serve = "Deno.serve({ hostname: '127.0.0.1', port: +Deno.args[0], onListen() {} }, (r) => { " +
      `const side = r.headers.get('x-side'); if (side) Deno.writeTextFileSync('${asked}', side, { append: true }); ` +
      "return new Response(side); })";
    const command = `"${Deno.execPath()}" eval --no-lock "${serve}" {port}`;
    // The sides took turns several times: there are whole pairs.
    const hasPairs = async () =>
      ((await Deno.readTextFile(asked)).match(/(?:one)+|(?:two)+/g) ?? []).length > 8;
    const { code, out, err } = await programUntil(hasPairs, [
      ...["duel", "-d", "600s", "--block", "100ms", "-c", "2", "--json", "-", "--precision", "0.001"],
      ...["--a", "-H 'x-side: one'", "--b", "-H 'x-side: two'", "--a-run", command, "--b-run", command],
      "http://127.0.0.1:{port}/",
    ]);
    const json = JSON.parse(out || `{"ended":${JSON.stringify(err)}}`);
    assertEquals([code, json.ended], [0, "interrupted"], err);
    assert(json.pairs > 0);
    assertMatch(json.a.options, /x-side/);
    assert(json.a.target !== json.b.target);
    assert(json.metrics.some(({ metric }: { metric: string }) => metric === "cpu"));
  },
);

Deno.test("a duel of servers that do not respond is not known, and no success", async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const url = `${server.url}/status/500`;
  const { code, out } = await program(["duel", "-d", "6s", "-c", "1", "--fail-on", "worse", url, url]);
  assertEquals(code, 1, out);
  assertMatch(out, /Warning: No request to A succeeded/);
  assertMatch(out, /worse +NOT KNOWN/);
});

Deno.test("a duel refuses what cannot be cut into blocks, and a server that does not start", async () => {
  const refused = async (...args: readonly string[]) => {
    const { code, err } = await program(["duel", ...args]);
    assertEquals(code, 1);
    return err;
  };
  assertMatch(await refused("--a", "-n 100", "http://127.0.0.1:9/"), /Cannot cut the load of A into blocks/);
  assertMatch(await refused("--fail-on", "speed > 1%", "http://127.0.0.1:9/"), /unknown metric "speed"/);
  assertMatch(
    await refused("--fail-on", "step:x p95 > 1%", "http://127.0.0.1:9/", "http://127.0.0.1:9/"),
    /--fail-on: found "step:x p95 > 1%", but no step is called "x"/,
  );
  assertMatch(await refused(), /expected two sides: two URLs/);
  assertMatch(await refused("-d", "1s", "http://127.0.0.1:9/"), /expected two sides: two URLs/);
  assertMatch(
    await refused("--a-run", "exit 4", "http://127.0.0.1:9/", "http://127.0.0.1:9/"),
    /A's server ended with exit code 4/,
  );
});
