import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../src/lib/errors.ts";
import { loadScenario, type LoadScenarioOptions } from "../../src/scenario/load_scenario.ts";

/** Files that the scenarios below name. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "users.csv": "name,mail\nann,a@b\n",
  "empty.csv": "name\n",
  "ragged.csv": "a,b\n1,2\n3\n",
  "quote.csv": 'a\n"x\n',
  "twice.csv": "a,a\n1,2\n",
  "noname.csv": "a,\n1,2\n",
  "bad.json": "[{]",
  "object.json": "{}",
  "nested.json": '[{"a":[1]}]',
  "keys.json": '[{"a":1},{"b":2}]',
  "missing.json": '[{"a":1,"b":2},{"a":1}]',
  "hollow.json": "[{}]",
  "scalar.json": "[1]",
  "latin1.csv": Uint8Array.of(0x61, 0x0a, 0xe4, 0x0a),
};

function readFile(path: string): Promise<Uint8Array> {
  const content = FILES[path];
  if (content === undefined) return Promise.reject(new Error("No such file"));
  return Promise.resolve(typeof content === "string" ? new TextEncoder().encode(content) : content);
}

async function problemsOf(
  text: string,
  options: Partial<LoadScenarioOptions> = {},
): Promise<readonly string[]> {
  const error = await assertRejects(
    () => loadScenario(text, { path: "s.yaml", readFile, env: () => undefined, ...options }),
    UsageError,
  );
  return error.problems;
}

/** A scenario whose one step has these further keys, from line 3 on. */
function step(...lines: string[]): string {
  return ["steps:", "  - path: http://h/", ...lines.map((line) => `    ${line}`)].join("\n");
}

function data(file: string): string {
  return `data:\n  d:\n    file: ${file}\nsteps:\n  - path: http://h/\${d.a}`;
}

interface Row {
  readonly claim: string;
  readonly text: string;
  readonly problems: readonly string[];
  readonly options?: Partial<LoadScenarioOptions>;
}

const OK_STEPS = "steps: [{ path: http://h/ }]";

const ROWS: readonly Row[] = [
  // The text
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
    problems: [`s.json:1: Malformed JSON: Unexpected token 's', "steps: []" is not valid JSON`],
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
    problems: ['s.yaml:3: Key "name" is there twice'],
  },
  {
    claim: "a JSON key twice",
    text: '{"steps": [\n  {"path": "http://h/",\n   "path": "http://i/"}]}',
    options: { path: "s.json" },
    problems: ['s.json:3: Key "path" is there twice'],
  },
  { claim: "a list as key", text: `${OK_STEPS}\n? [a]\n: b`, problems: ["s.yaml:2: A key must be a text"] },
  {
    claim: "an unknown tag",
    text: `${OK_STEPS}\ndata: !include data.yaml`,
    problems: ["s.yaml:2: Malformed YAML: Unresolved tag: !include"],
  },
  {
    claim: "a number that would change",
    text: step("body: { id: 12345678901234567890 }"),
    problems: ["s.yaml:3: Number 12345678901234567890 is too large to be kept exactly: write it in quotes"],
  },
  {
    claim: "an alias without anchor",
    text: step("body: *nothing"),
    problems: [
      's.yaml:3: Alias "*nothing" has no anchor',
    ],
  },
  {
    claim: "an alias inside what it stands for",
    text: step("body: &loop", "  again: *loop"),
    problems: ['s.yaml:4: Alias "*loop" is part of what it stands for'],
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
    problems: ["s.yaml:1: Holds more than 200000 values, aliases expanded"],
  },
  {
    claim: "too many aliases",
    text: step("body:", "  - &a x", ...new Array(1001).fill("  - *a")),
    problems: ["s.yaml:1005: Holds more than 1000 aliases"],
  },
  {
    claim: "too many values",
    text: `steps:\n- path: http://h/\n  body: [${"1,".repeat(200_000)}]`,
    problems: ["s.yaml:1: Holds more than 200000 values"],
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
    text: step("method: 1", "headers: [a]", "body: true", "think_time: -1", "assert_status: '200'"),
    problems: [
      's.yaml:3: Step 1: "method": expected a text, found 1',
      's.yaml:4: Step 1: "headers": expected header names with their values, found a list',
      's.yaml:5: Step 1: "body": expected a text, a number, an object or a list, found true',
      's.yaml:6: Step 1: "think_time": expected a number of seconds from 0, or a time such as 500ms, found -1',
      's.yaml:7: Step 1: "assert_status": expected a status from 100 to 599, found "200"',
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

  // URLs, headers, bodies
  {
    claim: "a relative path without base",
    text: "steps:\n  - path: /login",
    problems: [
      's.yaml:2: Step 1: Cannot use path "/login": it is relative, and there is neither a base_url nor a URL on the command line',
    ],
  },
  {
    claim: "schemes other than http",
    text: "base_url: ftp://h/\nsteps:\n  - path: localhost:8080/x\n  - path: 'ws://${env(H)}/'",
    options: { env: () => "h" },
    problems: [
      's.yaml:1: Cannot use base_url "ftp://h/": expected an http or https URL',
      's.yaml:3: Step 1: Cannot use path "localhost:8080/x": expected an http or https URL',
      's.yaml:4: Step 2: Cannot use path "ws://${env(H)}/": expected an http or https URL',
    ],
  },
  {
    claim: "credentials in URLs",
    text: "base_url: http://u:p@h/\nsteps:\n  - path: http://u@i/",
    problems: [
      's.yaml:1: Cannot use base_url "http://u:p@h/": it holds a user name or password; expected an Authorization header instead',
      's.yaml:3: Step 1: Cannot use path "http://u@i/": it holds a user name or password; expected an Authorization header instead',
    ],
  },
  {
    claim: "a URL that is none",
    text: "steps:\n  - path: 'http://:99999'",
    problems: ['s.yaml:2: Step 1: Cannot use path "http://:99999": expected a path or an http or https URL'],
  },
  {
    claim: "a method that is none",
    text: step("method: GE T"),
    problems: ['s.yaml:3: Step 1: Cannot use method "GE T": expected a word such as POST'],
  },
  {
    claim: "header fields that cannot be sent",
    text: step("headers:", "  'a b': c", '  d: "e\\r\\nf: g"'),
    problems: [
      's.yaml:4: Step 1: Cannot use header name "a b": expected letters, digits and hyphens',
      's.yaml:5: Step 1: Cannot use the value of header "d": it has a line break',
    ],
  },
  {
    claim: "two bodies",
    text: step("body: a", "body_base64: YQ=="),
    problems: ['s.yaml:4: Step 1: Cannot use both "body" and "body_base64": expected one of them'],
  },
  {
    claim: "base64 that is none",
    text: step("body_base64: 'a!'"),
    problems: ['s.yaml:3: Step 1: Cannot read "body_base64": expected base64'],
  },
  {
    claim: "a body file that is not there",
    text: step("body_file: no.bin"),
    problems: ['s.yaml:3: Step 1: Cannot read "no.bin": No such file'],
  },

  // Rules
  {
    claim: "patterns that cannot be used",
    text: step(
      "assert_body_regex: 'a('",
      "assert_header: { X: { regex: '(?=a)' } }",
      "extract: { a: { regex: abc } }",
    ),
    problems: [
      's.yaml:3: Step 1: Cannot use regular expression "a(": missing closing ): `a(`',
      's.yaml:4: Step 1: Cannot use regular expression "(?=a)": lookahead and lookbehind are not supported',
      's.yaml:5: Step 1: Cannot use regular expression "abc": expected a group in parentheses around the value',
    ],
  },
  {
    claim: "JSON paths that could lead to several values",
    text: step("assert_json:", "  $.a[*]: 1", "  a..b: 1", "extract: { a: { json: 'a[?b]' } }"),
    problems: [
      's.yaml:4: Step 1: Cannot read JSON path "$.a[*]": wildcards, slices, filters and ".." are not supported, found "[*]"',
      's.yaml:5: Step 1: Cannot read JSON path "a..b": wildcards, slices, filters and ".." are not supported, found "..b"',
      's.yaml:6: Step 1: Cannot read JSON path "a[?b]": wildcards, slices, filters and ".." are not supported, found "[?b]"',
    ],
  },
  {
    claim: "an extraction with two sources, and one with none",
    text: step("extract:", "  a: { json: a, header: b }", "  b: {}"),
    problems: [
      's.yaml:4: Step 1: "a": expected an object with exactly one of json, header and regex, a text that is not empty, found an object',
      's.yaml:5: Step 1: "b": expected an object with exactly one of json, header and regex, a text that is not empty, found an object',
    ],
  },
  {
    claim: "a variable whose name is none",
    text: step("extract: { 1a: { json: a } }"),
    problems: [
      's.yaml:3: Step 1: Expected a name of letters, digits and _ that does not begin with a digit, found "1a"',
    ],
  },
  {
    claim: "a comparison with a list",
    text: step("assert_json: { a: [1] }"),
    problems: ['s.yaml:3: Step 1: "a": expected a text, a number, a boolean, null or "*", found a list'],
  },

  // Placeholders
  {
    claim: "a variable that no earlier step extracts",
    text: step("extract: { token: { json: t } }", "body: ${token}") + "\n  - path: http://h/${tokn}",
    problems: [
      's.yaml:2: Step 1: Cannot fill in "${token}": no earlier step extracts it',
      's.yaml:5: Step 2: Cannot fill in "${tokn}": no earlier step extracts it: did you mean token?',
    ],
  },
  {
    claim: "functions that are none, and bad arguments",
    text: step('body: ["${uid()}", "${randint(6, 1)}", "${randstr()}", "${env()}"]'),
    problems: [
      's.yaml:2: Step 1: Unknown function "uid" in a placeholder: did you mean uuid?',
      's.yaml:2: Step 1: Cannot use "${randint(6, 1)}": expected randint(a, b) with whole numbers a ≤ b',
      's.yaml:2: Step 1: Cannot use "${randstr()}": expected randstr(n) with n from 1 to 65536',
      's.yaml:2: Step 1: Cannot use "${env()}": expected env(NAME)',
    ],
  },
  {
    claim: "environment variables that are not set",
    text: `base_url: http://\${env(HOST)}/\n${step("headers: { A: '${env(TOKEN)}' }")}`,
    problems: [
      's.yaml:1: Environment variable "HOST" is not set',
      's.yaml:3: Step 1: Environment variable "TOKEN" is not set',
    ],
  },
  {
    claim: "a secret that would break a header",
    text: step("headers: { A: '${env(TOKEN)}' }"),
    options: { env: () => "s3cret\n" },
    problems: ['s.yaml:2: Step 1: Cannot use environment variable "TOKEN" in a header: it has a line break'],
  },
  {
    claim: "a base URL with a variable",
    text: `base_url: http://\${host}/\n${OK_STEPS}`,
    problems: ['s.yaml:1: Cannot fill in "${host}": base_url may hold ${env(NAME)} alone'],
  },

  // Data sets
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
    problems: ['s.yaml:2: Cannot read "latin1.csv": it is not UTF-8 text'],
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
    claim: "JSON data with a list in it",
    text: data("nested.json"),
    problems: [
      's.yaml:2: Cannot use data file "nested.json": row 1 has a list or an object at "a"; expected flat objects with the same keys',
    ],
  },
  {
    claim: "JSON data of different keys",
    text: data("keys.json"),
    problems: [
      's.yaml:2: Cannot use data file "keys.json": row 2 and row 1 differ in key "b"; expected flat objects with the same keys',
    ],
  },
  {
    claim: "JSON data with a key missing",
    text: data("missing.json"),
    problems: [
      's.yaml:2: Cannot use data file "missing.json": row 2 and row 1 differ in key "b"; expected flat objects with the same keys',
    ],
  },
  {
    claim: "JSON data with an empty object",
    text: data("hollow.json"),
    problems: [
      's.yaml:2: Cannot use data file "hollow.json": row 1 is empty; expected flat objects with the same keys',
    ],
  },
  {
    claim: "JSON data of scalars",
    text: data("scalar.json"),
    problems: [
      's.yaml:2: Cannot use data file "scalar.json": row 1 is not an object; expected flat objects with the same keys',
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

for (const { claim, text, options, problems } of ROWS) {
  Deno.test(`loadScenario() refuses ${claim}`, async () => {
    assertEquals(await problemsOf(text, options), problems);
  });
}

Deno.test("loadScenario() shows no secret in a message", async () => {
  const text = step("headers: { A: '${env(TOKEN)}', 'b c': d }");
  const problems = await problemsOf(text, { env: () => "s3cret\n" });
  assertEquals(problems.filter((problem) => problem.includes("s3cret")), []);
});
