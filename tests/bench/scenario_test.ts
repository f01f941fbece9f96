/** The measurement of scenarios itself, shortened, with its table. */
import { assertEquals, assertMatch } from "@std/assert";
import { peerTest } from "../_support/peers.ts";

peerTest("scenario.ts measures scenarios beside the plain mode and prints a table", ["nginx"], async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      new URL("scenario.ts", import.meta.url).pathname,
      "--rounds",
      "1",
      "--seconds",
      "0.3",
    ],
    stderr: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0);
  for (const kind of ["plain URL", "two static steps", "template and extraction in each step"]) {
    assertMatch(text, new RegExp(`\\| ${kind} +\\| +[\\d,]+ \\| +[\\d.]+ \\|.*\\| +0 \\|`));
  }
});
