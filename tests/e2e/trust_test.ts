/** The load generator judges itself: deliberately starved, and left alone. */
import { assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import type { TrustJson } from "../../src/result/document/trust_json.ts";
import { peerTest, programPath } from "../_support/peers.ts";
import { isMachineBusy } from "../_support/machine.ts";
import { type Ended, ended, program, startProgram } from "../_support/program.ts";

peerTest(
  "a starved load generator says so, and --strict-trust fails the run",
  ["taskset", "sh"],
  async () => {
    await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
    const hogs = Array.from({ length: 4 }, () => pinned("sh", "-c", "while :; do :; done").spawn());
    try {
      const words = [
        "-c",
        "20",
        "-d",
        "3",
        "-t",
        "1",
        "--strict-trust",
        "--json",
        "-",
        `${server.url}/`,
      ];
      const { code, out, err } = await ended(startProgram(words, {}, [programPath("taskset")!, "-c", "0"]));
      const trust: TrustJson = JSON.parse(out).trust;
      assertEquals([code, trust.sound], [1, false], err);
      assertMatch(err, /Load generator: did not keep up/);
      assertStringIncludes(
        err.replaceAll(/\s+/g, " "),
        "The load generator did not keep up, so latencies include its own delay",
      );
    } finally {
      for (const hog of hogs) {
        hog.kill("SIGKILL");
        await hog.status;
      }
    }
  },
);

Deno.test("an idle load generator raises no doubt", async () => {
  await using server = startTarget({ port: 0, hostname: "127.0.0.1" });
  // On a machine that is itself short of processors one run may rightly be doubted.
  let last: Ended | undefined;
  for (let attempt = 0; attempt < 3; attempt++) {
    last = await program([
      "--rate",
      "40",
      "-d",
      "2",
      "-t",
      "1",
      "--strict-trust",
      "--json",
      "-",
      `${server.url}/`,
    ]);
    if (last.code === 0) break;
  }
  if (last!.code !== 0 && isMachineBusy()) {
    // deno-lint-ignore no-console -- a skipped claim must be seen
    console.warn("Skipped: the machine is too busy for an idle load generator");
    return;
  }
  const trust: TrustJson = JSON.parse(last!.out).trust;
  assertEquals([last!.code, trust.sound, trust.findings], [0, true, []]);
  assertGreater(trust.clock_resolution_sec!, 0);
  assertEquals(trust.threads.length, 1);
  assertGreater(trust.threads[0]!.timer_lag!.count, 5);
});

function pinned(...words: string[]): Deno.Command {
  return new Deno.Command(programPath("taskset")!, {
    args: ["-c", "0", ...words],
    stdout: "null",
    stderr: "null",
  });
}
