/** Searches of real servers: over HTTP/2 they may use all streams, and they write their page. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { isMachineBusy } from "../_support/machine.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause } from "../_support/wait.ts";

Deno.test("a search by rate over HTTP/2 may have as many requests in flight as there are streams", async () => {
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  await using server = Deno.serve(options, async () => {
    await pause(300);
    return new Response("late");
  });
  const search = "--autofind --autofind-by rate --start-rate 20 --max-rate 21 --step-duration 1 --json -";
  await using temp = await tempDir();
  const page = `${temp.path}/search.html`;
  const words = [...search.split(" "), "--http2", "--streams", "200", "-c", "1", "--html-report", page];
  const { code, out } = await program([...words, `http://127.0.0.1:${server.addr.port}/`]);
  assertStringIncludes(await Deno.readTextFile(page), "<h1>Maximum sustainable load");
  if (code !== 0 && isMachineBusy()) {
    // deno-lint-ignore no-console -- a skipped claim must be seen
    return console.warn("Skipped: the machine is too busy to sustain 21 requests a second");
  }
  assertEquals([code, JSON.parse(out).max_sustainable_rate], [0, 21]);
});

Deno.test("reports of single runs, and their page, are refused of a search, with what to use", async () => {
  const { code, err } = await program(["--autofind", "--web", "--csv", "x.csv", "http://127.0.0.1:9/"]);
  assertEquals(code, 1);
  for (const flag of ["--csv", "--web"]) assertStringIncludes(err, `${flag} cannot show a search`);
  assertStringIncludes(err, "--html-report and --json have its curve");
});
