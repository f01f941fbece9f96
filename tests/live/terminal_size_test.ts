/** What is shown on terminals that tell no size, as those that `script` and many CI systems open, or that are dumb. */
import { assertEquals, assertMatch } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { unixTest } from "../_support/peers.ts";
import { PROGRAM } from "../_support/program.ts";

/** Elsewhere its arguments are others. */
const SCRIPT = Deno.build.os === "linux" ? "script" : "script of util-linux";

/** What a run shows there until it has shown something, if it ever does. */
async function onTerminal(env: Record<string, string>, shown?: RegExp): Promise<string> {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const duration = shown === undefined ? "1.2" : "600";
  const command = [...PROGRAM, "-d", duration, "-t", "1", `${server.url}/`].join(" ");
  const child = new Deno.Command("script", {
    args: ["-qec", `stty cols 0 rows 0; ${command} > /dev/null`, "/dev/null"],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let out = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    out += text;
    if (shown?.test(out)) break;
  }
  if (shown !== undefined) child.kill("SIGTERM");
  await child.status;
  return out;
}

unixTest("progress is shown on a terminal that tells no size", [SCRIPT, "stty"], async () => {
  const shown = /\d requests/;
  assertMatch(await onTerminal({ TERM: "xterm" }, shown), shown);
});

unixTest("nothing is rewritten on a dumb terminal", [SCRIPT, "stty"], async () => {
  assertEquals(await onTerminal({ TERM: "dumb" }), "");
});
