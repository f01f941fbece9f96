import { assert, assertEquals, assertThrows } from "@std/assert";
import { peerTest } from "../_support/peers.ts";
import {
  bench,
  type Job,
  parseAb,
  parseBenchJson,
  parseH2load,
  parseHey,
  parseWrk,
  RIVALS,
} from "./peers.ts";

/** What the real programs printed, against nginx with a 34-byte body. */
function sample(name: string): string {
  return Deno.readTextFileSync(new URL(`samples/${name}.txt`, import.meta.url));
}

const JOB: Job = {
  url: "http://127.0.0.1:1/",
  connections: 50,
  threads: 1,
  seconds: 3,
  outputPath: "/tmp/x",
};

Deno.test("parseWrk() reads totals and counts answers that are neither 2xx nor 3xx", () => {
  assertEquals(parseWrk(sample("wrk")), { requests: 79271, perSecond: 78706.52, errors: 0 });
  assertEquals(parseWrk(sample("wrk_404")), { requests: 47605, perSecond: 47055.16, errors: 47605 });
});

Deno.test("parseWrk() adds socket errors", () => {
  const text = sample("wrk") + "  Socket errors: connect 1, read 2, write 3, timeout 4\n";
  assertEquals(parseWrk(text).errors, 10);
});

Deno.test("parseAb() reads totals and counts non-2xx answers", () => {
  assertEquals(parseAb(sample("ab")), { requests: 49391, perSecond: 49210.15, errors: 0 });
  assertEquals(parseAb(sample("ab_404")), { requests: 100, perSecond: 15239.26, errors: 100 });
});

Deno.test("parseHey() reads totals, error statuses and requests without an answer", () => {
  assertEquals(parseHey(sample("hey")), { requests: 45728, perSecond: 45713.2453, errors: 0 });
  assertEquals(parseHey(sample("hey_404")), { requests: 40, perSecond: 18884.4217, errors: 40 });
  assertEquals(parseHey(sample("hey_refused")), { requests: 4, perSecond: 1038.8415, errors: 4 });
});

Deno.test("parseH2load() reads totals and counts each failed request once", () => {
  assertEquals(parseH2load(sample("h2load")), { requests: 49976, perSecond: 49976, errors: 0 });
  assertEquals(parseH2load(sample("h2load_404")), { requests: 40, perSecond: 1371.13, errors: 40 });
});

Deno.test("parsers refuse output that is not theirs", () => {
  for (const parse of [parseWrk, parseAb, parseHey, parseH2load]) {
    assertThrows(() => parse("command not found"), Error, "Cannot read");
  }
  assertThrows(() => parseBenchJson("{}"), Error, "No totals");
});

Deno.test("parseBenchJson() needs only the totals", () => {
  const totals = { total_requests: 10, requests_per_sec: 5.5 };
  assertEquals(parseBenchJson(JSON.stringify(totals)), { requests: 10, perSecond: 5.5, errors: 0 });
  const full = { ...totals, total_errors: 2, open_loop: { start_delay: { p50: 0.0015 } } };
  assertEquals(parseBenchJson(JSON.stringify(full)), {
    requests: 10,
    perSecond: 5.5,
    errors: 2,
    startDelayMs: 1.5,
  });
});

Deno.test("bench's command checks the certificate only where there is one", () => {
  const plain = bench.command(JOB) ?? [];
  assert(!plain.includes("--ca-bundle"));
  const secure = bench.command({ ...JOB, certificatePath: "/tmp/cert.pem", rate: 100 }) ?? [];
  assertEquals(secure.slice(-6), ["--rate", "100", "--ssl-verify", "--ca-bundle", "/tmp/cert.pem", JOB.url]);
});

peerTest("hey's rate is divided among its workers", ["hey"], () => {
  const command = RIVALS.find(({ name }) => name === "hey")?.command({ ...JOB, rate: 1000 }) ?? [];
  assertEquals(command[command.indexOf("-q") + 1], "20");
});
