/** curl's options become the requests that curl would send. */
import { assertEquals, assertRejects } from "@std/assert";
import { readCurlWords } from "../../../src/convert/curl/command.ts";
import { HONOURED, OF_THE_RUN, REFUSED } from "../../../src/convert/curl/option_fates.ts";
import { allLongOptions } from "../../../src/convert/curl/options.ts";
import { buildCurlRequests, type CurlRequest } from "../../../src/convert/curl/request.ts";
import { splitCommands } from "../../../src/convert/curl/shell_words.ts";
import { UsageError } from "../../../src/lib/errors.ts";

async function requestsOf(command: string): Promise<readonly CurlRequest[]> {
  const [part] = readCurlWords(splitCommands(command).commands[0]!.words);
  return await buildCurlRequests(part!, {
    readFile: (path) => Deno.readFile(path),
    jars: new Set(["jar.txt"]),
  });
}

async function requestOf(command: string): Promise<CurlRequest> {
  const requests = await requestsOf(command);
  assertEquals(requests.length, 1);
  return requests[0]!;
}

Deno.test("buildCurlRequests() takes http for a URL without a scheme, and user info out of it", async () => {
  const { url, headers } = await requestOf("curl ann:p%40w@a.test:8080/x");
  assertEquals(url.href, "http://a.test:8080/x");
  assertEquals(headers, [["Authorization", "Basic YW5uOnBAdw=="]]);
});

Deno.test("buildCurlRequests() asks for compressed answers on --compressed", async () => {
  assertEquals((await requestOf("curl --compressed http://a.test")).headers, [[
    "Accept-Encoding",
    "deflate, gzip, br",
  ]]);
});

Deno.test("buildCurlRequests() tells what is not as in the command", async () => {
  const rows: [string, string][] = [
    ["curl -u ann http://a.test", "-u has no password, which curl would ask for: an empty one is used"],
    [
      "curl -b jar.txt http://a.test",
      'In place of the cookies in "jar.txt", a user sends those that servers set',
    ],
    [
      "curl 'http://u:p@a.test/a[b?c=d'",
      'Kept as written, although curl refuses its brackets: "http://***@a.test/a[b?…"',
    ],
    ["curl -X put http://a.test", 'Methods of a scenario are in upper case: "put" becomes PUT'],
  ];
  for (const [command, remark] of rows) assertEquals((await requestOf(command)).remarks, [remark]);
});

Deno.test("buildCurlRequests() takes away what the command takes away and every request has", async () => {
  const { removed, remarks } = await requestOf("curl -A '' -H Accept: -H Content-Type: -d x http://a.test");
  assertEquals([removed, remarks], [["Accept", "User-Agent"], []]);
});

/** How a request travels, what is shown or stored of the transfer, and what only other protocols know. */
const IGNORED = new Set(
  `
  abstract-unix-socket alpn alt-svc buffer ca-native capath cert-status cert-type ciphers compressed-ssh
  connect-timeout crlfile curves delegation disable disallow-username-in-url dns-interface dns-ipv4-addr
  dns-ipv6-addr dns-servers doh-cert-status doh-insecure doh-url dump-ca-embed ech egd-file engine
  expect100-timeout false-start happy-eyeballs-timeout-ms hostpubmd5 hostpubsha256 hsts http0.9 http1.1
  ignore-content-length ip-tos ipfs-gateway junk-session-cookies keepalive keepalive-cnt keepalive-time
  key-type knownhosts krb limit-rate local-port max-filesize mptcp noproxy npn parallel parallel-immediate
  parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-redir proxy-anyauth proxy-basic
  proxy-ca-native proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile
  proxy-digest proxy-header proxy-http2 proxy-insecure proxy-key proxy-key-type proxy-negotiate proxy-ntlm
  proxy-pass proxy-pinnedpubkey proxy-service-name proxy-ssl-allow-beast proxy-ssl-auto-client-cert
  proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-tlsv1 proxy-user proxy1.0
  proxytunnel pubkey random-file rate raw retry retry-all-errors retry-connrefused retry-delay retry-max-time
  sasl-authzid sasl-ir service-name sessionid sigalgs socks4 socks4a socks5-basic socks5-gssapi
  socks5-gssapi-nec socks5-gssapi-service speed-limit speed-time ssl ssl-allow-beast ssl-auto-client-cert
  ssl-no-revoke ssl-reqd ssl-revoke-best-effort ssl-sessions sslv2 sslv3 tcp-fastopen tcp-nodelay
  tls-earlydata tls13-ciphers tlsauthtype tlspassword tlsuser tlsv1 tlsv1.0 tlsv1.1 vlan-priority

  clobber create-dirs create-file-mode dump-header etag-save fail fail-early fail-with-body help include
  libcurl manual metalink out-null output output-dir progress-bar progress-meter remote-header-name
  remote-name remote-name-all remote-time remove-on-error show-error silent skip-existing stderr
  styled-output suppress-connect-headers trace trace-ascii trace-config trace-ids trace-time verbose version
  write-out xattr

  append disable-eprt disable-epsv ftp-account ftp-alternative-to-user ftp-create-dirs ftp-method ftp-pasv
  ftp-port ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-ccc-mode ftp-ssl-control list-only login-options
  mail-auth mail-from mail-rcpt mail-rcpt-allowfails quote telnet-option tftp-blksize tftp-no-options
  upload-flags use-ascii
`.trim().split(/\s+/),
);

Deno.test("every option of curl is honoured, refused, named as the run's, or ignored, and only one of these", () => {
  const fates = [HONOURED, new Set(REFUSED.keys()), new Set(OF_THE_RUN.keys()), IGNORED];
  const of = (name: string) => fates.filter((fate) => fate.has(name)).length;
  const wrong = allLongOptions().map((option) => option.slice(2)).filter((name) => of(name) !== 1);
  assertEquals(wrong, []);
  const known = new Set(allLongOptions().map((option) => option.slice(2)));
  assertEquals(fates.flatMap((fate) => [...fate]).filter((name) => !known.has(name.replace(/^no-/, ""))), []);
});

Deno.test("readCurlWords() refuses by name what changes the request, unless it is taken back", async () => {
  for (const [name, reason] of REFUSED) {
    const value =
      ["etag-compare", "time-cond", "aws-sigv4", "config", "variable", "netrc-file", "request-target"]
          .includes(name) || name === "haproxy-clientip"
        ? ["x"]
        : [];
    assertEquals(
      (await assertRejects(
        () => requestsOf(["curl http://a.test", `--${name}`, ...value].join(" ")),
        UsageError,
      ))
        .message,
      `Cannot import curl's --${name}: ${reason}`,
    );
  }
  assertEquals(
    (await requestsOf("curl --netrc --no-netrc --compressed --no-compressed http://a.test"))[0]!.headers,
    [],
  );
});

Deno.test("buildCurlRequests() makes the URLs that curl makes of brackets", async () => {
  const rows: [string, ...string[]][] = [
    ["a.test/{x,y}{1,}", "/x1", "/x", "/y1", "/y"],
    ["a.test/[08-10]", "/08", "/09", "/10"],
    ["a.test/[1-7:3]/[a-b]", "/1/a", "/1/b", "/4/a", "/4/b", "/7/a", "/7/b"],
    [String.raw`a.test/?a\[0\]=1&b[]=2`, "/?a[0]=1&b[]=2"],
    ["http://[::1]:8080/{a}", "/a"],
  ];
  for (const [url, ...paths] of rows) {
    const made = await requestsOf(`curl '${url}'`);
    assertEquals(made.map((request) => request.url.pathname + request.url.search), paths, url);
  }
  assertEquals((await requestOf("curl -g 'a.test/?x={a,b}'")).url.search, "?x={a,b}");
  const many = "stands for more than 1000 URLs";
  await assertRejects(() => requestsOf("curl 'a.test/[1-1001]'"), UsageError, many);
  await assertRejects(() => requestsOf("curl 'a.test/[1-100][1-100]'"), UsageError, many);
});
