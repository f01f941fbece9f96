/** Real runs through proxies, and from chosen addresses. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { certificate, ROOT } from "../_support/certificates.ts";
import { program } from "../_support/program.ts";
import { startProxy } from "../_support/proxy_server.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const PASSWORD = "canary5531";

for (const [kind, scheme] of [["http", "http"], ["socks5", "socks5h"]] as const) {
  Deno.test(`bench --proxy ${scheme}://… shows where it went, and nowhere the password`, async () => {
    await using server = await startRawServer((connection) => connection.send(response("hello")));
    await using proxy = startProxy({ kind, credentials: `me:${PASSWORD}` });
    await using temp = await tempDir();
    const directory = temp.path;
    const url = `${scheme}://me:${PASSWORD}@127.0.0.1:${proxy.port}`;
    const { code, out, err } = await program([
      ...["--proxy", url, "-n", "6", "-c", "2", "-v", "4", "--latency-breakdown"],
      ...[
        "--json",
        `${directory}/r.json`,
        "--html-report",
        `${directory}/r.html`,
        "--csv",
        `${directory}/r.csv`,
      ],
      `http://far.test:${server.port}/`,
    ]);
    assertEquals(code, 0, err);
    assertEquals([server.requests.length, proxy.targets[0]], [
      6,
      `${kind === "http" ? "" : "name "}far.test:${server.port}`,
    ]);
    assertMatch(out, new RegExp(`Proxy: +${scheme}://\\*\\*\\*@127\\.0\\.0\\.1:${proxy.port}`));
    const files: string[] = [];
    for await (const { name } of Deno.readDir(directory)) {
      files.push(await Deno.readTextFile(`${directory}/${name}`));
    }
    assertEquals(files.length, 3);
    const encoded = btoa(`me:${PASSWORD}`);
    for (const text of [out, err, ...files]) {
      assertEquals(text.includes(PASSWORD) || text.includes(encoded), false, text.slice(0, 500));
    }
  });
}

Deno.test("bench asks the environment for proxies only when told to", async () => {
  await using server = await startRawServer((connection) => connection.send(response("hello")));
  await using proxy = startProxy({ kind: "http" });
  const env = { HTTP_PROXY: `127.0.0.1:${proxy.port}`, NO_PROXY: "", no_proxy: "" };
  for (const client of ["raw", "fetch"]) {
    const { code, err } = await program(["-n", "2", "-c", "1", "--client", client, server.origin], env);
    assertEquals([code, proxy.connections], [0, 0], err);
  }
  const asked = await program(["-n", "2", "-c", "1", "--proxy", "env", server.origin], env);
  assertEquals([asked.code, proxy.connections], [0, 1], asked.err);
  const bypassed = await program(["-n", "2", "--proxy", "env", server.origin], {
    ...env,
    NO_PROXY: "127.0.0.1",
  });
  assertEquals([bypassed.code, proxy.connections], [0, 1], bypassed.err);
  const missing = await program(["-n", "2", "--proxy", "env", server.origin], { HTTP_PROXY: "" });
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.err, "--proxy env: none of HTTP_PROXY, HTTPS_PROXY and ALL_PROXY is set");
});

Deno.test("bench looks at the certificate through the proxy, and keeps to its rules", async () => {
  await using server = await startRawServer((connection) => connection.send(response("hello")), {
    tls: certificate("server"),
  });
  await using proxy = startProxy({ kind: "http" });
  const words = ["--proxy", `http://127.0.0.1:${proxy.port}`, "-n", "4", "-c", "2", "--json", "-"];
  const url = `https://localhost:${server.port}/`;
  const untrusted = JSON.parse((await program([...words, url])).out);
  assertEquals([untrusted.total_errors, untrusted.certificate.trusted], [0, false]);
  const refused = await program([...words, "-A", "me:secret", url]);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, "no credentials are sent to it");
  await using temp = await tempDir();
  const root = `${temp.path}/file.pem`;
  await Deno.writeTextFile(root, ROOT);
  const trusted = JSON.parse((await program([...words, "--ca-bundle", root, "-A", "me:secret", url])).out);
  assertEquals([trusted.total_errors, trusted.certificate.trusted], [0, true]);
  assertEquals(new Set(proxy.targets), new Set([`localhost:${server.port}`]));
});

Deno.test("bench --local-address leaves from the given addresses in turn", async () => {
  const from = new Map<string, number>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (_, info) => {
    const { hostname } = info.remoteAddr as Deno.NetAddr;
    from.set(hostname, (from.get(hostname) ?? 0) + 1);
    return new Response("hello");
  });
  const { code, err, out } = await program([
    ...["--local-address", "127.0.0.2,127.0.0.3", "--no-keepalive", "-n", "8", "-c", "1", "-t", "1"],
    `http://127.0.0.1:${server.addr.port}/`,
  ]);
  assertEquals([code, Object.fromEntries(from)], [0, { "127.0.0.2": 4, "127.0.0.3": 4 }], err);
  assertMatch(out, /Local Addresses: +127\.0\.0\.2, 127\.0\.0\.3/);
});

for (
  const [words, expected] of [
    [["--proxy", "https://p:1"], "--proxy: found"],
    [["--proxy", `socks5://me:${PASSWORD}@h`], "expected http://HOST:PORT"],
    [
      ["--proxy", "http://h:1", "--resolve", "a:80:127.0.0.1"],
      "--proxy cannot be given together with --resolve",
    ],
    [["--local-address", "here"], "expected an IPv4 or IPv6 address"],
    [["--local-address", "192.0.2.9"], "192.0.2.9 is not an address of this machine"],
    [
      ["--client", "fetch", "--proxy", `http://me:${PASSWORD}@h:1`],
      "cannot keep a proxy's password from https",
    ],
  ] as const
) {
  Deno.test(`bench ${words.join(" ").replace(PASSWORD, "…")} is refused`, async () => {
    const { code, out, err } = await program([...words, "http://127.0.0.1:9/"]);
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, expected);
    assert(!err.includes(PASSWORD));
  });
}
