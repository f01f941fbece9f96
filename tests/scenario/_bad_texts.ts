/** Scenario files whose text, keys or types are wrong. */
import { OK_STEPS, type Row, step } from "./_bad_row.ts";

export const BAD_TEXTS: readonly Row[] = [
  { claim: "an empty file", text: "", problems: ["s.yaml:1: Expected an object, found nothing"] },
  { claim: "a list", text: "- a", problems: ["s.yaml:1: Expected an object, found a list"] },
  { claim: "a text", text: "hello", problems: ['s.yaml:1: Expected an object, found "hello"'] },
  {
    claim: "malformed YAML",
    text: "steps:\n  - path: [a",
    problems: [
      "s.yaml:2: Malformed YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
  },
  {
    claim: "malformed JSON",
    text: '{\n  "steps": [\n    { path: 1 }\n  ]\n}',
    options: { path: "s.json" },
    problems: ["s.json:3: Malformed JSON: Expected property name or '}'"],
  },
  {
    claim: "YAML in a .json file",
    text: "steps: []",
    options: { path: "s.json" },
    problems: [`s.json:1: Malformed JSON: Unexpected token 's'`],
  },
  {
    claim: "a mistake in the middle of JSON, whatever is beside it",
    text:
      `{\n"base_url": "http://localhost",\n"steps": [{ "path": "/", "headers": {\n"X": Bearer s3cret }}]\n}\n`,
    options: { path: "s.json" },
    problems: ["s.json:4: Malformed JSON: Unexpected token 'B'"],
  },
  {
    claim: "JSON cut short",
    text: '{\n"steps": [',
    options: { path: "s.json" },
    problems: ["s.json:2: Malformed JSON: Unexpected end of JSON input"],
  },
  {
    claim: "two documents",
    text: `${OK_STEPS}\n---\n${OK_STEPS}`,
    problems: ["s.yaml:2: A second document begins here: expected one"],
  },
  {
    claim: "a key twice",
    text: `${OK_STEPS}\nname: a\nname: b`,
    problems: ['s.yaml:3: Key "name" appears twice'],
  },
  {
    claim: "a JSON key twice",
    text: '{"steps": [\n  {"path": "http://h/",\n   "path": "http://i/"}]}',
    options: { path: "s.json" },
    problems: ['s.json:3: Key "path" appears twice'],
  },
  { claim: "a list as key", text: `${OK_STEPS}\n? [a]\n: b`, problems: ["s.yaml:2: Keys must be strings"] },
  {
    claim: "an unknown tag",
    text: `${OK_STEPS}\ndata: !include data.yaml`,
    problems: ["s.yaml:2: Malformed YAML: Unresolved tag: quote text that begins with !"],
  },
  {
    claim: "a number that would change",
    text: step("body: { id: 12345678901234567890 }"),
    problems: ["s.yaml:3: Number 12345678901234567890 is too large to be exact: write it in quotes"],
  },
  {
    claim: "an alias without anchor",
    text: step("body: *nothing"),
    problems: [
      "s.yaml:3: An alias without an anchor: quote text that begins with *",
    ],
  },
  {
    claim: "an alias inside what it stands for",
    text: step("body: &loop", "  again: *loop"),
    problems: ['s.yaml:4: Alias "*loop" refers to itself'],
  },
  {
    claim: "an alias bomb",
    text: [
      "steps:",
      "- path: http://h/",
      "  body:",
      "    a0: &a0 [x, x, x, x, x, x, x, x, x]",
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) =>
        `    a${i}: &a${i} [${new Array(9).fill(`*a${i - 1}`).join(", ")}]`
      ),
    ].join("\n"),
    problems: ["s.yaml:1: Contains more than 200000 values, aliases expanded"],
  },
  {
    claim: "too many aliases",
    text: step("body:", "  - &a x", ...new Array(1001).fill("  - *a")),
    problems: ["s.yaml:1005: Contains more than 1000 aliases"],
  },
  {
    claim: "too many values",
    text: `steps:\n- path: http://h/\n  body: [${"1,".repeat(200_000)}]`,
    problems: ["s.yaml:1: Contains more than 200000 values"],
  },
  {
    claim: "too many levels",
    text: `steps:\n- path: http://h/\n  body: ${"[".repeat(100)}${"]".repeat(100)}`,
    problems: ["s.yaml:3: Nested deeper than 100 levels"],
  },
  {
    claim: "far too many levels",
    text: `steps:\n- path: http://h/\n  body: ${"[".repeat(50_000)}`,
    problems: ["s.yaml:3: Nested deeper than 100 levels"],
  },
  {
    claim: "too many bytes",
    text: `name: ${"x".repeat(10 * 2 ** 20)}`,
    problems: ["s.yaml: Cannot read a scenario of more than 10 MiB"],
  },

  // Keys and types
  {
    claim: "a text where an object with keys of its own is expected",
    text: "base_url: http://h\nsteps:\n  - path: /\n    extract: { id: $.id }\n",
    problems: [
      's.yaml:4: Step 1: "id": expected an object with keys such as json, header, regex, found "$.id"',
    ],
  },
  {
    claim: "unknown keys, all of them",
    text: `baseurl: http://h/\nthinkTime: 1\nfoo: 1\n${OK_STEPS}`,
    problems: [
      's.yaml:1: Unknown key "baseurl": did you mean base_url?',
      's.yaml:2: Unknown key "thinkTime": did you mean think_time?',
      's.yaml:3: Unknown key "foo"',
    ],
  },
  {
    claim: "an unknown key of a step",
    text: step("name: login", "assert_staus: 200"),
    problems: ['s.yaml:4: Step 1 "login": Unknown key "assert_staus": did you mean assert_status?'],
  },
  {
    claim: "url instead of path",
    text: "steps:\n  - url: http://h/",
    problems: [
      's.yaml:2: Step 1: Key "path" is missing',
      's.yaml:2: Step 1: Unknown key "url": did you mean path?',
    ],
  },
  { claim: "no steps", text: "name: x", problems: ['s.yaml:1: Key "steps" is missing'] },
  {
    claim: "an empty list of steps",
    text: "steps: []",
    problems: ['s.yaml:1: "steps": expected at least one step, found an empty list'],
  },
  {
    claim: "steps that are no list",
    text: "steps: { path: / }",
    problems: ['s.yaml:1: "steps": expected a list of steps, found an object'],
  },
  {
    claim: "a step that is no object",
    text: "steps:\n  - http://h/\n  - [path]",
    problems: [
      's.yaml:2: Step 1: Expected an object, found "http://h/"',
      "s.yaml:3: Step 2: Expected an object, found a list",
    ],
  },
  {
    claim: "steps and flows",
    text: `${OK_STEPS}\nflows:\n  - ${OK_STEPS}`,
    problems: ['s.yaml:2: Cannot use both "steps" and "flows": expected one of them'],
  },
  {
    claim: "a flow without steps, and one without weight",
    text: `flows:\n  - name: a\n  - name: b\n    weight: 0\n    ${OK_STEPS}`,
    problems: [
      's.yaml:2: Flow 1 "a": Key "steps" is missing',
      's.yaml:4: Flow 2 "b": "weight": expected a number greater than 0, found 0',
    ],
  },
  {
    claim: "a step of a flow",
    text: "flows:\n  - name: buy\n    steps:\n      - name: pay\n        path: 5",
    problems: ['s.yaml:5: Flow 1 "buy", step 1 "pay": "path": expected a text, found 5'],
  },
  {
    claim: "values of wrong types",
    text: step("method: 1", "headers: [a]", "body: true", "think_time: -1", "assert_status: '600'"),
    problems: [
      's.yaml:3: Step 1: "method": expected a text, found 1',
      's.yaml:4: Step 1: "headers": expected header names with their values, found a list',
      's.yaml:5: Step 1: "body": expected a text, a number, an object or a list, found true',
      's.yaml:6: Step 1: "think_time": expected a number of seconds from 0, or a time such as 500ms, found -1',
      's.yaml:7: Step 1: "assert_status": expected a status from 100 to 599, "2xx", a range such as "200-204", or a list of them, found "600"',
    ],
  },
  {
    claim: "header fields without a value",
    text: step("headers:", "  a: {}", "  b: []", "  c: [{}]"),
    problems: [
      's.yaml:4: Step 1: "a": expected a text, a number, a boolean, a list of them or null, found an object',
      's.yaml:5: Step 1: "b": expected at least one value, found an empty list',
      's.yaml:6: Step 1: "c": expected a text, a number, a boolean, a list of them or null, found a list',
    ],
  },
  {
    claim: "times that are none",
    text: `think_time: .inf\n${step("think_time: .nan", "assert_max_latency: 5 parsecs")}`,
    problems: [
      's.yaml:1: "think_time": expected a time of at most 24 days, found Infinity',
      's.yaml:4: Step 1: "think_time": expected a number of seconds from 0, or a time such as 500ms, found NaN',
      's.yaml:5: Step 1: "assert_max_latency": expected a number of seconds from 0, or a time such as 500ms, found "5 parsecs"',
    ],
  },
  {
    claim: "settings with values they do not have",
    text: `session: fresh\non_extract_failure: abort\non_template_error: ignore\n${OK_STEPS}`,
    problems: [
      's.yaml:1: "session": expected one of persistent, fresh_per_iteration, found "fresh"',
      's.yaml:2: "on_extract_failure": expected one of abort_iteration, continue, found "abort"',
      's.yaml:3: "on_template_error": expected one of abort_iteration, keep_literal, found "ignore"',
    ],
  },
  {
    claim: "an assertion of 0 latency",
    text: step("assert_max_latency: 0"),
    problems: ['s.yaml:3: Step 1: Cannot use "assert_max_latency" of 0: expected a time above 0'],
  },
];
