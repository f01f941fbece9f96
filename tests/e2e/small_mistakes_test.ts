/**
 * What users get wrong on a command line, or take for granted: one message that names the mistake, or what they meant.
 */
import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { certificate, type CertificateName, ROOT_PATH } from "../_support/certificates.ts";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

for (const client of ["raw", "fetch"]) {
  Deno.test(`an empty query goes out and is reported as it was given, with --client ${client}`, async () => {
    await using server = await startRawServer((connection) => connection.send(response("ok")));
    for (const [given, target] of [["/?", "/?"], ["?", "/?"], ["/a?#b", "/a?"], ["/", "/"], ["/?b", "/?b"]]) {
      const { out } = await program(["-n", "1", "-c", "1", "--client", client, `${server.origin}${given}`]);
      assertStringIncludes(out, `GET ${server.origin}${target}\n`);
      assertStringIncludes(server.requests.at(-1)!.head, `GET ${target} HTTP/1.1`);
    }
  });
}

for (
  const [words, message] of [
    [
      "--worker foo:abc",
      /^bench: --worker: found "foo:abc", expected HOST:PORT [^\n]*\nTry: bench --help\n$/,
    ],
    ["-v http://localhost:9/", /^bench: -v: found "http:[^\n]*\nTry: bench --help\n$/],
    ["-n http://localhost:9/", /^bench: -n: found "http:[^\n]*\nTry: bench --help\n$/],
    ["http://localhost:99999/", /port 99999 is not in the range from 1 to 65535/],
    ["http://user:pa#ss@localhost/", /its user name or password holds "#": write it as %23/],
    ["--proxy http://h:9 --otel-endpoint http://h:99999 http://h/", /--otel-endpoint: [^\n]*port 99999/],
    ["--rate 0 http://localhost:9/", /--rate 0 starts nothing: expected a rate above 0, or --rate-ramp/],
    ["--rate 0 --rate-ramp 0 http://localhost:9/", /--rate 0 starts nothing/],
  ] as const
) {
  Deno.test(`bench ${words} says what is wrong, and nothing else`, async () => {
    const { code, out, err } = await program(words.split(" "));
    assertEquals([code, out], [1, ""]);
    assertMatch(err, message);
    assertNotMatch(err, /without a target|pa#|ss@/);
  });
}

Deno.test("bench --rate 0 --rate-ramp N starts at nothing, and --rate-ramp 0 ends there", async () => {
  await using server = await startRawServer((connection) => connection.send(response("ok")));
  for (const [from, to] of [["0", "40"], ["40", "0"]]) {
    const words = ["--rate", from!, "--rate-ramp", to!, "-d", "1s", "--json", "-", server.origin];
    const { code, out } = await program(words);
    assertEquals([code, JSON.parse(out).total_requests], [0, 20]);
  }
});

Deno.test("bench tells of headers that are sent twice or replaced", async () => {
  await using server = await startRawServer((connection) => connection.send(response("ok")));
  const one = ["-n", "1", "-c", "1"];
  const hosts = await program([...one, "-H", "Host: a", "-H", "Host: b", server.origin]);
  assertStringIncludes(hosts.err, "-H sets Host 2 times");
  const both = await program([...one, "-H", "Authorization: x", "-A", "u:p", server.origin]);
  assertStringIncludes(both.err, "-A replaces the Authorization header of -H");
  const inUrl = server.origin.replace("//", "//me:pw@");
  assertStringIncludes(
    (await program([...one, "-A", "u:p", inUrl])).err,
    "-A replaces the user name and password of the URL",
  );
  assertEquals((await program([...one, "-A", "u:p", server.origin])).err, "");
});

Deno.test("data rows are read from JSON Lines", async () => {
  await using server = await startRawServer((connection) => connection.send(response("ok")));
  await using temp = await tempDir();
  const dir = temp.path;
  const scenario = {
    base_url: server.origin,
    steps: [{ path: "/${d.id}", method: "POST", body: { id: "${d.id}" } }],
  };
  await Deno.writeTextFile(`${dir}/s.json`, JSON.stringify(scenario));
  const run = async (name: string, text: string) => {
    await Deno.writeTextFile(`${dir}/${name}`, text);
    return await program(
      [
        "--scenario",
        `${dir}/s.json`,
        "--data",
        `d=${dir}/${name}`,
        "--iterations",
        "2",
        "-c",
        "1",
        "-t",
        "1",
      ],
    );
  };
  for (const name of ["rows.jsonl", "rows.ndjson"]) {
    const { code, err } = await run(name, '{"id":7}\r\n\n{"id":8}\n');
    assertEquals(code, 0, err);
    const [first, second] = server.requests.slice(-2);
    assertEquals([first, second].map((sent) => sent?.head.split(" ")[1]), ["/7", "/8"]);
    assertEquals(new TextDecoder().decode(second?.body), '{"id":8}');
  }
  const broken = await run("broken.jsonl", '{"id":7}\n{"id":\n');
  assertEquals(broken.code, 1);
  assertMatch(broken.err, /broken\.jsonl": Unexpected end of JSON input on line 2/);
});

/** A server with one of the certificates made for tests. */
function secure(name: CertificateName) {
  return startRawServer((connection) => connection.send(response("ok")), { tls: certificate(name) });
}

Deno.test("only a certificate of an unknown issuer advises --ca-bundle", async () => {
  for (
    const [name, bundle, advice] of [
      ["server", [], /its issuer is not known here; add its root with --ca-bundle, or leave out/],
      ["self_signed", [], /it is self-signed; add it as its own root with --ca-bundle, or/],
      ["expired", ["--ca-bundle", ROOT_PATH], /it has expired; renew it, or leave out --ssl-verify/],
      [
        "wrong_name",
        ["--ca-bundle", ROOT_PATH],
        /it is for a different name; use a name that it covers, in the URL/,
      ],
    ] as const
  ) {
    await using server = await secure(name);
    const { code, err } = await program(["-n", "1", "--ssl-verify", ...bundle, server.origin]);
    assertEquals(code, 1);
    assertMatch(err, advice);
    if (bundle.length > 0) assertNotMatch(err, /--ca-bundle/);
    const withSecret = await program(["-n", "1", "-A", "u:p", ...bundle, server.origin]);
    assertEquals(/--ca-bundle/.test(withSecret.err), bundle.length === 0);
    assertMatch(withSecret.err, /or use --insecure to send them/);
  }
});

/** Reads what a client says first, and answers with a fatal alert (RFC 8446, 6). */
function alerting(code: number): { readonly port: number } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const conn of listener) {
      await conn.read(new Uint8Array(4096));
      await conn.write(Uint8Array.of(21, 3, 3, 0, 2, 2, code));
      // Closing at once might take the alert along.
      while (await conn.read(new Uint8Array(4096)) !== null);
      conn.close();
    }
  })().catch(() => {});
  return { port: listener.addr.port, [Symbol.dispose]: () => listener.close() };
}

for (
  const [code, alert] of [
    [40, "handshake_failure"],
    [70, "protocol_version (choose other versions with --tls-min and --tls-max)"],
    [116, "certificate_required (add a client certificate with --cert and --key)"],
  ] as const
) {
  Deno.test(`a handshake that the server ends with ${alert} says so in every report`, async () => {
    using server = alerting(code);
    await using temp = await tempDir();
    const dir = temp.path;
    const files = ["--json", `${dir}/r.json`, "--html-report", `${dir}/r.html`];
    const { out } = await program(["-n", "2", "-c", "1", ...files, `https://localhost:${server.port}/`]);
    const text = out.replace(/\s+/g, " ");
    assertStringIncludes(text, `TLS handshakes failed with the server's alert ${alert}`);
    assertNotMatch(text, /use http:/);
    const { notes } = JSON.parse(await Deno.readTextFile(`${dir}/r.json`));
    assertStringIncludes(JSON.stringify(notes), alert);
    assertStringIncludes(await Deno.readTextFile(`${dir}/r.html`), `alert ${alert}`);
  });
}
