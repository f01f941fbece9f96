/** Requests that curl itself sends are those that a run of the imported commands sends. */
import { assertEquals, assertGreater } from "@std/assert";
import { peerTest } from "../_support/peers.ts";
import { program } from "../_support/program.ts";
import { type RawRequest, response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const R = String.raw;

/** Commands that curl itself runs against a server, `URL` standing for its address and `DIR` for a folder of files. */
const COMMANDS: readonly string[] = [
  "curl URL/a",
  "curl -H Accept: -A '' URL/a",
  "curl URL",
  "curl 'URL/a?x=1&y=2#frag'",
  "curl --url URL/a",
  "curl -- URL/a",
  "curl -X DELETE URL/a",
  "curl -XPATCH URL/a -d x",
  "curl -I URL/a",
  "curl -sSLk --max-time 9 -o /dev/null URL/a",
  "curl URL/a -d a=1 -d b=2",
  "curl URL/a --data 'a b' --data-raw '@c' --data-ascii d",
  "curl URL/a -d ''",
  "curl URL/a -d @DIR/lines.txt",
  "curl URL/a --data-binary @DIR/lines.txt",
  "curl URL/a --data-binary @DIR/bytes.bin -H 'Content-Type: application/octet-stream'",
  "curl URL/a --data-urlencode 'q=a b&c/ü~' --data-urlencode '=x=y' --data-urlencode 'plain text'",
  "curl URL/a --data-urlencode n@DIR/lines.txt --data-urlencode @DIR/lines.txt",
  "curl -G URL/a -d x=1 --data-urlencode 'y=a b'",
  "curl -G 'URL/a?z=0' -d x=1",
  "curl -G -I URL/a -d x=1",
  R`curl URL/a --json '{"a":1}'`,
  R`curl URL/a --json '{"a":' --json '1}' -H 'Content-Type: application/vnd.api+json'`,
  "curl URL/a --json '[1]' -X PUT -H 'Accept: text/plain'",
  R`curl 'URL/a' -H 'content-type: application/json' --data-raw $'{"n":"it\'s \u0021"}'`,
  "curl URL/a -H 'X-A: 1' -H 'X-A: 2' -H 'X-Empty;' -H 'Accept:'",
  "curl URL/a -H 'Content-Type:' -d x",
  "curl URL/a -A agent/1 -e http://r.test/ -b 'a=1; b=2'",
  "curl URL/a -A ''",
  "curl URL/a -A agent/1 -H 'User-Agent: other'",
  "curl -u ann:p:w URL/a",
  "curl -u ann:pw -H 'Authorization: Bearer t' URL/a",
  "curl --oauth2-bearer t0k URL/a",
  "curl -r 0-99 URL/a",
  "curl -T DIR/lines.txt URL/up/",
  "curl -T DIR/lines.txt URL/up/name -X POST",
  "curl --url-query 'a=b c' --url-query +raw=1 'URL/a?z=0'",
  "curl URL/a -F a=1 -F 'b=x y;type=text/html' --form-string 'c=@not a file;type=x'",
  "curl URL/a -F 'f=@DIR/lines.txt' -F 'g=@DIR/bytes.bin;filename=other.png;type=image/png' -F 'h=<DIR/lines.txt'",
  R`curl URL/a -F 'j={"a":1};type=application/json' -F 'q="a;b"'`,
  "curl --http1.1 --no-keepalive -g 'URL/a?x=[1-3]'",
  R`curl 'URL/a?x=\[1\]&y[]=2'`,
  "curl --compressed --no-compressed URL/a",
  "curl URL/a -H 'X-A: 1' -H 'x-b: 2' -H 'X-A: 3'",
  "curl URL/a -H 'Cookie: a=1' -b b=2",
  "curl URL/a -H 'X;' -H 'Content-Type;' -d x",
  "curl -C 5 URL/a",
  "curl -G -F a=1 URL/a",
  "curl 'URL/{a,b}?x=[1-3:2]'",
  "curl URL/a URL/b -d x",
  "curl URL/a -d x --next URL/b -H 'X: 1'",
  "curl --digest --no-digest -u ann:pw URL/a",
  "curl URL/a -F 'f=@DIR/lines.txt;filename=a.PDF' -F 'g=@DIR/page.html;filename=x' -F 'h=<DIR/page.html' -F 'i=x;filename=p.png'",
];

/** What clients add by themselves. */
const BY_ITSELF =
  /^(?:host|content-length|expect|connection|user-agent: (?:curl|bench)\/.*|accept: \*\/\*)(?::|$)/i;

/** A request as both sides of the comparison see it: repeated lines apart, names in their case. */
function seen({ head, body }: RawRequest): unknown {
  const [line, ...fields] = head.split("\r\n");
  const boundary = /boundary=(\S+)/.exec(head)?.[1] ?? "\0";
  const lines = fields.filter((field) => field !== "" && !BY_ITSELF.test(field)).map((field) => field.trim());
  return {
    line,
    fields: lines.map((field) => field.replace(boundary, "BOUNDARY")).toSorted(),
    body: new TextDecoder("latin1").decode(body).replaceAll(boundary, "BOUNDARY"),
  };
}

peerTest("a run of imported curl commands sends what curl sends", ["curl", "bash"], async () => {
  await using temp = await tempDir();
  const dir = temp.path;
  await using server = await startRawServer((connection) => connection.send(response("")));
  await Deno.writeTextFile(`${dir}/lines.txt`, "line 1\r\nline=2 &ü\n");
  await Deno.writeTextFile(`${dir}/page.html`, "<p>");
  await Deno.writeFile(`${dir}/bytes.bin`, Uint8Array.of(0, 255, 10, 13, 65));
  const commands = COMMANDS.map((command) => command.replaceAll("URL", server.origin).replaceAll("DIR", dir));
  const expected: { readonly command: string; readonly sent: unknown }[] = [];
  for (const command of commands) {
    const quiet = "curl -q --silent --max-time 20 --expect100-timeout 0.01 -o /dev/null";
    const before = server.requests.length;
    const env = { no_proxy: "*", LC_ALL: "C.UTF-8" };
    await new Deno.Command("bash", { args: ["-c", command.replace("curl", quiet)], env, stdout: "null" })
      .output();
    const sent = server.requests.slice(before);
    assertGreater(sent.length, 0, `curl sends nothing: ${command}`);
    expected.push(...sent.map((request) => ({ command, sent: seen(request) })));
  }
  await Deno.writeTextFile(`${dir}/commands.txt`, commands.join("\n"));
  const before = server.requests.length;
  const scenario = `${dir}/scenario.json`;
  const imported = await program([
    "curl-import",
    `${dir}/commands.txt`,
    "--preserve-headers",
    "-o",
    scenario,
  ]);
  assertEquals(imported.code, 0, imported.err);
  const ran = await program(["--scenario", scenario, "--iterations", "1", "-c", "1"]);
  assertEquals(ran.code, 0, ran.err);
  const replayed = server.requests.slice(before);
  assertEquals(replayed.length, expected.length, ran.out);
  for (const [index, { command, sent }] of expected.entries()) {
    assertEquals(seen(replayed[index]!), sent, command);
  }
});
