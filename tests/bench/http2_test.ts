/** The HTTP/2 measurement itself, shortened, with its table. */
import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { peerTest } from "../_support/peers.ts";

peerTest("http2.ts measures against h2load and prints a table", ["nginx", "openssl", "h2load"], async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("http2.ts", import.meta.url).pathname]
      .concat("--pairs", "1", "--seconds", "1", "--shape", "2x5", "--body", "small", "--plain"),
    stderr: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0);
  assertNotMatch(text, /Not measured/);
  for (const isTls of ["yes", "no"]) {
    assertMatch(
      text,
      new RegExp(`\\| small \\| ${isTls} +\\| 2 × 5 +\\| +[\\d,]+ \\|.*\\| +0 / 0 \\| (?:yes|no)`),
    );
  }
});
