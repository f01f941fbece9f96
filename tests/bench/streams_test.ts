/** The measurement of streams, shortened, with its table of memory. */
import { assertEquals, assertMatch } from "@std/assert";

Deno.test({
  name: "streams.ts measures the memory of open streams over both protocols",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", new URL("streams.ts", import.meta.url).pathname],
        ...["--rounds", "0", "--seconds", "1", "--streams", "100"],
      ],
      stderr: "null",
    }).output();
    assertEquals(code, 0);
    const text = new TextDecoder().decode(stdout);
    for (const protocol of ["HTTP/1.1", "HTTP/2"]) {
      assertMatch(
        text,
        new RegExp(`\\| ${protocol} +\\| +100 \\| +[\\d,]+ \\| +[\\d.]+ \\| +[\\d.]+ \\| +-?[\\d.]+ \\|`),
      );
    }
  },
});
