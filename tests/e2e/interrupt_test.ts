/** Ctrl-C while several threads load a server that never answers, and while the program is busy with something else. */
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { ended, startProgram } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";
import { pause, until } from "../_support/wait.ts";

/** On Windows a signal sent to a process ends it on the spot; only a console can interrupt. */
const canInterrupt = Deno.build.os !== "windows";

/**
 * Presses Ctrl-C until the program has gone, which the first time alone never makes it do here. Signals of one kind do not
 * queue: one that comes before the first was seen is none.
 */
async function interruptUntilOver(child: Deno.ChildProcess): Promise<void> {
  while (true) {
    try {
      child.kill("SIGINT");
    } catch {
      return; // It has gone.
    }
    await pause(200);
  }
}

Deno.test("the second Ctrl-C leaves at once with 130", { ignore: !canInterrupt }, async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const child = startProgram(["-d", "600", "-c", "8", "-t", "2", "--grace", "600s", `${server.url}/hang/1`]);
  const arrived = (count: number) => (server.counts.get("/hang/1") ?? 0) >= count;
  await until(() => arrived(8));
  const [{ code, out }] = await Promise.all([ended(child), interruptUntilOver(child)]);
  assertEquals([code, out], [130, ""]);
});

Deno.test(
  "the second Ctrl-C leaves although the program never has a moment",
  { ignore: !canInterrupt },
  async () => {
    await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
    await using temp = await tempDir();
    const folder = temp.path;
    const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
    // What a mistake in the program would do, in the middle of a load.
    const code = `setInterval(() => {
      try { Deno.renameSync("${folder}/go", "${folder}/busy"); } catch { return; }
      for (;;);
    }, 20);
    const { main } = await import("${file("src/cli/main.ts")}");
    Deno.exit(await main(Deno.args));`;
    await Deno.writeTextFile(`${folder}/busy.ts`, code);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--no-check", "--config", file("deno.json"), `${folder}/busy.ts`],
        ...["-t", "1", "-d", "600", `${server.url}/delay/5`],
      ],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    await until(() => (server.counts.get("/delay/5") ?? 0) > 0);
    await Deno.writeTextFile(`${folder}/go`, "");
    const isBusy = () => Deno.stat(`${folder}/busy`).then(() => true, () => false);
    await until(isBusy);
    const [{ code: exit, signal }] = await Promise.all([child.output(), interruptUntilOver(child)]);
    assertEquals([exit, signal], [130, "SIGINT"]);
  },
);

Deno.test("a hang-up ends the load and lets the report follow, also when it comes twice", {
  ignore: !canInterrupt,
}, async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  await using temp = await tempDir();
  const json = `${temp.path}/file`;
  const child = startProgram(["-d", "600", "-c", "2", "--json", json, `${server.url}/delay/5`]);
  await until(() => (server.counts.get("/delay/5") ?? 0) > 0);
  const end = ended(child);
  child.kill("SIGHUP");
  await pause(20);
  try {
    child.kill("SIGHUP");
  } catch {
    // It was quicker.
  }
  const { code, out } = await end;
  assertEquals([code, /interrupted|cut short/i.test(out)], [0, true], out);
  assertEquals(JSON.parse(await Deno.readTextFile(json)).interrupted, true);
});

Deno.test("nohup keeps its word", { ignore: Deno.build.os !== "linux" }, async () => {
  const hungUp = Promise.withResolvers<void>();
  let requests = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async () => {
    if (++requests === 10) await hungUp.promise;
    return new Response("ok");
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const child = startProgram(["-n", "30", "-c", "1", "-t", "1", url], {}, ["nohup"]);
  await until(() => requests === 10);
  child.kill("SIGHUP");
  await pause(100);
  hungUp.resolve();
  const { code, out } = await ended(child);
  assertEquals([code, /interrupted|cut short/i.test(out)], [0, false], out);
});
