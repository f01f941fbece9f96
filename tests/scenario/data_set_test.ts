/** Rows of data: who draws which, and when they are used up. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { WHOLE } from "../../src/plan/share.ts";
import { Counters } from "../../src/template/counters.ts";
import { Random } from "../../src/lib/random.ts";
import type { LoadSpec } from "../../src/plan/run_plan.ts";
import type { DataSet, DataValue, Scenario, Step } from "../../src/plan/scenario.ts";
import { decodeData } from "../../src/scenario/data_file.ts";
import { parseRows, RowCursor, type TableForm, uniqueRowProblems } from "../../src/scenario/data_set.ts";

function set(strategy: DataSet["strategy"], count: number): DataSet {
  return { name: "d", strategy, fields: ["id"], rows: Array.from({ length: count }, (_, i) => [String(i)]) };
}

/** The rows that each slot draws, `draws` at most. */
function drawn(data: DataSet, slots: number, draws: number): (DataValue | undefined)[][] {
  return Array.from({ length: slots }, (_, index) => {
    const share = { index, of: slots };
    const cursor = new RowCursor(data, share, new Counters(share));
    const random = new Random(1, index);
    return Array.from({ length: draws }, () => cursor.next(random)?.[0]);
  });
}

Deno.test("RowCursor draws each row of a unique or sequential set exactly once over all slots", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 8 }), (rows, slots) => {
    for (const strategy of ["unique", "sequential"] as const) {
      const all = drawn(set(strategy, rows), slots, rows + 1).flat().filter((row) => row !== undefined);
      assertEquals(all.map(Number).sort((a, b) => a - b), Array.from({ length: rows }, (_, i) => i));
    }
  }));
});

Deno.test("RowCursor gives row k to slot k mod slots", () => {
  assertEquals(drawn(set("sequential", 5), 2, 4), [["0", "2", "4", undefined], [
    "1",
    "3",
    undefined,
    undefined,
  ]]);
});

Deno.test("RowCursor stays spent once it is", () => {
  const cursor = new RowCursor(set("unique", 1), WHOLE, new Counters(WHOLE));
  const random = new Random(1);
  assertEquals([1, 2, 3].map(() => cursor.next(random)?.[0]), ["0", undefined, undefined]);
});

Deno.test("RowCursor goes round and round in a loop", () => {
  assertEquals(drawn(set("loop", 3), 1, 7), [["0", "1", "2", "0", "1", "2", "0"]]);
  assertEquals(drawn(set("loop", 2), 4, 3), [["0", "0", "0"], ["1", "1", "1"], ["0", "0", "0"], [
    "1",
    "1",
    "1",
  ]]);
});

Deno.test("RowCursor draws at random with replacement, all rows sooner or later", () => {
  const [rows] = drawn(set("random", 4), 1, 100);
  assertEquals(new Set(rows), new Set(["0", "1", "2", "3"]));
});

const STEP: Step = {
  name: "s",
  kind: "http",
  method: "GET",
  url: "http://h/",
  headers: [],
  isTemplate: false,
  extract: [],
  checks: [],
};

function scenario(...data: DataSet[]): Scenario {
  return {
    pick: "rotate",
    flows: [{ name: "f", weight: 1, steps: [STEP, STEP] }],
    data,
    cookies: "ignore",
    onExtractFailure: "continue",
    onTemplateError: "keep_literal",
    cacheBust: false,
  };
}

Deno.test("uniqueRowProblems() counts users, connections and iterations", () => {
  const rate = { pacer: { kind: "constant", rate: 1 }, maxConnections: 50, targetRate: 1 } as const;
  const users = { durationMs: 1, rampUpMs: 0, thinkMs: 0, thinkJitter: 0 };
  const rows: readonly (readonly [load: LoadSpec, least: number])[] = [
    [{ kind: "duration", connections: 3, durationMs: 1 }, 3],
    [{ kind: "users", users: 4, ...users }, 4],
    [{ kind: "requests", connections: 1, unit: "iterations", amount: 5 }, 5],
    // Two requests an iteration.
    [{ kind: "requests", connections: 1, unit: "requests", amount: 5 }, 3],
    [{ kind: "requests", connections: 10, unit: "requests", amount: 4 }, 2],
    [{ kind: "rate", ...rate, durationMs: 1000 }, 1],
    [{ kind: "rate", ...rate, amount: 6 }, 6],
  ];
  for (const [load, least] of rows) {
    assertEquals(uniqueRowProblems(scenario(set("unique", least)), load), [], JSON.stringify(load));
    assertEquals(uniqueRowProblems(scenario(set("unique", least - 1)), load).length, 1, JSON.stringify(load));
    assertEquals(uniqueRowProblems(scenario(set("sequential", least - 1)), load), []);
  }
});

Deno.test("uniqueRowProblems() counts only iterations that there must be, whichever flows are drawn", () => {
  const flows = [1, 4].map((count) => ({ name: "f", weight: 1, steps: new Array<Step>(count).fill(STEP) }));
  const load = { kind: "requests", connections: 1, unit: "requests", amount: 8 } as const;
  for (const [rows, problems] of [[2, 0], [1, 1]] as const) {
    assertEquals(uniqueRowProblems({ ...scenario(set("unique", rows)), flows }, load).length, problems);
  }
});

Deno.test("uniqueRowProblems() says what there is and what is needed", () => {
  assertEquals(
    uniqueRowProblems(scenario(set("unique", 1)), { kind: "duration", connections: 10, durationMs: 1 }),
    ['Cannot give each of 10 users its own row: data set "d" with strategy "unique" has 1 row'],
  );
});

Deno.test("parseRows() tells the delimiter from the first line, unless it is named", () => {
  const rows: readonly (readonly [text: string, form: TableForm, expected: unknown])[] = [
    ["a,b\n1,2\n", {}, { fields: ["a", "b"], rows: [["1", "2"]] }],
    ["a;b\n1;2,5\n", {}, { fields: ["a", "b"], rows: [["1", "2,5"]] }],
    ["a\tb\n1\t2\n", {}, { fields: ["a", "b"], rows: [["1", "2"]] }],
    ['"a,x"|b\n1|2\n', {}, { fields: ["a,x", "b"], rows: [["1", "2"]] }],
    ["a;b\n1;2\n", { delimiter: "," }, { fields: ["a;b"], rows: [["1;2"]] }],
    ["1\t2\n3\t4\n", { delimiter: "tab", fields: ["x", "y"] }, {
      fields: ["x", "y"],
      rows: [["1", "2"], ["3", "4"]],
    }],
  ];
  for (const [text, form, expected] of rows) assertEquals(parseRows(text, "d.csv", form), expected, text);
});

Deno.test("parseRows() gives columns the types they are declared to have; an empty value is null", () => {
  const types = { n: "number", b: "boolean", j: "json" } as const;
  const { rows } = parseRows('t,n,b,j\n1,2.5,yes,"[1,{""a"":2}]"\n,,,\nx,-3,FALSE,null\n', "d.csv", {
    types,
  });
  assertEquals(rows, [["1", 2.5, true, { json: '[1,{"a":2}]' }], ["", null, null, null], [
    "x",
    -3,
    false,
    null,
  ]]);
});

Deno.test("parseRows() reads lists and objects of JSON, and tells what standard input is", () => {
  assertEquals(parseRows('[{"a":{"b":[1]}}]', "d.json").rows, [[{ json: '{"b":[1]}' }]]);
  assertEquals(parseRows('{"a":1}\n{"a":2}\n', "-").rows, [[1], [2]]);
  assertEquals(parseRows('[{"a":1}]', "-").rows, [[1]]);
  assertEquals(parseRows("a\n1\n", "-").rows, [["1"]]);
});

Deno.test("decodeData() reads other encodings, by name or by mark", () => {
  assertEquals(decodeData(Uint8Array.of(0xe4), "d.csv", "latin1"), "ä");
  assertEquals(decodeData(Uint8Array.of(0xff, 0xfe, 0xe4, 0), "d.csv"), "ä");
  assertEquals(decodeData(Uint8Array.of(0xfe, 0xff, 0, 0xe4), "d.csv"), "ä");
  assertEquals(decodeData(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), "d.csv"), "a");
});
