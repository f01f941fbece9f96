/** Ctrl-C while several threads load a server that never answers. */
import { assertEquals } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { ended, startProgram } from "../_support/program.ts";

/** On Windows a signal sent to a process ends it on the spot; only a console can interrupt. */
const canInterrupt = Deno.build.os !== "windows";

Deno.test("the second Ctrl-C leaves at once with 130", { ignore: !canInterrupt }, async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const child = startProgram(["-d", "600", "-c", "8", "-t", "2", "--grace", "600s", `${server.url}/hang/1`]);
  const arrived = (count: number) => (server.counts.get("/hang/1") ?? 0) >= count;
  while (!arrived(8)) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGINT");
  // The second one must not overtake the first: signals of one kind do not queue.
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill("SIGINT");
  const { code, out } = await ended(child);
  assertEquals([code, out], [130, ""]);
});
