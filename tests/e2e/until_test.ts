/** Runs that end when a metric is known as precisely as was asked for, or say that it is not. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

Deno.test("a run ends as soon as enough is known; every report says what was asked, what was reached, and when", async () => {
  await using temp = await tempDir();
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("x"),
  );
  const path = `${temp.path}/run.json`;
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const bounds = ["--until", "rps +- 500%", "--until", "error_rate ± 50%"];
  const { code, out } = await program(["-d", "20m", "-c", "1", "-t", "1", ...bounds, "--json", path, url]);
  assertEquals(code, 0);
  assertMatch(
    out,
    /\nDone: .*\nUntil rps \+- 500%: reached \(± [\d.]+%\) after \d+.*s\nUntil error_rate ± 50%: reached/,
  );
  const json = JSON.parse(await Deno.readTextFile(path));
  assertEquals(json.interrupted, false);
  assert(json.duration_sec < 1200);
  const [rps, errors] = json.until;
  assertEquals([rps.precision, rps.metric, rps.unit, rps.reached], ["rps +- 500%", "rps", "1/s", true]);
  assert(rps.interval[0] <= rps.value && rps.value <= rps.interval[1]);
  assertEquals([errors.value, errors.interval, errors.confidence], [0, [0, 0], 95]);
  const again = await program(["report", path]);
  assertMatch(again.out, /Until rps \+- 500%: reached \(/);
  const short = await program(["-d", "200ms", "-c", "1", "--until", "p50 ± 1%", "--json", path, url]);
  assertMatch(short.out, /Until p50 ± 1%: not reached \(too little is known to tell\) after/);
  const [median] = JSON.parse(await Deno.readTextFile(path)).until;
  assertEquals([median.reached, "value" in median], [false, false]);
  const lost = await program(["-d", "1h", "--until", "step:x p50 ± 1%", url]);
  assertEquals(lost.code, 1);
  assertMatch(lost.err, /--until: found "step:x p50 ± 1%", but no step is called "x"; expected one of "GET /);
});
