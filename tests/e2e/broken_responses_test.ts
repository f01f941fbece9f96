/** What is wrong with a response has a name in every report. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { program } from "../_support/program.ts";
import { startRawServer } from "../_support/raw_server.ts";

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/** What a server sends, and what a report must call it. */
const BROKEN = [
  ["two spaces in the status line", "HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n", "bad_status_line"],
  ["an empty line first", "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "not_http"],
  ["a space before a colon", "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n", "bad_header"],
  ["words behind a chunk's size", `${CHUNKED}2 erf\r\nhi\r\n0\r\n\r\n`, "bad_chunk"],
  ["an empty chunk extension", `${CHUNKED}2;\r\nhi\r\n0\r\n\r\n`, "bad_chunk"],
  [
    "a parameter of chunked",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked;q=1\r\n\r\n",
    "bad_transfer_coding",
  ],
] as const;

for (const [what, bytes, name] of BROKEN) {
  Deno.test(`bench counts ${what} as ${name}`, async () => {
    await using server = await startRawServer((connection) => connection.send(bytes));
    const { code, out } = await program(["-n", "3", "-c", "1", "--json", "-", server.origin]);
    const result = JSON.parse(out);
    assertEquals([code, result.total_requests, result.total_errors], [1, 3, 3]);
    assertEquals(Object.keys(result.error_types), [name]);
  });
}

Deno.test("bench names a malformed status line in the terminal", async () => {
  await using server = await startRawServer((connection) => connection.send(BROKEN[0][1]));
  const { out } = await program(["-n", "3", "-c", "1", server.origin]);
  assertStringIncludes(out, "Malformed status line");
});
