/** Scenario files that are well-formed and still make no sense. */
import { OK_STEPS, type Row, step } from "./_bad_row.ts";

export const BAD_MEANINGS: readonly Row[] = [
  // URLs, headers, bodies
  {
    claim: "a relative path without base",
    text: "steps:\n  - path: /login",
    problems: [
      's.yaml:2: Step 1: Cannot use path "/login": it is relative, and there is no base_url and no URL on the command line',
    ],
  },
  {
    claim: "a base URL that cannot be filled in, once",
    text: "base_url: http://${env(H)}/\nsteps:\n  - path: /x",
    problems: ['s.yaml:1: Environment variable "H" is not set'],
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
      's.yaml:1: Cannot use base_url "http://***@h/": it holds a user name or password; expected an Authorization header instead',
      's.yaml:3: Step 1: Cannot use path "http://***@i/": it holds a user name or password; expected an Authorization header instead',
    ],
  },
  {
    claim: "a URL that is none",
    text: "steps:\n  - path: 'http://:99999'",
    problems: [
      's.yaml:2: Step 1: Cannot use path "http://:99999": port 99999 is not in the range from 1 to 65535',
    ],
  },
  {
    claim: "a method that is none",
    text: step("method: GE T"),
    problems: ['s.yaml:3: Step 1: Cannot use method "GE T": expected a word such as POST'],
  },
  {
    claim: "header fields that cannot be sent",
    text: step("headers:", "  'a b': c", '  d: "e\\r\\nf: g"', '  h: [i, "j\\nk"]'),
    problems: [
      's.yaml:4: Step 1: Cannot use header name "a b": expected letters, digits and hyphens',
      's.yaml:5: Step 1: Cannot use the value of header "d": it has a line break',
      's.yaml:6: Step 1: Cannot use the value of header "h": it has a line break',
    ],
  },
  {
    claim: "numbers that JSON does not have",
    text: step("body: { a: .inf, b: [-.INF, .nan], c: 1e999, d: '.inf' }"),
    problems: ["Infinity", "-Infinity", "NaN"].map((number) =>
      `s.yaml:3: Step 1: JSON has no number ${number}: write it in quotes`
    ),
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
    claim: "JSON paths that are none",
    text: step("assert_json:", "  $.a[1.5]: 1", "  a..: 1", "extract: { a: { json: 'a[?b]' } }"),
    problems: [
      "s.yaml:4: Step 1: Cannot read JSON path \"$.a[1.5]\": unexpected token '.' in bracketed selection",
      's.yaml:5: Step 1: Cannot read JSON path "a..": it ends where a name or an index is expected',
      "s.yaml:6: Step 1: Cannot read JSON path \"a[?b]\": unexpected filter selector token 'b'",
    ],
  },
  {
    claim: "an extraction with two sources, and one with none",
    text: step("extract:", "  a: { json: a, header: b }", "  b: {}"),
    problems: [
      "s.yaml:4: Step 1: Expected exactly one of json, header, regex, cookie and response",
      "s.yaml:5: Step 1: Expected exactly one of json, header, regex, cookie and response",
    ],
  },
  {
    claim: "options of an extraction that do not fit it",
    text: step(
      "extract:",
      "  a: { header: b, pick: random }",
      "  b: { json: b, group: 2 }",
      "  c: { regex: 'a(?<word>b)', group: wrd }",
    ),
    problems: [
      's.yaml:4: Step 1: Cannot use "pick" with "header", which has one value',
      's.yaml:5: Step 1: Cannot use "group" with "json": groups are parts of a regex',
      's.yaml:6: Step 1: Cannot use regular expression "a(?<word>b)": it has no group wrd: did you mean word?',
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
    claim: "comparisons that are none",
    text: step("assert_json:", "  a: [1]", "assert_header: { X: { grater: 3 } }", "assert_status: 6xx"),
    problems: [
      's.yaml:4: Step 1: "a": expected a text, a number, a boolean, null, "*" or an object with a comparison, found a list',
      's.yaml:5: Step 1: Unknown key "grater": expected one of >, >=, <, <=, ==, !=, count, length, exists, absent, one_of, regex',
      's.yaml:6: Step 1: "assert_status": expected a status from 100 to 599, "2xx", a range such as "200-204", or a list of them, found "6xx"',
    ],
  },
  {
    claim: "comparisons without a bound, and a schema that is none",
    text: step(
      "assert_json: { a: {}, b: { count: many } }",
      "assert_json_schema: { type: nothing }",
      "assert_header: { X: { length: '> x' } }",
    ),
    problems: [
      's.yaml:3: Step 1: "a": expected a comparison in it, such as { ">": 3 }',
      's.yaml:3: Step 1: "b": expected a number or a comparison such as ">= 1" for count',
      "s.yaml:4: Step 1: Cannot use the JSON Schema: schema is invalid: data/type must be equal to one of the allowed values, data/type must be array, data/type must match a schema in anyOf",
      's.yaml:5: Step 1: "X": expected a number or a comparison such as ">= 1" for length',
    ],
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
    claim: "a variable in a header of the command line that no earlier step extracts",
    text: step("extract: { token: { json: t } }"),
    options: { commonHeaders: [["X-Token", "${token}"]] },
    problems: [
      's.yaml:2: Step 1: Cannot fill in "${token}" of the command line\'s header X-Token: no earlier step extracts it',
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
    problems: ['s.yaml:1: Cannot fill in "${host}": base_url can only contain ${env(NAME)}'],
  },
];
