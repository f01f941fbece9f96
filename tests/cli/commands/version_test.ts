/** What `--version` says, and with `--json` of what exactly runs. */
import { assertEquals, assertMatch } from "@std/assert";
import { VERSION } from "../../../src/lib/version.ts";
import { loadLibc } from "../../../src/client/net/native/libc.ts";
import { COMPILED, PROGRAM, program } from "../../_support/program.ts";

Deno.test("bench --version is one line", async () => {
  assertEquals(await program(["--version"]), { code: 0, out: `bench ${VERSION}\n`, err: "" });
});

Deno.test("bench --version --json tells program, commit, build, runtime, sockets and system", async () => {
  for (const words of [["--version", "--json"], ["--json", "-V"]]) {
    const { code, out, err } = await program(words);
    assertEquals([code, err], [0, ""]);
    const { commit, runtime, build, sockets, ...about } = JSON.parse(out);
    const { os, arch } = Deno.build;
    assertEquals(about, { name: "bench", version: VERSION, system: { os, arch } });
    if (os === "linux" && loadLibc() !== null) {
      assertEquals(sockets.kind, "native");
      assertMatch(sockets.tls, /^(?:OpenSSL 3\.\d+\.\d+|platform$)/);
    } else assertEquals([sockets.kind, sockets.tls], ["platform", "platform"]);
    assertMatch(runtime.deno, /^2\.\d+\.\d+/);
    const isFromSources = PROGRAM.at(-1)!.endsWith(".ts");
    assertEquals(build, COMPILED ? "compiled" : isFromSources ? "sources" : commit ? "bundled" : "sources");
    if (commit !== undefined) assertMatch(commit, /^[0-9a-f]{40}\+?$/);
  }
});
