/**
 * Loads of all kinds that nothing holds up: none of them is doubted, however slow the server or full the connections. A
 * machine that is itself short of processors may rightly be doubted: then a load is tried again, and at last skipped out
 * loud.
 */
import { assertEquals } from "@std/assert";
import { startTarget } from "../../src/target/serve.ts";
import { isMachineBusy } from "../_support/machine.ts";
import { program } from "../_support/program.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** Attempts for each load. */
const ATTEMPTS = 3;

const SCENARIO = `steps:
  - {name: first, path: /json, think_time: 0.05}
  - {name: second, path: /delay/5, assert_status: 200}
`;

/** Words of each load; the target's address goes before a path. */
const LOADS: Readonly<Record<string, readonly string[]>> = {
  "a rate": ["--rate", "100", "-d", "1", "/"],
  "a rate on a slow server": ["--rate", "40", "-d", "1", "/delay/150"],
  "connections at full speed": ["-c", "10", "-d", "1", "/"],
  "connections on a slow server": ["-c", "20", "-d", "1", "/delay/150"],
  "two threads": ["-c", "10", "-t", "2", "-d", "1", "/delay/20"],
  "a number of requests": ["-n", "2000", "-c", "10", "/"],
  "users": ["-u", "20", "--think-time", "0", "-d", "1", "/delay/10"],
  "users who think": ["-u", "20", "--think-time", "0.2", "-d", "1", "/"],
  "a scenario": ["--scenario", "SCENARIO", "-c", "5", "-d", "1"],
  "HTTP/2": ["--http2", "-c", "1", "--streams", "10", "-d", "1", "/delay/10"],
  "a burst that once fills -c": [
    ...["--rate", "20", "--traffic-profile", "spike:interval=10,spike_dur=0.2,multiplier=10,baseline=1"],
    ...["-c", "5", "-d", "1", "/delay/50"],
  ],
};

for (const [title, words] of Object.entries(LOADS)) {
  const name = `a load generator that kept up is not doubted: ${title}`;
  Deno.test(name, async () => {
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    await using temp = await tempDir();
    const dir = temp.path;
    await Deno.writeTextFile(`${dir}/s.yaml`, `base_url: ${target.url}\n${SCENARIO}`);
    const args = words.map((word) =>
      word.startsWith("/") ? target.url + word : word === "SCENARIO" ? `${dir}/s.yaml` : word
    );
    const threads = words.includes("-t") ? [] : ["-t", "1"];
    let doubts: readonly string[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { out, err } = await program([...threads, "--json", "-", ...args]);
      if (out === "") throw new Error(err);
      doubts = JSON.parse(out).trust.findings
        .filter(({ level }: { level: string }) => level === "warning").map(({ text }: { text: string }) =>
          text
        );
      if (doubts.length === 0) return;
      if (isMachineBusy()) break;
    }
    if (isMachineBusy()) {
      // deno-lint-ignore no-console -- a skipped claim must be seen
      return console.warn(`Skipped "${name}": the machine is too busy (${doubts.join("; ")})`);
    }
    assertEquals(doubts, []);
  });
}
