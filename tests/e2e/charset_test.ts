/** Checks and extraction read text in the charset that a server says, or does not say. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { program } from "../_support/program.ts";
import { startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** A response with a body in Latin-1; its head is ASCII. */
function latin1(body: string, contentType: string): Uint8Array {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Uint8Array.from(head + body, (character) => character.charCodeAt(0));
}

async function run(step: unknown, response: Uint8Array, ...words: readonly string[]) {
  await using server = await startRawServer((connection) => connection.send(response));
  await using temp = await tempDir();
  const path = `${temp.path}/file.json`;
  await Deno.writeTextFile(path, JSON.stringify({ base_url: server.origin, steps: [step] }));
  const result = await program(["--scenario", path, "--iterations", "2", "-c", "1", ...words]);
  return result;
}

for (const client of ["raw", "fetch"]) {
  for (const charset of ["iso-8859-1", '"ISO-8859-1"', "windows-1252; x=y"]) {
    Deno.test(`checks and extraction read text in ${charset} with --client ${client}`, async () => {
      const { code, out } = await run(
        {
          path: "/",
          assert_body_contains: "café",
          assert_body_regex: "^un café$",
          extract: { what: { regex: "(caf.)$" } },
        },
        latin1("un café", `text/plain; charset=${charset}`),
        "--client",
        client,
      );
      assertEquals(code, 0, out);
    });
  }
}

Deno.test("JSON in Latin-1 is read as its charset says", async () => {
  const { code, out } = await run(
    { path: "/", assert_json: { name: "café" } },
    latin1('{"name":"café"}', "application/json;charset=latin1"),
  );
  assertEquals(code, 0, out);
});

Deno.test("text without a charset, or in one that nobody knows, is read as UTF-8", async () => {
  const utf8 = String.fromCharCode(...new TextEncoder().encode("café"));
  for (const type of ["text/plain", "text/plain; charset=utf-8", "text/plain; charset=klingon"]) {
    const { code, out } = await run({ path: "/", assert_body_contains: "café" }, latin1(utf8, type));
    assertEquals(code, 0, out);
  }
});

Deno.test("bench --check shows text in its charset", async () => {
  await using temp = await tempDir();
  const path = `${temp.path}/file.json`;
  await using server = await startRawServer((connection) =>
    connection.send(latin1("un café", "text/plain; charset=iso-8859-1"))
  );
  await Deno.writeTextFile(path, JSON.stringify({ base_url: server.origin, steps: [{ path: "/" }] }));
  const { out } = await program(["--scenario", path, "--check"]);
  assertStringIncludes(out, "un café");
});
