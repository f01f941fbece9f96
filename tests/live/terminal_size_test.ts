/** What is shown on terminals that tell no size, as those that `script` and many CI systems open, or that are dumb. */
import { assertEquals, assertMatch } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { unixTest } from "../_support/peers.ts";
import { PROGRAM } from "../_support/program.ts";
import { run } from "../_support/run.ts";

/** Elsewhere its arguments are others. */
const SCRIPT = Deno.build.os === "linux" ? "script" : "script of util-linux";

async function onTerminal(env: Record<string, string>): Promise<string> {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  const command = [...PROGRAM, "-d", "1.2", "-t", "1", `${server.url}/`].join(" ");
  const { out } = await run("script", ["-qec", `stty cols 0 rows 0; ${command} > /dev/null`, "/dev/null"], {
    env,
  });
  return out;
}

unixTest("progress is shown on a terminal that tells no size", [SCRIPT, "stty"], async () => {
  assertMatch(await onTerminal({ TERM: "xterm" }), /\d requests/);
});

unixTest("nothing is rewritten on a dumb terminal", [SCRIPT, "stty"], async () => {
  assertEquals(await onTerminal({ TERM: "dumb" }), "");
});
