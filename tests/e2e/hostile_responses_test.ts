/** Servers whose responses would cost a careless client its time or memory. */
import { assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import { program } from "../_support/program.ts";
import { response, startRawServer } from "../_support/raw_server.ts";
import { tempDir } from "../_support/temp_dir.ts";

/** A pattern that begins anew at each of these blanks takes minutes. */
const BLANKS = " ".repeat(300_000);

Deno.test("blanks without end in a Location cost no time", async () => {
  await using server = await startRawServer((connection, { number }) =>
    connection.send(response("", {
      status: "302 Found",
      headers: [`Location:${BLANKS}/${number}${BLANKS}x${BLANKS}`],
    }))
  );
  const { code, err } = await program([
    ...[
      "-t",
      "1",
      "-c",
      "1",
      "-n",
      "3",
      "--follow-redirects",
      "2",
      "--max-header-size",
      "4MB",
      server.origin,
    ],
  ]);
  assertEquals([code, err], [1, ""]);
  assertGreater(server.requests.length, 3);
});

const SCENARIO = JSON.stringify({
  name: "Cookies",
  steps: [{ path: "/" }],
});

Deno.test("cookies are kept as RFC 6265 says, which the report tells once", async () => {
  let made = 0;
  let largest = 0;
  await using server = await startRawServer((connection, { head }) => {
    largest = Math.max(largest, head.length);
    const cookies = Array.from({ length: 15 }, () => `Set-Cookie: c${made++}=${"x".repeat(4000)}`);
    return connection.send(response("", { headers: [...cookies, `Set-Cookie: big=${"x".repeat(5000)}`] }));
  });
  await using temp = await tempDir();
  const folder = temp.path;
  await Deno.writeTextFile(
    `${folder}/s.json`,
    SCENARIO.replace('"name"', `"base_url":"${server.origin}","name"`),
  );
  const { code, out } = await program([
    ...["--scenario", `${folder}/s.json`, "-t", "1", "-c", "1", "--iterations", "20", "--json", "-"],
    ...["--max-header-size", "1MB"],
  ]);
  assertEquals(code, 0);
  const { limits_met, notes } = JSON.parse(out);
  assertEquals(limits_met, { cookie_bytes: 20, domain_cookies: 20 * 15 - 50 });
  const texts = JSON.stringify(notes);
  assertStringIncludes(texts, "Servers set 20 cookies of more than 4,096 bytes; users did not keep them");
  assertStringIncludes(texts, "users dropped the oldest, 250 cookies in all");
  assertLess(largest, 50 * 4100, `${largest} bytes of head`);
});

Deno.test("a large pattern that looks at the start of a body alone says so", async () => {
  await using server = await startRawServer((connection) =>
    connection.send(response(`${"a".repeat(100_000)}b`))
  );
  const folder = await Deno.makeTempDir();
  const pattern = "((?:(?:a{1,9}){1,9}){1,9}b)";
  const steps = [{ path: "/", extract: { x: { regex: pattern } }, assert_body_regex: pattern }];
  await Deno.writeTextFile(`${folder}/s.json`, JSON.stringify({ base_url: server.origin, steps }));
  try {
    const args = ["--scenario", `${folder}/s.json`, "-t", "1", "-c", "1", "--iterations", "2", "--json", "-"];
    const { limits_met, error_types, notes } = JSON.parse((await program(args)).out);
    assertEquals(limits_met, { pattern_characters: 2 });
    const keys = Object.keys(error_types);
    assertEquals(keys.map((key) => key.replace(/:.* in the first \d+ /, ": ")), [
      "AssertBodyRegex: characters",
      "ExtractFailure: characters",
    ]);
    assertStringIncludes(JSON.stringify(notes), "Regular expressions found nothing in the start of 2 bodies");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("checks look at the start of a body, plain or coded, and say so", async () => {
  const text = `${"x".repeat(2_000_000)}end`;
  const zipped = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")))
    .bytes();
  await using server = await startRawServer(async (connection, { head }) => {
    const isCoded = head.startsWith("GET /coded");
    const body = isCoded ? zipped : new TextEncoder().encode(text);
    const coding = isCoded ? "Content-Encoding: gzip\r\n" : "";
    await connection.send(`HTTP/1.1 200 OK\r\n${coding}Content-Length: ${body.length}\r\n\r\n`);
    await connection.send(body);
  });
  await using temp = await tempDir();
  const folder = temp.path;
  for (const path of ["/plain", "/coded"]) {
    const steps = [{ path, assert_body_contains: "end", extract: { e: { regex: "(end)" } } }];
    await Deno.writeTextFile(
      `${folder}/s.json`,
      JSON.stringify({ name: "Large", base_url: server.origin, steps }),
    );
    const words = [
      "--scenario",
      `${folder}/s.json`,
      "-t",
      "1",
      "-c",
      "1",
      "--iterations",
      "2",
      "--json",
      "-",
    ];
    const cut = JSON.parse((await program(words)).out);
    assertEquals(cut.limits_met, { body_bytes: 2 });
    assertEquals(cut.error_types, {
      "AssertBody: 'end' not found, in the first 1048576 bytes": 2,
      "ExtractFailure: e: no match for (end), in the first 1048576 bytes": 2,
    });
    assertStringIncludes(JSON.stringify(cut.notes), "--body-limit");
    const whole = JSON.parse((await program([...words, "--body-limit", "4MB"])).out);
    assertEquals([whole.total_errors, whole.limits_met], [0, undefined]);
  }
});
