/** Headers and bodies that contradict each other. */
import { assertEquals } from "@std/assert";
import { problemsOf } from "../run/_settings.ts";

const URL_TEXT = "http://127.0.0.1/";

for (
  const [argv, problems] of [
    [["-H", "Content-Length: 8", "-b", "abcdefgh"], []],
    [["-H", "content-length: 2", "-m", "POST", "-b", "é"], []],
    [["-H", "Content-Length: 0"], []],
    [["-H", "Content-Length: 5"], ['Cannot send "Content-Length: 5": there is no body; leave it out']],
    [
      ["-H", "content-length: 15", "-b", "abcdefgh"],
      ['Cannot send "content-length: 15": the body has 8 bytes; leave it out'],
    ],
    [
      ["-H", "Content-Length: 15", "-p", "body"],
      ['Cannot send "Content-Length: 15": the body has 3 bytes; leave it out'],
    ],
    [
      ["-H", "Transfer-Encoding: chunked", "-b", "a"],
      ['Cannot send "Transfer-Encoding: chunked": bodies are sent with their length; leave it out'],
    ],
  ] as const
) {
  Deno.test(`framingProblems() of ${argv.join(" ")}: ${problems[0] ?? "none"}`, async () => {
    assertEquals(await problemsOf([...argv, URL_TEXT], { files: { body: "abc" } }), problems);
  });
}

Deno.test("framingProblems() names the step, and knows no length before placeholders are filled in", async () => {
  const scenario = `name: s
steps:
  - { name: fixed, path: /, method: POST, body: abc, headers: { Content-Length: "3" } }
  - { name: filled, path: /, method: POST, body: "a\${uuid()}", headers: { Content-Length: "3" } }
`;
  assertEquals(await problemsOf(["--scenario", "s.yaml", URL_TEXT], { files: { "s.yaml": scenario } }), [
    'Step "filled": Cannot send "Content-Length: 3": the body\'s length is known only when it is sent; leave it out',
  ]);
});
