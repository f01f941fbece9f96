/** The measurement of WebSockets, shortened, with its table. */
import { assertEquals, assertMatch } from "@std/assert";

Deno.test("websocket.ts measures round trips beside HTTP/1.1 and prints a table", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", new URL("websocket.ts", import.meta.url).pathname],
      ...["--rounds", "1", "--seconds", "1", "--connections", "5"],
    ],
    stderr: "null",
  }).output();
  assertEquals(code, 0);
  const text = new TextDecoder().decode(stdout);
  for (const tool of ["bench", "bench, HTTP/1.1"]) {
    assertMatch(text, new RegExp(`\\| +5 \\| ${tool} +\\| +[\\d,]+ \\| +[\\d.]+ \\| +[\\d.]+ \\|`));
  }
});
