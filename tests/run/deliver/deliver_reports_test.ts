/** Where reports go: each to its place, none to another's, and one that fails keeps no other from arriving. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UsageError } from "../../../src/lib/errors.ts";
import type { Printer } from "../../../src/run/printer.ts";
import {
  deliverReports,
  type ReportValues,
  speakerFor,
  tryReports,
  writeReports,
} from "../../../src/run/deliver/deliver_reports.ts";
import { tinyOutcome } from "../../_support/outcomes.ts";
import { tempDir } from "../../_support/temp_dir.ts";

const valuesOf = (changes: Partial<ReportValues>) =>
  ({ color: "never", full: false, quiet: false, ...changes }) as ReportValues;

function listening() {
  const said = { out: "", error: "" };
  const stream = (name: keyof typeof said) => ({
    print: (text: string) => void (said[name] += text),
    wantsColor: () => false,
  });
  const printer: Printer = { out: stream("out"), error: stream("error") };
  return { said, printer };
}

const namesIn = async (path: string) =>
  (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();

Deno.test("two reports for one file, and files that cannot be written, are all named before any load", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/r`;
  const values = valuesOf({ json: path, csv: path, junit: `${temp.path}/no/r.xml` });
  const { message } = await assertRejects(() => tryReports(values), UsageError);
  assertStringIncludes(message, `cannot both go to ${JSON.stringify(path)}`);
  assertStringIncludes(message, "Cannot write --junit");
  await assertRejects(() => tryReports(valuesOf({ json: "-", csv: "-" })), UsageError, "cannot both go to");
  await tryReports(valuesOf({ json: path, csv: `${path}.csv` }));
  assertEquals(await namesIn(temp.path), []);
});

Deno.test("a report on standard output has it for itself: what else is said goes to standard error", () => {
  const { said, printer } = listening();
  speakerFor(valuesOf({ json: "-" }), printer).say("remark");
  speakerFor(valuesOf({}), printer).say("report");
  assertEquals(said, { out: "report", error: "remark" });
});

Deno.test("all reports are written, each file is named, and --quiet names none", async () => {
  await using temp = await tempDir();
  for (const quiet of [false, true]) {
    const { said, printer } = listening();
    const values = valuesOf({ json: `${temp.path}/r.json`, csv: "-", quiet });
    assertEquals(await deliverReports(tinyOutcome(), values, { printer }), true);
    assertEquals(JSON.parse(await Deno.readTextFile(`${temp.path}/r.json`)).total_requests, 3);
    assertStringIncludes(said.out, "Percentage");
    assertEquals(said.error.includes("json written to "), !quiet);
  }
});

Deno.test("a report that cannot be delivered is told, and the others arrive", async () => {
  await using temp = await tempDir();
  const { said, printer } = listening();
  const values = valuesOf({ json: `${temp.path}/gone/r.json`, csv: `${temp.path}/r.csv` });
  assertEquals(await writeReports([tinyOutcome()], values, printer), false);
  assertEquals(await namesIn(temp.path), ["r.csv"]);
  assertStringIncludes(said.error, "Cannot write");
});

Deno.test("of several runs, a form without a text for all has a numbered file for each", async () => {
  await using temp = await tempDir();
  const { printer } = listening();
  const values = valuesOf({
    json: `${temp.path}/r.json`,
    csv: `${temp.path}/r.csv`,
    hgrm: `${temp.path}/hgrm`,
  });
  assertEquals(await writeReports([tinyOutcome(), tinyOutcome()], values, printer), true);
  assertEquals(await namesIn(temp.path), ["hgrm.1", "hgrm.2", "r.1.csv", "r.2.csv", "r.json"]);
  assertEquals(JSON.parse(await Deno.readTextFile(`${temp.path}/r.json`)).endpoint_count, 2);
});
