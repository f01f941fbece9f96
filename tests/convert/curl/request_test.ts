import { assert, assertEquals } from "@std/assert";
import { readCurlWords } from "../../../src/convert/curl/command.ts";
import { type CurlRequest, curlRequest } from "../../../src/convert/curl/request.ts";
import { splitCommand } from "../../../src/convert/curl/shell_words.ts";
import { peerTest } from "../../_support/peers.ts";

const R = String.raw;
const readFile = (path: string) => Deno.readFile(path);

function requestOf(command: string): Promise<CurlRequest> {
  return curlRequest(readCurlWords(splitCommand(command).words), readFile);
}

/** A request as both sides of the comparison see it. */
interface Seen {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Headers that curl adds by itself and the importer leaves to the client. */
const BY_ITSELF = ["host", "content-length", "expect"];

function normal(
  headers: Iterable<readonly [string, string]>,
  body: Uint8Array,
): Pick<Seen, "headers" | "body"> {
  const list = new Headers(
    [...headers].filter(([name]) => !BY_ITSELF.includes(name.toLowerCase())) as HeadersInit,
  );
  let text = new TextDecoder("latin1").decode(body);
  const boundary = /boundary=(\S+)/.exec(list.get("content-type") ?? "")?.[1];
  if (boundary !== undefined) {
    text = text.replaceAll(boundary, "BOUNDARY");
    list.set("content-type", list.get("content-type")!.replace(boundary, "BOUNDARY"));
  }
  // curl joins cookies of two -b without the space that RFC 6265 asks for.
  const cookie = list.get("cookie");
  if (cookie !== null) list.set("cookie", cookie.replace(/;\s*/g, "; "));
  return { headers: Object.fromEntries(list), body: text };
}

/** Commands that curl itself runs against a server, `URL` standing for its address and `DIR` for a folder of files. */
const COMMANDS: readonly string[] = [
  "curl URL/a",
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
  "curl URL/a -A agent/1 -e http://r.test/ -b 'a=1; b=2' -b c=3",
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
  "curl --compressed --no-compressed URL/a",
];

peerTest("curlRequest() makes the request that curl makes", ["curl", "bash"], async () => {
  const dir = await Deno.makeTempDir();
  let seen: Seen | undefined;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const url = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    seen = { method: request.method, target: url.pathname + url.search, ...normal(request.headers, body) };
    return new Response("ok");
  });
  try {
    await Deno.writeTextFile(`${dir}/lines.txt`, "line 1\r\nline=2 &ü\n");
    await Deno.writeFile(`${dir}/bytes.bin`, Uint8Array.of(0, 255, 10, 13, 65));
    for (const template of COMMANDS) {
      const command = template.replaceAll("URL", `http://127.0.0.1:${server.addr.port}`).replaceAll(
        "DIR",
        dir,
      );
      const quiet = command.replace("curl", "curl -q --silent --max-time 20 -o /dev/null");
      const env = { no_proxy: "*", LC_ALL: "C.UTF-8" };
      seen = undefined;
      const run = await new Deno.Command("bash", { args: ["-c", quiet], env, stdout: "null" }).output();
      assert(seen !== undefined, `${template}: ${new TextDecoder().decode(run.stderr)}`);
      const expected: Seen = seen;
      const made = await requestOf(command);
      const defaults: Record<string, string> = {};
      const names = made.headers.map(([name]) => name.toLowerCase());
      // What curl says of itself is no part of the request that the user wrote.
      if (!names.includes("accept") && expected.headers["accept"] === "*/*") defaults["accept"] = "*/*";
      const agent = expected.headers["user-agent"];
      if (!names.includes("user-agent") && agent?.startsWith("curl/")) defaults["user-agent"] = agent;
      const { headers, body } = normal(made.headers, made.body ?? new Uint8Array());
      assertEquals<Seen>(
        {
          method: made.method,
          target: made.url.pathname + made.url.search,
          headers: { ...defaults, ...headers },
          body,
        },
        expected,
        template,
      );
    }
  } finally {
    await server.shutdown();
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("curlRequest() takes http for a URL without a scheme, and user info out of it", async () => {
  const { url, headers } = await requestOf("curl ann:p%40w@a.test:8080/x");
  assertEquals(url.href, "http://a.test:8080/x");
  assertEquals(headers, [["Authorization", "Basic YW5uOnBAdw=="]]);
});

Deno.test("curlRequest() asks for compressed answers on --compressed", async () => {
  assertEquals((await requestOf("curl --compressed http://a.test")).headers, [[
    "Accept-Encoding",
    "deflate, gzip, br",
  ]]);
});

Deno.test("curlRequest() tells what is not as in the command", async () => {
  const rows: [string, string][] = [
    ["curl -u ann http://a.test", "-u has no password, which curl would ask for: an empty one is used"],
    ["curl -b jar.txt http://a.test", 'Cookie files are not read: "jar.txt"'],
    [
      "curl 'http://a.test/{a,b}'",
      "The URL's {…} or […] is kept as it is: curl makes several URLs of it, a scenario does not",
    ],
  ];
  for (const [command, remark] of rows) assertEquals((await requestOf(command)).remarks, [remark]);
});
