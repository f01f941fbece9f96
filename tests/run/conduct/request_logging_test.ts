/** The log of single requests: what is in it, what is missing, and how that is told. */
import { assertEquals, assertMatch } from "@std/assert";
import type { LoggedRequest } from "../../../src/metrics/request_log.ts";
import { EMPTY_SNAPSHOT } from "../../../src/metrics/snapshot.ts";
import type { RunObserver } from "../../../src/metrics/tick.ts";
import type { Printer } from "../../../src/run/printer.ts";
import { startLogging, withLog } from "../../../src/run/conduct/request_logging.ts";
import { planFor } from "../../_support/plan.ts";
import { tempDir } from "../../_support/temp_dir.ts";

const PLAN = planFor("http://a.test/", { kind: "requests", unit: "requests", amount: 1, connections: 1 });
const REQUEST: LoggedRequest = {
  step: 0,
  atMs: 1,
  waitMs: 0,
  latencyMs: 2,
  status: 200,
  failure: "",
  bodyBytes: 3,
  isConnecting: false,
};

const tickOf = (requests: number, unlogged = 0) =>
  ({
    window: { ...EMPTY_SNAPSHOT, toMs: 1000, unlogged, requests: new Array(requests).fill(REQUEST) },
  }) as unknown as Parameters<RunObserver>[0];

async function logTo(log: string | undefined, logLimit = 1000) {
  const said: string[] = [];
  const stream = { print: (text: string) => void said.push(text), wantsColor: () => false };
  const printer: Printer = { out: stream, error: stream };
  const values = { log, logLimit } as Parameters<typeof startLogging>[0];
  return { said, logging: await startLogging(values, printer) };
}

Deno.test("without --log nothing is watched, and nothing is told", async () => {
  const { logging } = await logTo(undefined);
  assertEquals(logging.observe(PLAN), []);
  assertEquals(await logging.finish(), { notes: [], isComplete: true });
});

Deno.test("a log has a line of JSON for each request, and says how many", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/log`;
  const { logging } = await logTo(path);
  const [observe] = logging.observe(PLAN);
  observe!(tickOf(2));
  observe!(tickOf(1));
  const { notes, isComplete } = await logging.finish();
  assertEquals([isComplete, notes], [true, [{ level: "info", text: `3 requests logged in ${path}` }]]);
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.length, 3);
});

Deno.test("requests beyond the limit, and those that threads left out, are counted as missing", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/log`;
  const { logging } = await logTo(path, 2);
  const [observe] = logging.observe(PLAN);
  observe!(tickOf(3, 5));
  observe!(tickOf(1));
  const { notes: [note] } = await logging.finish();
  assertEquals(note, { level: "warning", text: `2 requests logged in ${path}; 7 more were too many for it` });
});

Deno.test("a disk that takes no more costs what follows, and is told at once and in the report", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const { logging, said } = await logTo("/dev/full");
  const [observe] = logging.observe(PLAN);
  observe!(tickOf(2));
  observe!(tickOf(1));
  const { notes: [note], isComplete } = await logging.finish();
  assertEquals([isComplete, note!.level], [false, "warning"]);
  assertMatch(note!.text, /^0 requests logged in \/dev\/full, up to 1\.0 s; 3 more are missing: .*space/i);
  assertMatch(said.join(""), /^bench: Cannot write --log \/dev\/full: .*space/i);
});

Deno.test("log and exports together are complete when both are, and tell what both tell", async () => {
  const { logging } = await logTo(undefined);
  const told = { notes: [{ level: "warning", text: "1 lost" }] as const, isComplete: false };
  const both = withLog(logging, { observe: () => [() => {}], finish: () => Promise.resolve(told) });
  assertEquals(both.observe(PLAN).length, 1);
  assertEquals(await both.finish({} as Parameters<typeof both.finish>[0]), told);
});
