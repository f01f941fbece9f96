/** Scenarios whose data sets are wrong. */
import { OK_STEPS, type Row } from "./_bad_row.ts";

function data(file: string): string {
  return `data:\n  d:\n    file: ${file}\nsteps:\n  - path: http://h/\${d.a}`;
}

export const BAD_DATA: readonly Row[] = [
  {
    claim: "data sets and fields that are not there",
    text:
      "data: { users: { file: users.csv } }\nsteps:\n  - path: http://h/${user.name}/${users.nam}/${users.toString}",
    problems: [
      's.yaml:3: Step 1: Cannot fill in "${user.name}": there is no data set "user": did you mean users?',
      's.yaml:3: Step 1: Cannot fill in "${users.nam}": data set "users" has no field "nam": did you mean name?',
      's.yaml:3: Step 1: Cannot fill in "${users.toString}": data set "users" has no field "toString"',
    ],
  },
  {
    claim: "a strategy that is none",
    text: `data: { d: { file: a, strategy: once } }\n${OK_STEPS}`,
    problems: ['s.yaml:1: "strategy": expected one of loop, sequential, random, unique, found "once"'],
  },
  {
    claim: "a data file that is not there",
    text: data("no.csv"),
    problems: ['s.yaml:2: Cannot read "no.csv": No such file'],
  },
  {
    claim: "a data file that is not UTF-8",
    text: data("latin1.csv"),
    problems: [
      's.yaml:2: Cannot read "latin1.csv": it is not UTF-8 text; name its encoding, such as encoding: windows-1252',
    ],
  },
  {
    claim: "a delimiter of two characters",
    text: `data: { e: { file: users.csv, delimiter: '::' } }\n${OK_STEPS}`,
    problems: ['s.yaml:1: "delimiter": expected one character, or tab, found "::"'],
  },
  {
    claim: "data that is not what it is said to be",
    text: [
      "data:",
      "  a: { file: users.csv, types: { nam: number } }",
      "  b: { file: users.csv, types: { name: number } }",
      "  c: { file: users.csv, fields: [x] }",
      "  d: { file: latin1.csv, encoding: latin99 }",
      OK_STEPS,
    ].join("\n"),
    problems: [
      's.yaml:2: Cannot use data file "users.csv": it has no column "nam": did you mean name?',
      's.yaml:3: Cannot use data file "users.csv": row 1 has "ann" in column "name", which is not a number',
      's.yaml:4: Cannot use data file "users.csv": it has 2 columns, but "fields" names 1',
      's.yaml:5: Cannot read "latin1.csv": unknown encoding "latin99"',
    ],
  },
  {
    claim: "a data file without rows",
    text: data("empty.csv"),
    problems: ['s.yaml:2: Cannot use data file "empty.csv": it has no rows'],
  },
  {
    claim: "CSV rows of different widths",
    text: data("ragged.csv"),
    problems: [
      's.yaml:2: Cannot read data file "ragged.csv": Syntax error on line 3: expected 2 fields but got 1',
    ],
  },
  {
    claim: "CSV columns of one name",
    text: data("twice.csv"),
    problems: ['s.yaml:2: Cannot use data file "twice.csv": there are two columns named "a"'],
  },
  {
    claim: "a CSV column without name",
    text: data("noname.csv"),
    problems: ['s.yaml:2: Cannot use data file "noname.csv": column 2 has no name'],
  },
  {
    claim: "JSON data that is no list",
    text: data("object.json"),
    problems: ['s.yaml:2: Cannot use data file "object.json": expected a list of objects'],
  },
  {
    claim: "JSON data of different keys",
    text: data("keys.json"),
    problems: [
      's.yaml:2: Cannot use data file "keys.json": row 2 and row 1 differ in key "b"; expected objects with the same keys',
    ],
  },
  {
    claim: "JSON data with a key missing",
    text: data("missing.json"),
    problems: [
      's.yaml:2: Cannot use data file "missing.json": row 2 and row 1 differ in key "b"; expected objects with the same keys',
    ],
  },
  {
    claim: "JSON data with an empty object",
    text: data("hollow.json"),
    problems: [
      's.yaml:2: Cannot use data file "hollow.json": row 1 is empty; expected objects with the same keys',
    ],
  },
  {
    claim: "JSON data of scalars",
    text: data("scalar.json"),
    problems: [
      's.yaml:2: Cannot use data file "scalar.json": row 1 is not an object; expected objects with the same keys',
    ],
  },
  {
    claim: "data flags that make no sense",
    text: "data: { users: { file: users.csv } }\nsteps: [{ path: 'http://h/${users.name}' }]",
    options: {
      dataFlags: { data: ["users.csv", "a-b=c", "x=no.csv"], dataStrategy: ["user=loop", "users=once"] },
    },
    problems: [
      "--data users.csv: Expected NAME=FILE",
      '--data a-b=c: Cannot use the name "a-b": expected letters, digits and _',
      '--data-strategy user=loop: There is no data set "user": did you mean users?',
      '--data-strategy users=once: Unknown strategy "once": expected one of loop, sequential, random, unique',
      '--data x=no.csv: Cannot read "no.csv": No such file',
    ],
  },
];
