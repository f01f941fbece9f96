/** Values of data rows on their way to workers. */
import { assertEquals } from "@std/assert";
import { freePort } from "../_support/peers.ts";
import { fleetTest, startRemembering, watch } from "./_fleet.ts";
import { tempDir } from "../_support/temp_dir.ts";

fleetTest(
  "values of data rows keep their types on the way to a worker, which knows the secret by its other name",
  async () => {
    await using server = startRemembering();
    await using temp = await tempDir();
    const dir = temp.path;
    await Deno.writeTextFile(
      `${dir}/rows.jsonl`,
      '{"id":7,"on":true,"big":12345678901234567890,"none":null}\n',
    );
    await Deno.writeTextFile(
      `${dir}/s.json`,
      JSON.stringify({
        data: { d: { file: "rows.jsonl" } },
        steps: [{
          method: "POST",
          path: "/${d.id}",
          body: { id: "${d.id}", on: "${d.on}", big: "${d.big}", none: "${d.none}" },
        }],
      }),
    );
    const port = freePort();
    const worker = watch(["--worker", `127.0.0.1:${port}`, "--worker-secret", "correct horse"]);
    const words = ["--master", "--port", String(port), "--expect-workers", "1", "--iterations", "2"];
    const { code, err } = await watch([...words, "--scenario", `${dir}/s.json`, server.url], {
      BENCH_WORKER_SECRET: "correct horse",
    }).ended;
    assertEquals([code, (await worker.ended).code], [0, 0], err);
    const sent = 'POST /7 {"id":7,"on":true,"big":12345678901234567890,"none":null}';
    assertEquals(server.take(), [sent, sent]);
  },
);
