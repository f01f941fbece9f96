/** What a fleet measured and saved says again what the run said. */
import { assertEquals } from "@std/assert";
import { freePort } from "../_support/peers.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { fleetTest, startRemembering, watch } from "./_fleet.ts";
import { assertSame, outputs, reportAgain } from "./_saved_again.ts";

const SECRET = { BENCH_SECRET: "correct horse battery" };

fleetTest("a saved run of two workers says again what the run said", async () => {
  await using server = startRemembering(2);
  await using temp = await tempDir();
  const folder = temp.path;
  const port = freePort();
  const workers = [1, 2].map(() => watch(["--worker", `127.0.0.1:${port}`, "-t", "2", "--stay"], SECRET));
  const runs = {
    "a rate": ["--rate", "100", "-d", "1", "--full"],
    "a number, to unlike steps": ["-n", "60", "-c", "4", "--url-file", `${folder}/urls.txt`],
    "a threshold that fails": ["-n", "40", "-c", "4", "--th", "p95 < 1us", "--tag", "a=b"],
  };
  await Deno.writeTextFile(`${folder}/urls.txt`, `${server.url}/a\n${server.url}/b\n`);
  for (const [name, words] of Object.entries(runs)) {
    const url = words.includes("--url-file") ? [] : [`${server.url}/`];
    const master = ["--master", "--port", String(port), "--expect-workers", "2", ...words, ...url];
    const ran = await watch([...master, ...outputs(folder, "1")], SECRET).ended;
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/1.json`)).workers, {
      expected: 2,
      reported: 2,
    }, name);
    const length = words.includes("--full") ? ["--full"] : [];
    const again = await program([...reportAgain(folder, "1", "2"), ...length]);
    await assertSame([ran, again], { folder, rounds: ["1", "2"] });
  }
  for (const { child } of workers) child.kill("SIGINT");
  for (const { ended } of workers) await ended;
});
