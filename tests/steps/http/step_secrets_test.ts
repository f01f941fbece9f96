/** Which values of a step are secret. */
import { assertEquals } from "@std/assert";
import { secretsOf } from "../../../src/steps/http/step_secrets.ts";
import { describeSecrets } from "../../../src/steps/secrets.ts";
import type { HttpStep } from "../../../src/plan/http_step.ts";

const STEP: HttpStep = {
  name: "a",
  kind: "http",
  method: "POST",
  url: "http://h/a?q=1",
  headers: [["Accept", "*/*"], ["Content-Type", "application/json"]],
  isTemplate: true,
  extract: [],
  checks: [],
};

function text(body: string): Partial<HttpStep> {
  return { body: { kind: "text", text: body } };
}

const ROWS: readonly (readonly [Partial<HttpStep>, readonly string[]])[] = [
  [{}, []],
  [{ headers: [["X-Functions-Key", "a"], ["X-A", "Bearer b"]] }, ["header x-functions-key", "header x-a"]],
  [{ url: "http://h/a;jsessionid=1?api_key=2&q=3" }, ["parameter jsessionid", "parameter api_key"]],
  [{ url: "${base}/?api_key=${k}" }, ["parameter api_key"]],
  [{ url: "http://h/${env(PW)}" }, ["${env(PW)}"]],
  [{ headers: [["X-Tenant", "${env(TENANT)}"]] }, ["header x-tenant"]],
  [text('{"user":"a","password":"b"}'), ["field password"]],
  [text("user=a&client_secret=b"), ["field client_secret"]],
  [text("hello ${env(PW)}"), ["${env(PW)}"]],
  [text("hello ${users.pin} ${users.name} ${session_token} ${id}"), ["${users.pin}", "${session_token}"]],
  [{ ...text("hello ${env(PW)}"), isTemplate: false }, []],
  [{ body: { kind: "base64", base64: btoa('{"password":"b"}') } }, ["field password"]],
  [text('{"author":"a","max_tokens":3,"password":""}'), []],
  [{ headers: [["Referer", "http://h/?sid=1"], ["Link", "</a?token=1>; rel=next"]] }, [
    "header referer",
    "header link",
  ]],
  [
    { headers: [["Accept", 'text/html;q=0.9, a/b;version="1"'], ["Content-Type", "a/b; boundary=c"]] },
    [],
  ],
  [text('{"query":"mutation{login(user:\\"a\\",password:\\"b\\")}"}'), ["field password"]],
  [text("hello ${taken}"), ["${taken}"]],
];

for (const [changes, secrets] of ROWS) {
  Deno.test(`secretsOf() finds ${secrets.join(", ") || "nothing"} in ${JSON.stringify(changes)}`, () => {
    assertEquals(describeSecrets(secretsOf({ ...STEP, ...changes }, new Set(["taken"]))), secrets);
  });
}
