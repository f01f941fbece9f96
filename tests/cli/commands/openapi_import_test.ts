/**
 * `bench openapi-import`: descriptions from files and URLs, with certificates, and what it says of wrong
 * ones.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startTarget } from "../../../src/target/serve.ts";
import { fileURLToPath } from "node:url";
import { certificate, ROOT_PATH } from "../../_support/certificates.ts";
import { REFUSING_PORT } from "../../_support/peers.ts";
import { MAIN_PATH, program } from "../../_support/program.ts";
import { tempDir } from "../../_support/temp_dir.ts";
import { pause } from "../../_support/wait.ts";

const DESCRIPTION = JSON.stringify({
  openapi: "3.1.0",
  info: { title: "Here" },
  servers: [{ url: "/" }],
  paths: {
    "/status/204": { get: { responses: { 204: {} } } },
    "/echo": {
      post: {
        parameters: [
          { in: "query", name: "what", required: true, schema: { type: "string" } },
          { in: "query", name: "ids", required: true, explode: false, example: [1, 2] },
          { in: "query", name: "f", required: true, style: "deepObject", example: { a: "x y" } },
          { in: "query", name: "limit", schema: { default: 20 } },
        ],
        requestBody: {
          content: { "application/json": { schema: { required: ["n"], properties: { n: { const: 1 } } } } },
        },
      },
    },
  },
});

/** A server with the description, one that is late, and one that is not there. */
function startServer() {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async ({ url }) => {
    if (url.endsWith("/late")) await pause(2000);
    return url.endsWith("/api.json?key=s3cret")
      ? new Response(DESCRIPTION)
      : new Response("none", { status: url.endsWith("/late") ? 200 : 404 });
  });
  return { origin: `http://127.0.0.1:${server.addr.port}`, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("bench openapi-import reads a URL, whose server is the API's when nothing else is said", async () => {
  await using server = startServer();
  const { code, out, err } = await program(["openapi-import", `${server.origin}/api.json?key=s3cret`]);
  assertEquals([code, JSON.parse(out).base_url, JSON.parse(out).steps.length], [0, server.origin, 1]);
  assertStringIncludes(err, "1 of 2 operations taken");
});

Deno.test("bench openapi-import says why a URL brought nothing, without its secrets", async () => {
  await using server = startServer();
  const missing = await program(["openapi-import", `${server.origin}/none?key=s3cret`]);
  assertEquals(missing.code, 1);
  assertMatch(missing.err, /^bench: Cannot fetch "http:.*key=\*\*\*": the server returned status 404\n/);
  const delayed = await program(["openapi-import", "--timeout", "0.1", `${server.origin}/late`]);
  const absent = await program(["openapi-import", `http://127.0.0.1:${REFUSING_PORT}/a?key=s3cret`]);
  assertMatch(absent.err, /^bench: Cannot fetch "http:.*key=\*\*\*": (?!fetch failed)[^\n]*refused[^\n]*\n/);
  assertMatch(delayed.err, /^bench: Cannot fetch "http:.*late": no response within 0\.1 s \(--timeout\)\n/);
});

Deno.test("what bench openapi-import writes runs as it is, once the environment has its values", async () => {
  await using target = startTarget({ port: 0, hostname: "127.0.0.1", keep: 10 });
  await using temp = await tempDir();
  const folder = temp.path;
  const [spec, scenario] = [`${folder}/api.json`, `${folder}/scenario.json`];
  await Deno.writeTextFile(spec, DESCRIPTION);
  const words = [
    "--base-url",
    target.url,
    "--method",
    "get",
    "--method",
    "post",
    "--assert-status",
    "-o",
    scenario,
  ];
  const { code, out } = await program(["openapi-import", spec, ...words]);
  assertEquals([code, out], [0, `Scenario with 2 steps written to "${scenario}"\n`]);
  const run = ["--scenario", scenario, "-c", "1", "-n", "2", "--json", "-"];
  const refused = await program(run);
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, 'Environment variable "WHAT" is not set');
  const ran = await program(run, { WHAT: "it" });
  assertEquals([ran.code, JSON.parse(ran.out).total_errors], [0, 0]);
  assertEquals(target.seen.map(({ method, path, body }) => [method, path, body ?? ""]), [
    ["POST", "/echo?what=it&ids=1,2&f%5Ba%5D=x%20y&limit=20", '{"n":1}'],
    ["GET", "/status/204", ""],
  ]);
});

Deno.test("bench openapi-import fetches from servers whose certificate it is told to trust", async () => {
  const { cert, key } = certificate("server");
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
    ({ url }) =>
      url.endsWith("/moved") ? Response.redirect(new URL("/api.json", url)) : new Response(DESCRIPTION),
  );
  try {
    const spec = `https://localhost:${server.addr.port}/moved`;
    const refused = await program(["openapi-import", spec]);
    assertEquals(refused.code, 1);
    assertMatch(
      refused.err,
      /^bench: Cannot fetch "https:.*certificate.*; --ca-bundle names a certificate to trust\n/i,
    );
    for (const flags of [["--ca-bundle", ROOT_PATH, "--ssl-verify"], ["--no-ssl-verify"]]) {
      const { code, out, err } = await program(["openapi-import", spec, ...flags]);
      assertEquals([code, err], [
        0,
        "1 of 2 operations taken\nLeft out: their methods were not requested (--method): POST (1)\n",
      ]);
      assertEquals(JSON.parse(out).base_url, new URL(spec).origin);
    }
    const wrong = await program(["openapi-import", spec, "--ca-bundle", MAIN_PATH]);
    assertMatch(wrong.err, /^bench: Cannot use --ca-bundle ".*main\.ts": it holds no PEM certificate\n/);
  } finally {
    await server.shutdown();
  }
});

Deno.test("bench openapi-import takes tags in any case, under either name", async () => {
  const fixture = fileURLToPath(new URL("../../../fixtures/openapi/shop.yaml", import.meta.url));
  for (const flag of ["--tag", "--tag-filter"]) {
    const { out } = await program(["openapi-import", fixture, flag, "OPS"]);
    assertEquals(JSON.parse(out).steps.length, 1);
  }
});

Deno.test("bench openapi-import says all that is wrong with its options", async () => {
  const { code, err } = await program(["openapi-import", "--method", "FETCH", "--base-url", "a.test"]);
  assertEquals(code, 1);
  for (
    const part of ["--method", '"FETCH"', "expected one of GET, HEAD", "--base-url", "Nothing to import"]
  ) {
    assertStringIncludes(err, part);
  }
  assertStringIncludes(
    (await program(["openapi-import", "none.yaml"])).err,
    'Cannot read "none.yaml": there is no such file',
  );
});
