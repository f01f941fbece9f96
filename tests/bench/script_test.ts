/** The measurement of modules beside k6, shortened, with its table. */
import { assertEquals, assertMatch } from "@std/assert";
import { peerTest } from "../_support/peers.ts";

peerTest("script.ts measures modules beside k6 and prints a table", ["nginx", "k6"], async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("script.ts", import.meta.url).pathname, "--rounds", "1", "--seconds", "1"],
    stderr: "null",
  }).output();
  assertEquals(code, 0);
  const text = new TextDecoder().decode(stdout);
  for (const tool of ["bench", "k6"]) {
    assertMatch(text, new RegExp(`\\| GET, status checked \\| +${tool} +\\| +[\\d,]+ \\|`));
  }
});
