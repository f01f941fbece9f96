/** Target, headers and certificates of a request. */
import { LEFT_OUT } from "../../../src/options/http_types.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  parseTarget,
  readTrustedRoots,
  requestBody,
  requestHeaders,
} from "../../../src/run/compose/request_spec.ts";
import { httpOptions } from "../../../src/client/options/http_options.ts";
import type { HttpValues } from "../../../src/client/options/http_options.ts";
import { UsageError } from "../../../src/lib/errors.ts";
import { VERSION } from "../../../src/lib/version.ts";
import { resolve } from "../../../src/options/resolve.ts";
import { sourcesOf } from "../_settings.ts";

const DEFAULTS = resolve(httpOptions, {}).values;
const TARGET = parseTarget("http://host:8080/");

for (
  const [text, url, why] of [
    ["http://host", "http://host/", "adds the root path"],
    ["HTTP://Host:80/A", "http://host/A", "drops the scheme's own port"],
    ["https://host:8443/a//b/?x=%zz&y", "https://host:8443/a//b/?x=%zz&y", "keeps odd paths and queries"],
    ["http://[::1]:8080/a", "http://[::1]:8080/a", "takes IPv6 addresses"],
    ["http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC", "writes names in Punycode"],
    ["http://host/a#frag", "http://host/a", "drops fragments"],
    ["http://host/a|b'c{d}", "http://host/a|b'c{d}", "leaves what need not be encoded"],
  ] as const
) {
  Deno.test(`parseTarget() ${why}: ${text}`, () => {
    // How braces are written is up to the URL parser.
    assertEquals(
      decodeURI(parseTarget(text).url.href.replace("%zz", "ZZ")),
      decodeURI(url.replace("%zz", "ZZ")),
    );
  });
}

for (
  const [text, userInfo] of [
    ["http://me:secret@host/", "me:secret"],
    ["http://me@host/", "me:"],
    ["http://me:p%40%C3%A4@host/", "me:p@ä"],
    ["http://me:100%@host/", "me:100%"],
    ["http://host/", undefined],
  ] as const
) {
  Deno.test(`parseTarget() takes the user info out of ${text}`, () => {
    const target = parseTarget(text);
    assertEquals([target.url.href, target.userInfo], ["http://host/", userInfo]);
  });
}

for (
  const [text, expected] of [
    ["", 'Cannot use target "": it is empty'],
    ["localhost:8080/x", "it has no scheme; did you mean http://localhost:8080/x?"],
    ["rec.har", "it is a recording: bench har-import rec.har -o scenario.json"],
    ["a/access.LOG", "it is a log: bench --replay a/access.LOG URL"],
    ["plan.jmx", "it is another tool's test, which bench cannot read"],
    ["example.com", "it has no scheme; did you mean http://example.com?"],
    ["me:pw@localhost:80/x", "it has no scheme; did you mean http://***@localhost:80/x?"],
    [
      "ftp://me:pw@host/?token=x",
      'Cannot use target "ftp://***@host/?token=***": expected a URL that begins',
    ],
    ["http:/host/", "expected a URL that begins with http:// or https://"],
    ["http://", "expected a host"],
    ["http:///host/", "expected a host"],
    ["http://host:99999/", "port 99999 is not in the range from 1 to 65535"],
    ["http://[::1]:65536", "port 65536 is not in the range from 1 to 65535"],
    ["http://host:0/", "port 0 is not in the range"],
    ["http://host:-1/", "expected a port from 1 to 65535 behind the colon"],
    ["http://host:http/", "expected a port from 1 to 65535 behind the colon"],
    ["http://me:a#pw@host/", '"http://***@host/": its user name or password holds "#": write it as %23'],
    ["http://me:1#pw@host/", 'its user name or password holds "#": write it as %23'],
    ["http://me:a/pw@host/", 'its user name or password holds "/": write it as %2F'],
    ["http://me:a?pw@host/", 'its user name or password holds "?": write it as %3F'],
    ["http://[::1/", "expected a host"],
    ["http://ho st/", "spaces or control characters"],
    [" http://host/", "spaces or control characters"],
    ["http://host/a b", "spaces or control characters"],
    ["http://host/\r\nX: y", "spaces or control characters"],
    ["http://host/\u0000", "spaces or control characters"],
    ["http://me:%0d%0a@host/", "its user info holds control characters"],
  ] as const
) {
  Deno.test(`parseTarget() refuses ${JSON.stringify(text)}`, () => {
    const { message } = assertThrows(() => parseTarget(text), UsageError, expected);
    assert(!message.includes("pw@"));
  });
}

/** The headers of a request whose options differ from the defaults like this. */
function headersFor(changes: Partial<HttpValues>, url = "http://host:8080/"): readonly string[] {
  return requestHeaders({ ...DEFAULTS, ...changes }, parseTarget(url)).map(([name, value]) =>
    `${name}: ${value}`
  );
}

const STANDARD = ["Host: host:8080", `User-Agent: bench/${VERSION}`, "Accept: */*"];

for (
  const [why, changes, url, expected] of [
    ["adds what every request has", {}, TARGET.url.href, STANDARD],
    [
      "keeps order and repeats of the user's",
      { header: [["B", "1"], ["a", "2"], ["B", "3"]] },
      TARGET.url.href,
      [
        ...STANDARD,
        "B: 1",
        "a: 2",
        "B: 3",
      ],
    ],
    [
      "adds no default that the user gave",
      { header: [["accept", "x"], ["HOST", "y"], ["User-agent", "z"]] },
      TARGET.url.href,
      [
        "accept: x",
        "HOST: y",
        "User-agent: z",
      ],
    ],
    ["writes credentials in base64", { basicAuth: "user:pässword" }, TARGET.url.href, [
      ...STANDARD,
      "Authorization: Basic dXNlcjpww6Rzc3dvcmQ=",
    ]],
    [
      "lets -A replace -H in any case",
      { basicAuth: "a:b", header: [["authorization", "x"]] },
      TARGET.url.href,
      [
        ...STANDARD,
        "Authorization: Basic YTpi",
      ],
    ],
    ["takes credentials from the URL", {}, "http://a:b@host:8080/", [
      ...STANDARD,
      "Authorization: Basic YTpi",
    ]],
    ["prefers -A to the URL", { basicAuth: "a:b" }, "http://c:d@host:8080/", [
      ...STANDARD,
      "Authorization: Basic YTpi",
    ]],
    ["prefers -H to the URL", { header: [["authorization", "x"]] }, "http://c:d@host:8080/", [
      ...STANDARD,
      "authorization: x",
    ]],
    ["joins cookies", { cookie: ["a=1", "b=2"] }, TARGET.url.href, [...STANDARD, "Cookie: a=1; b=2"]],
    [
      "joins cookies with the user's header",
      { cookie: ["b=2"], header: [["cookie", "a=1"]] },
      TARGET.url.href,
      [
        ...STANDARD,
        "Cookie: a=1; b=2",
      ],
    ],
    ["leaves the user's cookie header alone", { header: [["cookie", "a=1"]] }, TARGET.url.href, [
      ...STANDARD,
      "cookie: a=1",
    ]],
    ["names the type of a body", { body: "{}" }, TARGET.url.href, [
      ...STANDARD,
      "Content-Type: application/octet-stream",
    ]],
    [
      "keeps the type that the user names",
      { body: "{}", header: [["content-type", "a/b"]] },
      TARGET.url.href,
      [
        ...STANDARD,
        "content-type: a/b",
      ],
    ],
    ["writes IPv6 hosts in brackets", {}, "http://[::1]:8080/", ["Host: [::1]:8080", ...STANDARD.slice(1)]],
    ["writes no default port", {}, "https://host:443/", ["Host: host", ...STANDARD.slice(1)]],
  ] as const
) {
  Deno.test(`requestHeaders() ${why}`, () => assertEquals(headersFor(changes, url), expected));
}

Deno.test("requestBody() prefers the file, and takes an empty text for none", async () => {
  const { files } = sourcesOf({ files: { "body.bin": "file" } });
  const bodyOf = (body?: string, postFile?: string) => requestBody({ body, postFile }, files);
  assertEquals(await bodyOf(), undefined);
  assertEquals(await bodyOf(""), undefined);
  assertEquals(await bodyOf("text"), { kind: "text", text: "text" });
  assertEquals(await bodyOf("text", "body.bin"), { kind: "base64", base64: "ZmlsZQ==" });
});

Deno.test("requestBody() leaves more than 1 MiB in the file", async () => {
  const { files } = sourcesOf({ files: { most: "x".repeat(1_048_576), more: "x".repeat(1_048_577) } });
  const most = await requestBody({ body: undefined, postFile: "most" }, files);
  assertEquals(most?.kind, "base64");
  const more = await requestBody({ body: undefined, postFile: "more" }, files);
  assertEquals(more, { kind: "file", path: "more", bytes: 1_048_577 });
});

Deno.test("readTrustedRoots() takes certificates and nothing else", async () => {
  const pem = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";
  const { files } = sourcesOf({ files: { "a.pem": pem, "b.pem": "nothing" } });
  assertEquals(await readTrustedRoots(undefined, files), []);
  assertEquals(await readTrustedRoots("a.pem", files), [pem]);
  await assertRejects(() => readTrustedRoots("b.pem", files), UsageError, "it holds no PEM certificate");
});

Deno.test("requestHeaders() leaves out what -H 'Name:' names, and sends -H 'Name;' without a value", () => {
  const target = parseTarget("http://a.test/");
  const values = {
    header: [["User-Agent", LEFT_OUT], ["Accept", LEFT_OUT], ["X-Empty", ""]] as const,
    basicAuth: undefined,
    cookie: [],
    body: undefined,
    postFile: undefined,
  };
  assertEquals(requestHeaders(values, target), [["Host", "a.test"], ["X-Empty", ""]]);
});
