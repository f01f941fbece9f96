/** Other tools, started with the same job. */
import {
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertStringIncludes,
} from "@std/assert";
import { ownTool, PEERS } from "../../src/selftest/peer_tools.ts";
import { runTool } from "../../src/selftest/run_tool.ts";
import type { Job, Tool } from "../../src/selftest/tool.ts";
import { startTarget } from "../../src/target/serve.ts";
import { peerTest, programPath } from "../_support/peers.ts";

const JOB: Job = {
  url: "http://127.0.0.1:1/",
  connections: 50,
  threads: 1,
  seconds: 3,
  outputPath: "/tmp/x",
};

function peer(name: string): Tool {
  return PEERS.find((tool) => tool.name === name)!;
}

Deno.test("ownTool() asks for what the job says, and no more", () => {
  const own = ownTool(["bench"]);
  assertEquals(own.words(JOB), [
    ...["bench", "-t", "1", "-c", "50", "--no-progress", "--json", "/tmp/x", "-d", "3"],
    JOB.url,
  ]);
  const words = own.words({ ...JOB, requests: 7, rate: 100, timeoutSec: 1, certificatePath: "/c.pem" })!;
  assertEquals(words.slice(8), [
    ...["-n", "7", "--rate", "100", "--timeout", "1", "--ssl-verify", "--ca-bundle", "/c.pem"],
    JOB.url,
  ]);
});

Deno.test("tools are not asked for what they cannot do", () => {
  const { seconds: _, ...timeless } = JOB;
  const able = (job: Partial<Job>, base: Job = JOB) =>
    PEERS.filter((tool) => tool.words({ ...base, ...job }) !== undefined).map(({ name }) => name);
  assertEquals(able({}), ["wrk", "ab", "hey", "h2load", "oha", "k6"]);
  assertEquals(able({ rate: 10 }), ["hey", "oha", "vegeta", "k6"]);
  assertEquals(able({ requests: 9 }, timeless), ["ab", "hey", "h2load", "oha", "k6"]);
  assertEquals(able({ timeoutSec: 1 }), ["wrk", "ab", "hey", "oha", "k6"]);
});

Deno.test("hey's rate is divided among its workers", () => {
  const words = peer("hey").words({ ...JOB, rate: 1000 })!;
  assertEquals(words[words.indexOf("-q") + 1], "20");
});

Deno.test("k6's script holds the job", () => {
  const { text } = peer("k6").input!({ ...JOB, rate: 70, timeoutSec: 2, url: 'http://a.test/"`' });
  for (
    const part of ['"constant-arrival-rate"', '"rate":70', '"duration":"3s"', '"maxVUs":50', 'timeout: "2s"']
  ) {
    assertStringIncludes(text, part);
  }
  assertStringIncludes(text, String.raw`http.get("http://a.test/\"` + '`"');
});

for (const tool of PEERS) {
  peerTest(`${tool.name} runs a job, and its report is understood`, [tool.name], async () => {
    await using target = startTarget({ port: 0, hostname: "127.0.0.1" });
    // A path without percent signs or a port of its own would be the same for all of them.
    const job = { ...JOB, url: `${target.url}/flaky/10`, connections: 5, seconds: 1 };
    const reading = await runTool(tool, tool.words(job) ? job : { ...job, rate: 200 }, {
      find: programPath,
      limitMs: 60_000,
    });
    const counted = target.counts.get("/flaky/10")!;
    assertGreater(counted, 10);
    // What was in flight at the end is reported by some and not by others.
    assertLessOrEqual(Math.abs(reading!.requests - counted), 5, `${reading!.requests} of ${counted}`);
    assertLessOrEqual(Math.abs(reading!.errors - counted / 10), 6, `${reading!.errors} errors of ${counted}`);
    if (tool.name !== "h2load") assertGreaterOrEqual(reading!.latencyMs![50]!, 0);
  });
}

peerTest("runTool() tells what went wrong", ["sh"], async () => {
  const failing = async (tool: Partial<Tool>, find = programPath) => {
    try {
      await runTool(
        {
          name: "tool",
          words: () => ["sh"],
          parse: () => ({ requests: 0, perSecond: 0, errors: 0 }),
          ...tool,
        },
        JOB,
        {
          find,
          limitMs: 300,
        },
      );
    } catch (error) {
      return (error as Error).message;
    }
  };
  assertEquals(await failing({}, () => undefined), "tool is not installed");
  assertEquals(
    await failing({ words: () => ["sh", "-c", "echo No such luck >&2; exit 3"] }),
    "tool ended with code 3: No such luck",
  );
  assertEquals(
    await failing({ words: () => ["sh", "-c", "exec sleep 600"] }),
    "tool did not end within 0.3 s",
  );
  assertEquals(await failing({ words: () => undefined }), undefined);
});
