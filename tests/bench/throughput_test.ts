/** The throughput measurement itself, shortened, with its table. */
import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { peerTest } from "../_support/peers.ts";

peerTest("throughput.ts measures against wrk and prints a table", ["nginx", "openssl", "wrk"], async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("throughput.ts", import.meta.url).pathname]
      .concat("--pairs", "1", "--seconds", "1", "--connections", "10", "--threads", "1")
      .concat("--only", "wrk", "--body", "small"),
    stderr: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0);
  assertNotMatch(text, /Not measured/);
  for (const tls of ["no", "untrusted"]) {
    assertMatch(
      text,
      new RegExp(`\\| small \\| ${tls} +\\| +10 \\| +1 \\| wrk +\\| +[\\d,]+ \\|.*\\| +0 / 0 \\| – `),
    );
  }
});
