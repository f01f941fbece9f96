/** Logins: what a server sees of them, that they cost the measurement nothing, and that nothing shows them. */
import { assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

const fieldOf = (head: string, name: string) =>
  head.split("\r\n").find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim();

/** A server with digest logins; a nonce is good for `uses` requests. */
function startDigestServer(uses = Infinity) {
  let nonce = 0;
  let left = uses;
  const md5 = (text: string) => createHash("md5").update(text).digest("hex");
  return startRawServer((connection, { head }) => {
    const [method, uri] = head.split(" ");
    const given = fieldOf(head, "authorization") ?? "";
    const part = (name: string) => new RegExp(`${name}="?([^",]*)`).exec(given)?.[1];
    const expected = md5(
      [md5("me:here:secret-word"), `n${nonce}`, part("nc"), part("cnonce"), "auth", md5(`${method}:${uri}`)]
        .join(":"),
    );
    const isGood = given.includes(`nonce="n${nonce}"`) && part("response") === expected &&
      part("uri") === uri &&
      left-- > 0;
    if (isGood) return void connection.send(response("welcome"));
    nonce++;
    left = uses;
    const headers = [
      `WWW-Authenticate: Digest realm="here", qop="auth", nonce="n${nonce}", opaque="o", stale=true`,
    ];
    void connection.send(response("", { status: "401 Unauthorized", headers }));
  });
}

Deno.test("--auth digest answers the challenge before the load: no request of the run fails", async () => {
  await using temp = await tempDir();
  await using server = await startDigestServer();
  const { code, out, err } = await program(
    [
      "--auth",
      "digest",
      "-A",
      "me:secret-word",
      "-n",
      "50",
      "-c",
      "3",
      "--json",
      `${temp.path}/r.json`,
      `${server.origin}/a?b=1`,
    ],
  );
  assertEquals(code, 0, err);
  assertMatch(out, /Total Requests: +50\n +Total Errors: +0\n/);
  assertEquals(server.requests.filter(({ head }) => head.startsWith("GET")).length, 50);
  const saved = await Deno.readTextFile(`${temp.path}/r.json`);
  assertEquals(/secret-word/.test(out + err + saved), false);
});

Deno.test("a nonce that ends is replaced within the request that finds out; a wrong password is an error", async () => {
  await using server = await startDigestServer(10);
  const words = ["--auth", "digest", "-n", "45", "-c", "1"];
  const good = await program([...words, "-A", "me:secret-word", server.origin]);
  assertMatch(good.out, /Total Requests: +45\n +Total Errors: +0\n/);
  const bad = await program([...words, "-A", "me:wrong", server.origin]);
  assertEquals(bad.code, 1);
  assertMatch(bad.out, /401 +45/);
});

Deno.test("--auth oauth2-client-credentials fetches one token for the run, and says what it cost", async () => {
  await using temp = await tempDir();
  const asked: string[] = [];
  await using tokens = await startRawServer((connection, { head, body }) => {
    asked.push(
      `${head.split(" HTTP")[0]} ${fieldOf(head, "authorization")} ${new TextDecoder().decode(body)}`,
    );
    const text = JSON.stringify({ access_token: "the-token", token_type: "Bearer", expires_in: 3600 });
    void connection.send(
      response(text, { headers: ["Content-Type: application/json", "Connection: close"] }),
    );
  });
  await using server = await startRawServer((connection) => void connection.send(response("hello")));
  const login = ["--auth", "oauth2-client-credentials", "--token-url", `${tokens.origin}/token`];
  const client = ["--client-id", "bench", "--client-secret", "hush", "--scope", "read"];
  const { code, out, err } = await program(
    [...login, ...client, "-n", "20", "-t", "2", "--json", `${temp.path}/r.json`, server.origin],
  );
  assertEquals(code, 0, err);
  assertEquals(asked, [`POST /token Basic ${btoa("bench:hush")} grant_type=client_credentials&scope=read`]);
  const seen = new Set(
    server.requests.filter(({ head }) => head.startsWith("GET")).map(({ head }) =>
      fieldOf(head, "authorization")
    ),
  );
  assertEquals([...seen], ["Bearer the-token"]);
  assertMatch(err, /A token was fetched from 127\.0\.0\.1:\d+ in \d+ms, before the load, and is not counted/);
  const saved = await Deno.readTextFile(`${temp.path}/r.json`);
  assertEquals(/hush|the-token/.test(out + err + saved), false);
});

Deno.test("a token server that refuses ends the run before any load, with its reason", async () => {
  await using tokens = await startRawServer((connection) => {
    void connection.send(response('{"error":"invalid_client"}', { status: "401 Unauthorized" }));
  });
  await using server = await startRawServer((connection) => void connection.send(response("hello")));
  const login = ["--auth", "oauth2-client-credentials", "--token-url", tokens.origin, "--client-id", "a"];
  const { code, err } = await program([...login, "--client-secret", "hush", "-n", "5", server.origin]);
  assertEquals(code, 1);
  assertMatch(err, /Cannot get a token from 127\.0\.0\.1:\d+: status 401, invalid_client/);
  assertEquals([server.requests.length, err.includes("hush")], [0, false]);
});

Deno.test("--auth bearer and sigv4 send their fields to the plan's server alone", async () => {
  await using other = await startRawServer((connection) => void connection.send(response("other")));
  await using server = await startRawServer((connection) =>
    void connection.send(response("", { status: "302 Found", headers: [`Location: ${other.origin}/`] }))
  );
  const keys = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "hush-hush" };
  const cases = [
    [["--auth", "bearer", "--token", "tok-123"], /^Bearer tok-123$/],
    [
      ["--auth", "sigv4", "--aws-scope", "eu-central-1/execute-api"],
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/execute-api\/aws4_request, /,
    ],
  ] as const;
  for (const [words, expected] of cases) {
    const from = [server.requests.length, other.requests.length] as const;
    const { code, out, err } = await program([
      ...words,
      "-n",
      "4",
      "--follow-redirects",
      `${server.origin}/x`,
    ], keys);
    assertEquals(code, 0, err);
    const gets = server.requests.slice(from[0]).filter(({ head }) => head.startsWith("GET"));
    assertEquals(gets.length, 4);
    for (const { head } of gets) assertMatch(fieldOf(head, "authorization") ?? "", expected);
    for (const { head } of other.requests.slice(from[1])) {
      assertEquals(fieldOf(head, "authorization"), undefined);
    }
    assertEquals(/tok-123|hush-hush/.test(out + err), false);
  }
});

Deno.test("logins that lack something are refused, all that is missing at once", async () => {
  const { code, err } = await program([
    "--auth",
    "oauth2-client-credentials",
    "-n",
    "1",
    "http://127.0.0.1:9/",
  ]);
  assertEquals(code, 1);
  for (const flag of ["--token-url", "--client-id", "--client-secret"]) {
    assertMatch(err, new RegExp(`--auth oauth2-client-credentials needs ${flag}`));
  }
  const other = await program(["--token", "a", "-n", "1", "http://127.0.0.1:9/"]);
  assertMatch(other.err, /--token needs --auth bearer/);
});
