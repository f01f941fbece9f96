/** Bodies of scenario files, as they go over the network. */
import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../../../src/lib/errors.ts";
import type { HttpStep } from "../../../../src/plan/http_step.ts";
import { loadScenario } from "../../../../src/scenario/load_scenario.ts";
import { bytesOf } from "../../../../src/steps/http/body_form.ts";

const FILES: Readonly<Record<string, Uint8Array>> = {
  "a.png": new Uint8Array([0x89, 0x50, 0xff]),
  "notes": new TextEncoder().encode("${uuid()}"),
};

async function load(step: string): Promise<HttpStep> {
  const { scenario } = await loadScenario(`steps:\n  - path: http://h/\n    method: POST\n${step}\n`, {
    path: "s.yaml",
    readFile: (path) =>
      path in FILES ? Promise.resolve(FILES[path]!) : Promise.reject(new Error("No such file")),
    env: () => undefined,
  });
  return scenario.flows[0]!.steps[0] as HttpStep;
}

function textOf(step: HttpStep): string {
  return new TextDecoder("latin1").decode(bytesOf(step.body) ?? undefined);
}

Deno.test("form: fields are encoded in order, lists give one each, numbers are spelled as in the file", async () => {
  const step = await load("    form: { a: b c, 'x&y': [1, true], id: 007, v: 1.10, ü: '=&+%' }");
  assertEquals(textOf(step), "a=b+c&x%26y=1&x%26y=true&id=007&v=1.10&%C3%BC=%3D%26%2B%25");
  assertEquals(step.headers, [["Content-Type", "application/x-www-form-urlencoded"]]);
  const own = await load("    form: { a: b }\n    headers: { content-type: text/x }");
  assertEquals(own.headers, [["content-type", "text/x"]]);
});

Deno.test("multipart: fields and files, with types told from names, and a boundary that is in none", async () => {
  const step = await load(`    multipart:
      title: a & b
      'q"': ----bench-form-boundary
      photo: [{ file: a.png }, { file: notes, filename: 'n"1.txt', type: text/x }]`);
  assertEquals(step.headers, [["Content-Type", "multipart/form-data; boundary=----bench-form-boundary-1"]]);
  const form = await new Response(bytesOf(step.body) as Uint8Array<ArrayBuffer>, {
    headers: [[...step.headers[0]!] as [string, string]],
  }).formData();
  assertEquals(form.get("title"), "a & b");
  assertEquals(form.get("q%22"), "----bench-form-boundary");
  const [photo, notes] = form.getAll("photo") as [File, File];
  assertEquals([photo.name, photo.type, await photo.bytes()], ["a.png", "image/png", FILES["a.png"]]);
  // What a file holds is no template.
  assertEquals([notes.name, notes.type, await notes.text()], ["n%221.txt", "text/x", "${uuid()}"]);
  assertEquals(step.isTemplate, false);
});

Deno.test("bodies that cannot be are refused", async () => {
  const rows: readonly (readonly [step: string, problem: string])[] = [
    [
      "    body: a\n    form: { a: b }",
      's.yaml:5: Step 1: Cannot use both "body" and "form": expected one of them',
    ],
    ["    multipart: { a: { file: no.png } }", 's.yaml:4: Step 1: Cannot read "no.png": No such file'],
    [
      "    multipart: { a: b }\n    headers: { Content-Type: x }",
      "s.yaml:5: Step 1: Cannot use a Content-Type beside multipart: it is made with the parts",
    ],
    [
      "    multipart: { a: { path: x } }",
      's.yaml:4: Step 1: "a": expected a text, a number, a boolean, an object with a file, or a list of them, found an object',
    ],
    [
      "    form: { a: { b: c } }",
      's.yaml:4: Step 1: "a": expected a text, a number, a boolean or a list of them, found an object',
    ],
    [
      "    form: { a: '${base64(x}' }",
      's.yaml:2: Step 1: Cannot read "${base64(x}": expected ) at character 8',
    ],
  ];
  for (const [step, problem] of rows) {
    const error = await assertRejects(() => load(step), UsageError);
    assertEquals(error.problems, [problem]);
  }
});
